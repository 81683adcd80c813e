import Glibc
import Synchronization

/// Certificates for `localhost`, made for these tests alone and good for nothing else. All have the same key.
public enum Certificates {
  /// The authority that issued ``issued`` and ``expired``. Trusted nowhere.
  public static let authority = """
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
  public static let issued = """
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
  public static let expired = """
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
  public static let selfSigned = """
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
  /// Issued by ``authority`` for `service.test`, a name that nobody has.
  public static let service = """
    -----BEGIN CERTIFICATE-----
    MIIBaDCCAQ+gAwIBAgIBBTAKBggqhkjOPQQDAjAcMRowGAYDVQQDDBFSb3V0ZWJv
    b2sgVGVzdCBDQTAgFw0yMDAxMDEwMDAwMDBaGA8yMTIwMDEwMTAwMDAwMFowFzEV
    MBMGA1UEAwwMc2VydmljZS50ZXN0MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE
    bJHE/a6qZ77KZuHj52YWX5IS/EMKxz/YARv94NV/cZR8Q7qZKaNMYUojA0egGIc3
    6a0GoYIpEWzr2QX3HHpW3KNFMEMwCQYDVR0TBAIwADAXBgNVHREEEDAOggxzZXJ2
    aWNlLnRlc3QwHQYDVR0OBBYEFEr5E1Tg3Vxy1oWbvXUnGKnTv2qCMAoGCCqGSM49
    BAMCA0cAMEQCIHLVS0MAgKpg2QemO50YK8gZknnTfMq1EjzKI8mWVz39AiAVxlj9
    1wEdRP5+BNHwtjIpQc92Y8nD7Ytj5Bz+MZKhYA==
    -----END CERTIFICATE-----
    """
  public static let key = """
    -----BEGIN PRIVATE KEY-----
    MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgxwmVyVuzMr5FURqk
    6T+39pXWl382+t75FyH/CYWt71+hRANCAARskcT9rqpnvspm4ePnZhZfkhL8QwrH
    P9gBG/3g1X9xlHxDupkpo0xhSiMDR6AYhzfprQahgikRbOvZBfccelbc
    -----END PRIVATE KEY-----
    """
}

/// A server that speaks TLS and answers every connection once. It uses the OpenSSL that libcurl has loaded already,
/// found by name at run time, so that the tests depend on nothing more.
public final class TLSBackend: Sendable {
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
      guard let library = dlopen("libssl.so.3", RTLD_NOW) else {
        throw TLSFailure(description: "libcurl's OpenSSL is missing")
      }
      func load<Function>(_ name: String, _ type: Function.Type = Function.self) throws -> Function {
        guard let function = dlsym(library, name) else {
          throw TLSFailure(description: "OpenSSL has no \(name)")
        }
        return unsafeBitCast(function, to: type)
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

  public let port: Int
  private let listener: Int32

  public init(certificate: String) throws {
    // An alert to somebody who has hung up must not end the process.
    signal(SIGPIPE, SIG_IGN)
    let ssl = try OpenSSL()
    let context = ssl.newContext(ssl.method())
    let chain = try TemporaryFile(certificate)
    let key = try TemporaryFile(Certificates.key)
    guard ssl.useCertificate(context, chain.path) == 1, ssl.useKey(context, key.path, 1) == 1 else {
      throw TLSFailure(description: "OpenSSL does not take the certificate")
    }
    (listener, port) = try Socket.listenOnLoopback()
    let serving = Serving(ssl: ssl, context: context, listener: listener)
    try Socket.startThread { serving.run() }
  }

  deinit { shutdown(listener, Int32(SHUT_RDWR)) }

  /// The server's thread: one connection after another, until the listener is shut down.
  private final class Serving: @unchecked Sendable {
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

struct TLSFailure: Error, CustomStringConvertible {
  let description: String
}

/// A file that lasts as long as the value.
public final class TemporaryFile {
  public let path: String

  public init(_ text: String) throws {
    var template = Array("/tmp/routebook-fetch-XXXXXX".utf8CString)
    let descriptor = mkstemp(&template)
    guard descriptor >= 0 else { throw TLSFailure(description: "no file can be made in /tmp") }
    path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    let bytes = Array(text.utf8) + [10]
    defer { close(descriptor) }
    guard write(descriptor, bytes, bytes.count) == bytes.count else {
      throw TLSFailure(description: "\(path) cannot be written")
    }
  }

  deinit { unlink(path) }
}
