import Fetch
import TestSupport
import Testing

@testable import KernelCore

/// How a call connects, whom it trusts, and by whom it goes.
@Suite(.timeLimit(.minutes(1)))
struct CallOptionTests {
  @Test(arguments: ["timeout", "connectTimeout"])
  func aBoundOfTimeIsLongerThanNothing(name: String) {
    let shown = Bench().run("get(\"/a\", \(name): 0s)")
    #expect(shown.contains("the \(name) of a call must be longer than 0"))
  }

  @Test func theErrorSaysWhichOfTheTwoTimesWasOver() async throws {
    let full = try FullListener()
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      let url = "http://127.0.0.1:\(full.port)/"
      for (arguments, why) in [
        ("timeout: 20s, connectTimeout: 100ms", "within 100 ms, its connect timeout"),
        ("connectTimeout: 20s, timeout: 100ms", "within 100 ms, the timeout of the whole call"),
      ] {
        #expect(
          bench.awaited("await get(\"\(url)\", \(arguments)).catch { [$0.kind, $0.message] }")
            == "[\"timeout\", \"GET \(url): could not connect to 127.0.0.1:\(full.port) \(why)\"]")
      }
    }
  }

  @Test func theTimeForConnectingOfAllCallsIsThatOfTheCommandLine() async throws {
    let full = try FullListener()
    try await onOwnThread {
      let bench = Bench {
        $0.isClockVirtual = false
        $0.calls.connectTimeout = .milliseconds(150)
      }
      let shown = bench.awaited("await get(\"http://127.0.0.1:\(full.port)/\").catch { $0.message }")
      #expect(shown?.hasSuffix("within 150 ms, its connect timeout\"") == true)
    }
  }

  @Test func aCertificateIsTakenUnseenAndSaidToBeSoOnceForEachRun() async throws {
    let backend = try TLSBackend(certificate: Certificates.selfSigned)
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      let url = "https://localhost:\(backend.port)/"
      #expect(bench.awaited("await get(\"\(url)\", insecure: true).text", cell: 1) == "\"secret\"")
      #expect(
        bench.awaited("await all((1...3).map { get(\"\(url)\", insecure: true) }).count", cell: 2) == "3")
      let notice = "insecure: true: the certificate of localhost is not checked, it may be anybody's"
      #expect(bench.notices == [notice, notice])
      let shown = bench.awaited("await get(\"\(url)\").catch { $0.message }")
      #expect(
        shown == "\"GET \(url): the certificate of localhost:\(backend.port) was refused: it is self-signed\""
      )
      // Nothing was said about a notebook's own routes, where nothing is encrypted.
      #expect(bench.run("route \"/r\" { \"own\" }", cell: 3) == "ok")
      #expect(bench.awaited("await get(\"/r\", insecure: true).text") == "\"own\"")
      #expect(bench.notices.count == 2)
    }
  }

  @Test func whatIsRefusedSaysHowToTrustIt() async throws {
    let backend = try TLSBackend(certificate: Certificates.selfSigned)
    try await onOwnThread {
      let shown = Bench { $0.isClockVirtual = false }.awaited(
        "await get(\"https://localhost:\(backend.port)/\")")
      #expect(
        shown?.contains(
          "start the program with --ca-file FILE to trust its authority, or pass insecure: true to look at none"
        ) == true)
    }
  }

  /// `insecure` is of the host alone, and was offered all the same.
  @Test func whatIsRefusedOfAProxySaysHowToTrustIt() async throws {
    let secure = try TLSBackend(certificate: Certificates.selfSigned)
    try await onOwnThread {
      let bench = Bench {
        $0.isClockVirtual = false
        $0.calls.proxies = ProxyRules(environment: ["http_proxy": "https://localhost:\(secure.port)"])
      }
      let shown = bench.awaited("await get(\"http://service.test/\", insecure: true)") ?? ""
      #expect(
        shown.contains("\n  help: start the program with --ca-file FILE to trust its authority"), "\(shown)")
      #expect(!shown.contains("pass insecure"))
    }
  }

  /// What goes wrong is told to clients and logs.
  @Test(arguments: [true, false])
  func aPasswordInAnAddressIsToldToNobody(isVirtual: Bool) async throws {
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = isVirtual }
      let url = "http://me:s3cret@127.0.0.1:1/x?a=b@c:d"
      let shown = bench.awaited("await get(\"\(url)\")")
      #expect(
        shown?.contains("GET http://me:…@127.0.0.1:1/x?a=b@c:d: could not connect") == true, "\(shown ?? "")")
      #expect(bench.run("let backend = \"\(url)\"", cell: 2) == "ok")
      // On a line of its own, for the lines of cells are shown.
      #expect(bench.run("route \"/q\" { await get(backend).text }", cell: 3) == "ok")
      let page = bench.awaited("let r = await get(\"/q\", check: false)\n[r.status, r.text]", cell: 4)
      #expect(page?.hasPrefix("[502, ") == true)
      #expect(page?.contains("http://me:…@127.0.0.1:1/x") == true)
      #expect(!bench.failures.joined().contains("s3cret"))
      for text in ["http://me:s3cret@127.0.0.1:99999/", "//me:s3cret@127.0.0.1"] {
        let shown = bench.awaited("await get(\"\(text)\").catch { $0.message }")
        #expect(shown?.contains("//me:…@127.0.0.1") == true, "\(shown ?? "")")
      }
    }
  }

  @Test func onlyTheHostThatIsWrittenIsTakenUnseen() async throws {
    let backend = try TLSBackend(certificate: Certificates.selfSigned)
    try await onOwnThread {
      for isVirtual in [true, false] {
        let bench = Bench { $0.isClockVirtual = isVirtual }
        _ = try bench.listen()
        bench.run("route \"/away\" { redirect(to: \"https://localhost:\(backend.port)/\") }")
        for jar in ["", ", cookies: CookieJar()"] {
          let shown = bench.awaited("await get(\"/away\", insecure: true\(jar)).catch { $0.message }")
          // Where the notebook listens on 127.0.0.1, localhost is another host.
          #expect(
            shown?.hasSuffix("was refused: it is self-signed\"") == true, "\(String(describing: shown))")
        }
      }
    }
  }

  @Test func authoritiesOfOnesOwnAreTrusted() async throws {
    let backend = try TLSBackend(certificate: Certificates.issued)
    let authority = try TemporaryFile(Certificates.authority)
    let path = authority.path
    try await onOwnThread {
      let bench = Bench {
        $0.isClockVirtual = false
        $0.calls.certificateFile = path
      }
      #expect(bench.awaited("await get(\"https://localhost:\(backend.port)/\").text") == "\"secret\"")
      #expect(bench.notices == [])
    }
    withExtendedLifetime(authority) {}
  }

  @Test(arguments: [true, false])
  func aProxyIsForOthersAndNotForTheNotebookItself(isVirtual: Bool) async throws {
    let proxy = try ScriptedHTTPServer()
    proxy.on("http://service.test/", .text("by the proxy"))
    try await onOwnThread {
      let bench = Bench {
        $0.isClockVirtual = isVirtual
        $0.calls.proxies = ProxyRules(environment: ["http_proxy": "127.0.0.1:\(proxy.port)"])
      }
      let (port, _) = try bench.listen()
      bench.run("route \"/r\" { \"own\" }")
      for (url, text) in [
        ("http://service.test/", "by the proxy"), ("/r", "own"), ("http://localhost:\(port)/r", "own"),
        ("http://127.0.0.1:\(port)/r", "own"),
      ] {
        #expect(bench.awaited("await get(\"\(url)\").text") == "\"\(text)\"", "\(url)")
      }
    }
    #expect(proxy.counts.requests == 1)
  }

  @Test func anAnswerBeyondTheLimitFailsTheCall() async throws {
    let server = try ScriptedHTTPServer()
    server.on("/", .text("12345678901"))
    try await onOwnThread {
      let bench = Bench {
        $0.isClockVirtual = false
        $0.calls.bodyLimit = 10
      }
      let shown = bench.awaited("await get(\"\(server.url())\").catch { $0.message }")
      #expect(shown?.hasSuffix("announced has 11 bytes, more than the limit of 10\"") == true)
    }
  }

  @Test func theOwnServerIsKnownByEveryNameItListensOn() {
    let all = ["127.0.0.1", "localhost", "0.0.0.0", "::1", "::"].map { host in
      OwnAddress.authorities(of: [BoundAddressFixture.tcp(host, 80)]).sorted()
    }
    #expect(
      all == [
        ["127.0.0.1:80", "localhost:80"], ["localhost:80"], ["0.0.0.0:80", "127.0.0.1:80", "localhost:80"],
        ["[::1]:80", "localhost:80"], ["127.0.0.1:80", "[::1]:80", "[::]:80", "localhost:80"],
      ])
  }
}
