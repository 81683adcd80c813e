import Glibc
import Synchronization
import Testing

/// Certificates for `localhost`, made for these tests alone and good for nothing else. All have the same key.
enum Certificates {
  /// The authority that issued ``issued`` and ``expired``. Trusted nowhere.
  static let authority = """
    -----BEGIN CERTIFICATE-----
    MIIBXDCCAQGgAwIBAgIBATAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFSb3V0ZWJv
    b2sgVGVzdCBDQTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowHDEa
    MBgGA1UEAwwRUm91dGVib29rIFRlc3QgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMB
    BwNCAARskcT9rqpnvspm4ePnZhZfkhL8QwrHP9gBG/3g1X9xlHxDupkpo0xhSiMD
    R6AYhzfprQahgikRbOvZBfccelbcozIwMDAPBgNVHRMBAf8EBTADAQH/MB0GA1Ud
    DgQWBBRK+RNU4N1cctaFm711Jxip079qgjAKBggqhkjOPQQDAgNJADBGAiEAvaL3
    tVdTK/5DSvvsZoHZHwDBynmxboQhu9rvz9X++dQCIQCXpwByTokq6rZi6SgjaFQA
    HweWVYB49qRSYjoGtPpp2w==
    -----END CERTIFICATE-----
    """
  static let issued = """
    -----BEGIN CERTIFICATE-----
    MIIBZDCCAQmgAwIBAgIBAzAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFSb3V0ZWJv
    b2sgVGVzdCBDQTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFDES
    MBAGA1UEAwwJbG9jYWxob3N0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEbJHE
    /a6qZ77KZuHj52YWX5IS/EMKxz/YARv94NV/cZR8Q7qZKaNMYUojA0egGIc36a0G
    oYIpEWzr2QX3HHpW3KNCMEAwCQYDVR0TBAIwADAUBgNVHREEDTALgglsb2NhbGhv
    c3QwHQYDVR0OBBYEFEr5E1Tg3Vxy1oWbvXUnGKnTv2qCMAoGCCqGSM49BAMCA0kA
    MEYCIQDpUpr0StBlSuxnKB8pgijE/rrLNjxl4taiC91oY9ItPAIhALhIYonVvHAv
    b+pCerb1gkwiCopsJPYi2gyOcj2AmEwh
    -----END CERTIFICATE-----
    """
  /// Expired in 2021.
  static let expired = """
    -----BEGIN CERTIFICATE-----
    MIIBYjCCAQegAwIBAgIBBDAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFSb3V0ZWJv
    b2sgVGVzdCBDQTAeFw0yMDAxMDEwMDAwMDBaFw0yMTAxMDEwMDAwMDBaMBQxEjAQ
    BgNVBAMMCWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGyRxP2u
    qme+ymbh4+dmFl+SEvxDCsc/2AEb/eDVf3GUfEO6mSmjTGFKIwNHoBiHN+mtBqGC
    KRFs69kF9xx6VtyjQjBAMAkGA1UdEwQCMAAwFAYDVR0RBA0wC4IJbG9jYWxob3N0
    MB0GA1UdDgQWBBRK+RNU4N1cctaFm711Jxip079qgjAKBggqhkjOPQQDAgNJADBG
    AiEA0MLrPsFngX+b07Mly5WQQRy4WLohTXk8HdejZT1hTe4CIQCxoB2t53e40MEz
    Cfdsrhsa95RSilbgDi572wN+NF6LxA==
    -----END CERTIFICATE-----
    """
  static let selfSigned = """
    -----BEGIN CERTIFICATE-----
    MIIBXDCCAQGgAwIBAgIBAjAKBggqhkjOPQQDAjAUMRIwEAYDVQQDDAlsb2NhbGhv
    c3QwIBcNMjAwMTAxMDAwMDAwWhgPMjEyMDAxMDEwMDAwMDBaMBQxEjAQBgNVBAMM
    CWxvY2FsaG9zdDBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABGyRxP2uqme+ymbh
    4+dmFl+SEvxDCsc/2AEb/eDVf3GUfEO6mSmjTGFKIwNHoBiHN+mtBqGCKRFs69kF
    9xx6VtyjQjBAMAkGA1UdEwQCMAAwFAYDVR0RBA0wC4IJbG9jYWxob3N0MB0GA1Ud
    DgQWBBRK+RNU4N1cctaFm711Jxip079qgjAKBggqhkjOPQQDAgNJADBGAiEA1JJ1
    jueEipx/o5YrMq4QLtZn+1Kw+ji/q6Uc7vWBT0gCIQDlp21Fd436xdBiB3tDaB7v
    kCYYorzj4Xu7NyKvFqZPpw==
    -----END CERTIFICATE-----
    """
  static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxwmVyVuzMr5FURqk
    6T+39pXWl382+t75FyH/CYWt71+hRANCAARskcT9rqpnvspm4ePnZhZfkhL8QwrH
    P9gBG/3g1X9xlHxDupkpo0xhSiMDR6AYhzfprQahgikRbOvZBfccelbc
    -----END PRIVATE KEY-----
    """
}

/// A server that speaks TLS and answers every connection once. It uses the OpenSSL that libcurl has loaded already,
/// found by name at run time, so that the tests depend on nothing more.
final class TLSBackend: Sendable {
  typealias Handle = OpaquePointer

  private struct OpenSSL {
    let newContext: @convention(c) (Handle?) -> Handle?
    let method: @convention(c) () -> Handle?
    let useCertificate: @convention(c) (Handle?, UnsafePointer<CChar>) -> Int32
    let useKey: @convention(c) (Handle?, UnsafePointer<CChar>, Int32) -> Int32
    let new: @convention(c) (Handle?) -> Handle?
    let setDescriptor: @convention(c) (Handle?, Int32) -> Int32
    let accept: @convention(c) (Handle?) -> Int32
    let read: @convention(c) (Handle?, UnsafeMutableRawPointer, Int32) -> Int32
    let write: @convention(c) (Handle?, UnsafeRawPointer, Int32) -> Int32
    let shutdown: @convention(c) (Handle?) -> Int32
    let free: @convention(c) (Handle?) -> Void
    let freeContext: @convention(c) (Handle?) -> Void

    init() throws {
      let library = try #require(dlopen("libssl.so.3", RTLD_NOW), "libcurl's OpenSSL is missing")
      func load<Function>(_ name: String, _ type: Function.Type = Function.self) throws -> Function {
        unsafeBitCast(try #require(dlsym(library, name)), to: type)
      }
      newContext = try load("SSL_CTX_new")
      method = try load("TLS_server_method")
      useCertificate = try load("SSL_CTX_use_certificate_chain_file")
      useKey = try load("SSL_CTX_use_PrivateKey_file")
      new = try load("SSL_new")
      setDescriptor = try load("SSL_set_fd")
      accept = try load("SSL_accept")
      read = try load("SSL_read")
      write = try load("SSL_write")
      shutdown = try load("SSL_shutdown")
      free = try load("SSL_free")
      freeContext = try load("SSL_CTX_free")
    }
  }

  let port: Int
  private let listener: Int32

  init(certificate: String) throws {
    // An alert to somebody who has hung up must not end the process.
    signal(SIGPIPE, SIG_IGN)
    let ssl = try OpenSSL()
    let context = ssl.newContext(ssl.method())
    let chain = try TemporaryFile(certificate)
    let key = try TemporaryFile(Certificates.key)
    try #require(ssl.useCertificate(context, chain.path) == 1)
    try #require(ssl.useKey(context, key.path, 1) == 1)

    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    let code = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(listener, address, length) == 0 && listen(listener, 16) == 0
          ? getsockname(listener, address, &length) : -1
      }
    }
    try #require(code == 0)
    self.listener = listener
    port = Int(UInt16(bigEndian: address.sin_port))
    let serving = Serving(ssl: ssl, context: context, listener: listener)
    var thread = pthread_t()
    try #require(
      pthread_create(
        &thread, nil,
        { serving in
          guard let serving else { return nil }
          Unmanaged<Serving>.fromOpaque(serving).takeRetainedValue().run()
          return nil
        }, Unmanaged.passRetained(serving).toOpaque()) == 0)
    pthread_detach(thread)
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// The server's thread: one connection after another, until the listener is shut down.
  private final class Serving {
    let ssl: OpenSSL
    let context: Handle?
    let listener: Int32

    init(ssl: OpenSSL, context: Handle?, listener: Int32) {
      self.ssl = ssl
      self.context = context
      self.listener = listener
    }

    func run() {
      while true {
        let descriptor = Glibc.accept(listener, nil, nil)
        guard descriptor >= 0 else { break }
        let connection = ssl.new(context)
        _ = ssl.setDescriptor(connection, descriptor)
        if ssl.accept(connection) == 1 { answer(connection) }
        ssl.free(connection)
        close(descriptor)
      }
      ssl.freeContext(context)
      close(listener)
    }

    private func answer(_ connection: Handle?) {
      var request = [UInt8](repeating: 0, count: 16_384)
      _ = ssl.read(connection, &request, Int32(request.count))
      let text = Array("HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret".utf8)
      _ = ssl.write(connection, text, Int32(text.count))
      _ = ssl.shutdown(connection)
    }
  }
}

/// A file that lasts as long as the value.
final class TemporaryFile {
  let path: String

  init(_ text: String) throws {
    var template = Array("/tmp/routebook-fetch-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    try #require(descriptor >= 0)
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let bytes = Array(text.utf8) + [10]
    try #require(write(descriptor, bytes, bytes.count) == bytes.count)
    close(descriptor)
  }

  deinit { unlink(path) }
}
