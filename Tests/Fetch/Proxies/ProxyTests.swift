import Fetch
import TestSupport
import Testing

/// Calls that go by a proxy: to names that nobody has, so that nothing else can answer.
@Suite(.timeLimit(.minutes(1)))
struct ProxyTests {
  let proxy: ScriptedHTTPServer
  var name: String { "http://127.0.0.1:\(proxy.port)" }

  init() throws {
    proxy = try ScriptedHTTPServer()
  }

  private func pool(_ variable: String = "http_proxy", credentials: String = "", authority: String? = nil)
    -> TransferPool
  {
    TransferPool(
      certificateFile: authority,
      proxies: ProxyRules(environment: [variable: "http://\(credentials)127.0.0.1:\(proxy.port)"]))
  }

  @Test func aProxyIsAskedForTheWholeAddress() async throws {
    proxy.on("http://service.test/a", .text("by the proxy"))
    let response = try await pool().fetch(FetchRequest(url: "http://service.test/a?b=1"))
    #expect(response.text == "by the proxy")
    #expect(response.url == "http://service.test/a?b=1")
    #expect(proxy.requests[0].header("host") == "service.test")
  }

  @Test func credentialsOfTheVariableGoToTheProxyAlone() async throws {
    proxy.on("http://service.test/", .text("fine"))
    _ = try await pool(credentials: "me:secret@").fetch(FetchRequest(url: "http://service.test/"))
    #expect(proxy.requests[0].header("proxy-authorization") == "Basic bWU6c2VjcmV0")
    let backend = try TLSBackend(certificate: Certificates.service)
    let authority = try TemporaryFile(Certificates.authority)
    proxy.on("service.test:443", .tunnel(to: backend.port))
    _ = try await pool("https_proxy", credentials: "me:secret@", authority: authority.path).fetch(
      FetchRequest(url: "https://service.test/"))
    #expect(proxy.requests[1].header("proxy-authorization") == "Basic bWU6c2VjcmV0")
  }

  @Test func whatIsEncryptedGoesThroughATunnelAndIsCheckedAtItsEnd() async throws {
    let backend = try TLSBackend(certificate: Certificates.service)
    let authority = try TemporaryFile(Certificates.authority)
    proxy.on("service.test:443", .tunnel(to: backend.port))
    proxy.on("other.test:443", .tunnel(to: backend.port))
    let pool = pool("https_proxy", authority: authority.path)
    let request = FetchRequest(url: "https://service.test/", headers: [("X-Secret", "1")])
    #expect(try await pool.fetch(request).text == "secret")
    #expect(proxy.requests[0].method == "CONNECT")
    // Headers of the call are for the other end.
    #expect(proxy.requests[0].header("x-secret") == nil)
    let error = await pool.failure(FetchRequest(url: "https://other.test/"))
    #expect(
      error
        == FetchError(
          kind: .certificate,
          message:
            "the certificate of other.test:443 (by the proxy \(name)) was refused: it is not for \"other.test\""
        ))
  }

  @Test func theCertificateOfAProxyIsToldFromThatOfTheHost() async throws {
    let secure = try TLSBackend(certificate: Certificates.service)
    let authority = try TemporaryFile(Certificates.authority)
    for (file, why) in [
      (authority.path, "it is not for \"localhost\""),
      (nil, "the authority that issued it is not trusted here"),
    ] {
      for scheme in ["http", "https"] {
        let pool = TransferPool(
          certificateFile: file,
          proxies: ProxyRules(environment: ["\(scheme)_proxy": "https://localhost:\(secure.port)"]))
        let error = await pool.failure(FetchRequest(url: "\(scheme)://service.test/"))
        #expect(error?.kind == .proxyCertificate)
        #expect(
          error?.message
            == "the certificate of the proxy https://localhost:\(secure.port), which \(scheme)_proxy names, was refused: \(why)"
        )
      }
    }
  }

  @Test func aProxyThatAsksWhoCallsIsNamed() async {
    proxy.on("http://service.test/", ScriptedHTTPServer.Answer(status: 407, reason: "Auth"))
    let error = await pool().failure(FetchRequest(url: "http://service.test/"))
    #expect(
      error
        == FetchError(
          kind: .proxyRefused,
          message:
            "the proxy \(name), which http_proxy names, does not connect to service.test:80: it wants to know who asks: write http://user:password@host:port in the variable"
        ))
  }

  @Test func aProxyThatDoesNotTakeTheUserIsNamedWithoutThePassword() async {
    proxy.on("http://service.test/", ScriptedHTTPServer.Answer(status: 407, reason: "Auth"))
    let rules = ProxyRules(environment: ["http_proxy": name.replacing("://", with: "://ada:wrong@")])
    let error = await TransferPool(proxies: rules).failure(FetchRequest(url: "http://service.test/"))
    #expect(
      error
        == FetchError(
          kind: .proxyRefused,
          message:
            "the proxy \(name), which http_proxy names, does not connect to service.test:80: it does not take the user and the password that the variable has"
        ))
  }

  @Test(arguments: [
    (403, "it answers 403"),
    (407, "it wants to know who asks: write http://user:password@host:port in the variable"),
  ])
  func aProxyThatRefusesATunnelIsNamed(status: Int, why: String) async {
    proxy.on("service.test:443", ScriptedHTTPServer.Answer(status: status, reason: "No"))
    let error = await pool("HTTPS_PROXY").failure(FetchRequest(url: "https://service.test/"))
    #expect(
      error
        == FetchError(
          kind: .proxyRefused,
          message: "the proxy \(name), which HTTPS_PROXY names, does not connect to service.test:443: \(why)")
    )
  }

  @Test func aProxyThatIsNotThereIsNamed() async {
    proxy.stop()
    let error = await pool("all_proxy").failure(FetchRequest(url: "http://service.test/"))
    #expect(
      error
        == FetchError(
          kind: .connectionRefused,
          message: "could not connect to the proxy \(name), which all_proxy names: connection refused"))
    let missing = TransferPool(proxies: ProxyRules(environment: ["http_proxy": "nosuch.invalid:80"]))
    #expect(
      await missing.failure(FetchRequest(url: "http://service.test/"))
        == FetchError(
          kind: .hostNotFound,
          message: "could not find the host of the proxy http://nosuch.invalid:80, which http_proxy names"))
  }

  @Test func aProxyThatSaysNothingIsNamed() async {
    proxy.on("http://service.test/", .silence)
    let error = await pool().failure(
      FetchRequest(url: "http://service.test/", timeout: .milliseconds(200)))
    #expect(error?.message == "service.test:80 (by the proxy \(name)) did not answer within 200 ms")
  }

  @Test func aVariableThatNamesNoProxyFailsTheCallAndNotTheProgram() async {
    let pool = TransferPool(proxies: ProxyRules(environment: ["http_proxy": "ftp://a"]))
    #expect(await pool.failure(FetchRequest(url: "http://service.test/"))?.kind == .badURL)
    proxy.on("/", .text("own"))
    #expect(await pool.failure(FetchRequest(url: proxy.url())) == nil)
  }

  @Test func addressesThatAreSaidToBeDirectAreCalledWithoutIt() async {
    proxy.on("http://own.test:81/", .text("by the proxy"))
    var request = FetchRequest(url: "http://own.test:80/")
    request.directAuthorities = ["own.test:80"]
    // Nobody has the name, and nobody else was asked.
    #expect(await pool().failure(request)?.kind == .hostNotFound)
    request.url = "http://own.test:81/"
    #expect(await pool().failure(request) == nil)
    #expect(proxy.counts.requests == 1)
  }

  @Test func eachRedirectChoosesAnew() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/", .redirect(to: "http://service.test/"))
    proxy.on("http://service.test/", .redirect(to: server.url("/end")))
    server.on("/end", .text("straight"))
    #expect(try await pool().fetch(FetchRequest(url: server.url())).text == "straight")
    #expect(proxy.requests.map(\.target) == ["http://service.test/"])
  }
}
