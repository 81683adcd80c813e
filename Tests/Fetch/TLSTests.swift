import Fetch
import Glibc
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
  @Test func aSelfSignedCertificateIsRefused() async throws {
    let backend = try TLSBackend(certificate: Certificates.selfSigned)
    let error = await TransferPool().failure(FetchRequest(url: "https://localhost:\(backend.port)/"))
    #expect(
      error
        == FetchError(
          kind: .certificate,
          message: "the certificate of localhost:\(backend.port) was refused: it is self-signed"))
  }

  @Test func aCertificateOfAnUnknownAuthorityIsRefused() async throws {
    let backend = try TLSBackend(certificate: Certificates.issued)
    let error = await TransferPool().failure(FetchRequest(url: "https://localhost:\(backend.port)/"))
    #expect(
      error
        == FetchError(
          kind: .certificate,
          message: "the certificate of localhost:\(backend.port) was refused: "
            + "the authority that issued it is not trusted here"))
  }

  @Test func aCertificateOfATrustedAuthorityIsAccepted() async throws {
    let backend = try TLSBackend(certificate: Certificates.issued)
    let authority = try TemporaryFile(Certificates.authority)
    let pool = TransferPool(certificateFile: authority.path)
    let response = try await pool.fetch(FetchRequest(url: "https://localhost:\(backend.port)/"))
    #expect(response.text == "secret")
  }

  /// Over HTTP/2 libcurl 7.88 loses some of many calls at once: they stand still, or fail.
  @Test(.enabled(if: access("/usr/bin/node", X_OK) == 0, "Node is not installed"))
  func aServerThatOffersHTTP2IsCalledByHTTP1() async throws {
    let (certificate, key) = (try TemporaryFile(Certificates.issued), try TemporaryFile(Certificates.key))
    let script = """
      const http2 = require("http2"), fs = require("fs");
      const server = http2.createSecureServer({
        cert: fs.readFileSync("\(certificate.path)"), key: fs.readFileSync("\(key.path)"), allowHTTP1: true },
        (request, response) => response.end(request.httpVersion));
      server.listen(0, "127.0.0.1", () => console.log(server.address().port + "."));
      """
    let node = try RunningProgram("/usr/bin/node", ["-e", script], environment: [:])
    defer { node.signal(9) }
    try node.wait(for: ".")
    let port = node.output.prefix { $0.isNumber }
    let authority = try TemporaryFile(Certificates.authority)
    let pool = TransferPool(certificateFile: authority.path)
    var request = FetchRequest(url: "https://localhost:\(port)/")
    request.timeout = .seconds(20)
    for _ in 0..<10 {
      let texts = try await withThrowingTaskGroup(of: String.self) { [request] group in
        for _ in 0..<200 { group.addTask { try await pool.fetch(request).text } }
        return try await group.reduce(into: Set<String>()) { $0.insert($1) }
      }
      #expect(texts == ["1.1"])
    }
  }

  @Test func aCertificateForAnotherNameIsRefused() async throws {
    let backend = try TLSBackend(certificate: Certificates.issued)
    let authority = try TemporaryFile(Certificates.authority)
    let pool = TransferPool(certificateFile: authority.path)
    let error = await pool.failure(FetchRequest(url: "https://127.0.0.1:\(backend.port)/"))
    #expect(
      error
        == FetchError(
          kind: .certificate,
          message: "the certificate of 127.0.0.1:\(backend.port) was refused: it is not for \"127.0.0.1\""))
  }

  @Test func anExpiredCertificateIsRefused() async throws {
    let backend = try TLSBackend(certificate: Certificates.expired)
    let authority = try TemporaryFile(Certificates.authority)
    let pool = TransferPool(certificateFile: authority.path)
    let error = await pool.failure(FetchRequest(url: "https://localhost:\(backend.port)/"))
    #expect(
      error
        == FetchError(
          kind: .certificate,
          message: "the certificate of localhost:\(backend.port) was refused: it has expired"))
  }

  @Test func aPortWithoutTLSIsToldApart() async throws {
    // Whatever comes, the server answers in plain HTTP, as servers do to a TLS greeting.
    let server = try ScriptedHTTPServer(
      answeringAnything: "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n")
    let error = await TransferPool().failure(FetchRequest(url: "https://127.0.0.1:\(server.port)/"))
    #expect(
      error
        == FetchError(
          kind: .tls,
          message: "127.0.0.1:\(server.port) does not speak TLS: the address may need to begin with http://"))
  }

  /// As a server for HTTP/2 alone refuses what it is offered (RFC 7301, section 3.2).
  @Test func aServerWithoutHTTP1IsToldApart() async throws {
    let server = try ScriptedHTTPServer(answeringAnything: "\u{15}\u{3}\u{3}\u{0}\u{2}\u{2}\u{78}")
    let error = await TransferPool().failure(FetchRequest(url: "https://127.0.0.1:\(server.port)/"))
    #expect(
      error
        == FetchError(
          kind: .tls,
          message: "127.0.0.1:\(server.port) does not speak HTTP/1.1, as calls do, but HTTP/2 alone"))
  }

  @Test func aPortThatHangsUpOnTLSIsATLSError() async throws {
    let server = try ScriptedHTTPServer(answeringAnything: "")
    let error = await TransferPool().failure(FetchRequest(url: "https://127.0.0.1:\(server.port)/"))
    #expect(error?.kind == .tls)
    #expect(error?.message.hasPrefix("could not agree on TLS with 127.0.0.1:\(server.port): ") == true)
  }

  @Test func aCertificateFileThatIsMissingIsNamed() async throws {
    let backend = try TLSBackend(certificate: Certificates.issued)
    let pool = TransferPool(certificateFile: "/nowhere/ca.pem")
    let error = await pool.failure(FetchRequest(url: "https://localhost:\(backend.port)/"))
    #expect(error?.kind == .tls)
    #expect(error?.message.contains("/nowhere/ca.pem") == true)
  }

  @Test(arguments: [Certificates.selfSigned, Certificates.expired, Certificates.issued])
  func aCertificateIsTakenUnseenWhereTheCallSaysSo(certificate: String) async throws {
    let backend = try TLSBackend(certificate: certificate)
    // For another name than that of the certificate, too.
    for host in ["localhost", "127.0.0.1"] {
      var request = FetchRequest(url: "https://\(host):\(backend.port)/")
      request.skipsCertificateChecks = true
      #expect(try await TransferPool().fetch(request).text == "secret")
    }
  }

  @Test func aCallThatChecksDoesNotGoByAConnectionOfOneThatDoesNot() async throws {
    let backend = try TLSBackend(certificate: Certificates.selfSigned)
    let pool = TransferPool()
    var request = FetchRequest(url: "https://localhost:\(backend.port)/")
    request.skipsCertificateChecks = true
    #expect(try await pool.fetch(request).text == "secret")
    request.skipsCertificateChecks = false
    #expect(await pool.failure(request)?.kind == .certificate)
  }

  @Test func whatARedirectLeadsToIsCheckedThoughTheFirstHostIsNot() async throws {
    let backend = try TLSBackend(certificate: Certificates.selfSigned)
    let server = try ScriptedHTTPServer()
    server.on("/same", .redirect(to: "https://127.0.0.1:\(backend.port)/"))
    server.on("/other", .redirect(to: "https://localhost:\(backend.port)/"))
    var request = FetchRequest(url: server.url("/same"))
    request.skipsCertificateChecks = true
    #expect(try await TransferPool().fetch(request).text == "secret")
    request.url = server.url("/other")
    #expect(await TransferPool().failure(request)?.kind == .certificate)
  }
}
