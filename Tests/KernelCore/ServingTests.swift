import Foundation
import TestSupport
import Testing

@testable import KernelCore
@testable import Web

/// `listen` and `open`.
struct ServingTests {
  private func bench(_ configure: (inout KernelConfiguration) -> Void = { _ in }) -> Bench {
    Bench {
      $0.port = nil
      $0.isClockVirtual = false
      configure(&$0)
    }
  }

  private func portNumber(_ shown: String?) -> Int? {
    shown.flatMap { Int($0.dropLast().split(separator: ":").last ?? "") }
  }

  private var freePort: Int {
    get throws {
      let server = try ScriptedHTTPServer()
      defer { server.stop() }
      return server.port
    }
  }

  @Test func listeningGivesTheAddressAndDoingItAgainTheSame() throws {
    let bench = bench()
    let shown = bench.awaited("listen(\"tcp:0\")")
    let port = try #require(portNumber(shown))
    #expect(shown == "\"http://127.0.0.1:\(port)\"")
    #expect(bench.awaited("listen(\"tcp:0\")") == shown)
    #expect(bench.awaited("listen(\"tcp:\(port)\")") == shown)
    #expect(bench.on { bench.supervisor.server.addresses.count } == 1)
    bench.run("route \"/\" { 1 }")
    #expect(try RawHTTPClient.request(port: port, "GET", "/").text == "1")
  }

  @Test func answersDoNotWaitForCodeThatComputesAfterThemInTheSameTurn() throws {
    let bench = bench { $0.machineLimits.handlerTime = 60_000_000_000 }
    let port = try bench.listen().port
    bench.run(
      """
      let gate = deferred()
      route "/gated" { await gate }
      route "/open" { gate.resolve(1)
        1 }
      route "/quick" { 1 }
      route "/wait" { await sleep(1h) }
      route "/endless" { while true {} }
      """, cell: 1)
    let clients = try (0..<6).map { _ in try RawHTTPClient(port: port) }
    // The one that was served last may be looked at first again.
    for client in clients.reversed() {
      try client.sendRequest("GET", "/quick")
      #expect(try client.readResponse().text == "1")
    }
    // However slow the machine is, none goes out for another reason.
    bench.on {
      bench.supervisor.server.flushBatch.pause = .hours(1)
      bench.supervisor.server.flushBatch.longestWait = .hours(1)
    }
    let interruption = bench.on { bench.kernel.machine.interruption }
    defer { interruption.request() }
    try bench.holdingLoop {
      // Another request that waits behind it makes no difference.
      try clients[0].send("GET /gated HTTP/1.1\r\nHost: a\r\n\r\nGET /wait HTTP/1.1\r\nHost: a\r\n\r\n")
      try clients[1].sendRequest("GET", "/open")
      for client in clients[2..<5] { try client.sendRequest("GET", "/quick") }
      try clients[5].sendRequest("GET", "/endless")
    }
    // It would compute for a minute, which is longer than they wait here.
    for client in clients.dropLast() { #expect(try client.readResponse().text == "1") }
    interruption.request()
    #expect(try clients[5].readResponse().status == 500)
  }

  /// What was opened once stayed open, whatever became of its cell.
  @Test func anAddressIsACellsAsItsRoutesAre() throws {
    let bench = bench()
    let ports = try (0..<4).map { _ in try freePort }
    func open() -> [Int] { bench.on { bench.supervisor.server.addresses.compactMap(\.port) } }
    #expect(bench.run("listen(\"tcp:\(ports[0])\")", cell: 1).text.contains("\(ports[0])"))
    bench.run("listen(\"tcp:\(ports[1])\")", cell: 2)
    #expect(open() == [ports[0], ports[1]])
    // Run again, it replaces what it made.
    let again = bench.start("listen(\"tcp:\(ports[2])\")", cell: 1)
    #expect(bench.wait { again.valueOnLoop != nil })
    #expect(open() == [ports[1], ports[2]])
    #expect(again.value?.notes == ["http://127.0.0.1:\(ports[0]) is no longer listened on"])
    // One that fails leaves all as it was.
    bench.run("listen(\"tcp:\(ports[3])\"); throw \"x\"", cell: 2)
    #expect(open() == [ports[1], ports[2]])
    // What another cell wants too stays.
    bench.run("listen(\"tcp:\(ports[1])\")", cell: 3)
    bench.on { bench.kernel.removeEffects(of: 2) }
    #expect(open() == [ports[1], ports[2]])
    bench.on { bench.kernel.removeEffects(of: 3) }
    #expect(open() == [ports[2]])
    // The last stays, as at a restart: the notebook can be reached.
    bench.on { bench.kernel.removeEffects(of: 1) }
    bench.on { bench.supervisor.restart() }
    #expect(open() == [ports[2]])
    // After a restart it is known whose they were.
    bench.run("listen(\"tcp:\(ports[2])\")", cell: 7)
    bench.run("listen(\"tcp:\(ports[3])\")", cell: 4)
    bench.on { bench.supervisor.restart() }
    bench.run("1", cell: 4)
    #expect(open() == [ports[2]])
    // So does what is not among the cells that run anew, and what a notebook had that is gone.
    bench.run("listen(\"tcp:\(ports[0])\")", cell: 5)
    bench.on {
      bench.supervisor.rerunAll([(6, "1"), (7, "listen(\"tcp:\(ports[2])\")")]) { _ in
      } completion: { _ in
      }
    }
    #expect(open() == [ports[2]])
    bench.run("listen(\"tcp:\(ports[0])\")", cell: 6)
    bench.on { bench.supervisor.giveUpAddresses() }
    #expect(open() == [ports[2]])
  }

  /// It stayed for good.
  @Test func whatStayedAsTheLastIsGivenUpWhenThereIsAnother() throws {
    let bench = bench()
    let ports = try (0..<4).map { _ in try freePort }
    func open() -> [Int] { bench.on { bench.supervisor.server.addresses.compactMap(\.port) } }
    bench.run("listen(\"tcp:\(ports[0])\")", cell: 1)
    bench.on { bench.kernel.removeEffects(of: 1) }
    #expect(open() == [ports[0]])
    // A cell that fails gives none.
    bench.run("listen(\"tcp:\(ports[1])\"); throw \"x\"", cell: 2)
    #expect(open() == [ports[0]])
    let next = bench.start("listen(\"tcp:\(ports[1])\")", cell: 2)
    #expect(bench.wait { next.valueOnLoop != nil })
    #expect(open() == [ports[1]])
    #expect(next.value?.notes == ["http://127.0.0.1:\(ports[0]) is no longer listened on"])
    // One that is asked for again is no longer only the last.
    bench.on { bench.kernel.removeEffects(of: 2) }
    bench.run("listen(\"tcp:\(ports[1])\")", cell: 3)
    bench.run("listen(\"tcp:\(ports[2])\")", cell: 4)
    #expect(open() == [ports[1], ports[2]])
    bench.on { bench.supervisor.giveUpAddresses() }
    #expect(open() == [ports[2]])
    _ = try bench.loop.flatSubmit { bench.supervisor.listen(onPort: ports[3]) }.wait()
    #expect(open() == [ports[3]])
  }

  /// It stayed open beside what the cell said, and was the notebook's address.
  @Test func theUsualAddressIsGivenUpWhenACellSaysWhere() throws {
    let bench = bench()
    let ports = try (0..<2).map { _ in try freePort }
    func open() -> [Int] { bench.on { bench.supervisor.server.addresses.compactMap(\.port) } }
    _ = try bench.loop.flatSubmit { bench.supervisor.listen(onPort: ports[0]) }.wait()
    bench.run("listen(\"tcp:\(ports[1])\"); throw \"x\"", cell: 1)
    #expect(open() == [ports[0]])
    let next = bench.start("listen(\"tcp:\(ports[1])\")", cell: 1)
    #expect(bench.wait { next.valueOnLoop != nil })
    #expect(open() == [ports[1]])
    #expect(next.value?.notes == ["http://127.0.0.1:\(ports[0]) is no longer listened on"])
    // One that a cell asks for too is a cell's.
    _ = try bench.loop.flatSubmit { bench.supervisor.listen(onPort: ports[1]) }.wait()
    bench.run("listen(\"tcp:\(ports[0])\")", cell: 2)
    #expect(open() == [ports[1], ports[0]])
  }

  @Test func thePortOfTheCommandLineStays() throws {
    let port = try freePort
    let bench = bench { $0.port = port }
    _ = try bench.loop.flatSubmit { bench.supervisor.listenByDefault() }.wait()
    let folder = TemporaryFolder()
    bench.run("listen(\"tcp:\(port)\")", cell: 1)
    bench.run("listen(\"unix:\(folder.path)/s\")", cell: 2)
    bench.on { bench.kernel.removeEffects(of: 1) }
    #expect(bench.on { bench.supervisor.server.addresses.map(\.port) } == [port, nil])
  }

  @Test func aPortOfTheCommandLineOverridesEveryListen() throws {
    let port = try freePort
    let bench = bench { $0.port = port }
    #expect(bench.awaited("listen(\"tcp:1\")") == "\"http://127.0.0.1:\(port)\"")
    #expect(bench.awaited("listen(\"tcp:2\")") == "\"http://127.0.0.1:\(port)\"")
    #expect(bench.awaited("[listen(\"tcp:3\"), listen(\"tcp:4\")]")?.contains("\(port)") == true)
  }

  @Test func aPortThatSomebodyHasSaysWhatToDo() throws {
    let other = try ScriptedHTTPServer()
    let shown = try #require(bench().awaited("listen(\"tcp:\(other.port)\")"))
    #expect(shown.contains("port \(other.port) is in use by another program; pick another with --port"))
    #expect(shown.contains("line 1"))
  }

  @Test func beyondThisMachineNeedsTheCommandLinesLeave() throws {
    let refused = try #require(bench().awaited("listen(\"tcp:0:interface=0.0.0.0\")"))
    #expect(refused.contains("can be reached from beyond this machine"))
    #expect(refused.contains("--host 0.0.0.0"))
    let allowed = bench { $0.host = "0.0.0.0" }
    let port = try #require(portNumber(allowed.awaited("listen(\"tcp:0\")")))
    #expect(allowed.awaited("open(\"/x\")") == "false")
    #expect(openings(allowed) == ["http://127.0.0.1:\(port)/x"])
    #expect(allowed.awaited("listen(\"tcp:0:interface=127.0.0.1\")")?.contains("127.0.0.1") == true)
  }

  @Test func noBrowserCanOpenAUnixSocket() {
    let bench = bench()
    let path = bench.makeSocketPath()
    _ = bench.awaited("listen(\"unix:\(path)\")")
    #expect(bench.run("open(\"/x\")").text == "false")
    #expect(
      bench.notices == [
        "no browser can open /x: only a Unix socket is listened on; run listen(\"tcp:8080\") too"
      ])
  }

  @Test func itListensOnIPv6AndOnUnixSockets() throws {
    let bench = bench()
    let shown = bench.awaited("listen(\"tcp:0:interface=\\\\:\\\\:1\")")
    let port = try #require(portNumber(shown))
    #expect(shown == "\"http://[::1]:\(port)\"")
    _ = bench.awaited("open(\"/x\")")
    #expect(openings(bench) == ["http://[::1]:\(port)/x"])
    bench.run("route \"/r\" { \"six\" }", cell: 2)
    #expect(bench.awaited("await get(\"/r\").text") == "\"six\"")
    let path = bench.makeSocketPath()
    #expect(bench.awaited("listen(\"unix:\(path)\")") == "\"unix:\(path)\"")
    let client = try RawHTTPClient(unixPath: path)
    try client.sendRequest("GET", "/r")
    #expect(try client.readResponse().text == "six")
  }

  @Test(arguments: [
    ("8080", "is no endpoint"), ("tcp:", "is no port"), ("tcp:99999", "is no port"),
    ("udp:1", "begins with neither"),
    ("tcp:80:interface=nowhere", "is no address of an interface"), ("unix:", "names no path"),
    ("unix:/nowhere/at/all.sock", "does not exist"),
  ])
  func whatCannotBeListenedOnSaysSo(text: String, message: String) throws {
    let shown = try #require(bench().awaited("listen(\"\(text)\")"))
    #expect(shown.contains(message), "\(shown)")
  }

  private func openings(_ bench: Bench) -> [String] {
    bench.events.compactMap { if case .open(let url) = $0 { url } else { nil } }
  }

  @Test(arguments: [
    ("/a b", "http://127.0.0.1:PORT/a%20b"), ("//evil.com/x", "http://127.0.0.1:PORT//evil.com/x"),
    ("https://example.org/ä", "https://example.org/%C3%A4"), ("HTTP://EXAMPLE.org", "HTTP://EXAMPLE.org"),
    ("/x?q=\\\"'$(touch a)\\n", "http://127.0.0.1:PORT/x?q=%22'$(touch%20a)%0A"),
  ])
  func openingGivesTheBrowserOneSafeWord(url: String, opened: String) throws {
    let bench = bench { $0.opening = .browser(isAvailable: true) }
    let (port, _) = try bench.listen()
    #expect(bench.run("open(\"\(url)\")") == "true")
    #expect(openings(bench) == [opened.replacingOccurrences(of: "PORT", with: "\(port)")])
  }

  @Test(arguments: ["file:///etc/passwd", "javascript:alert(1)", "greet", "", "ftp://x/", "http:/x", "-x"])
  func nothingButHTTPIsOpened(url: String) throws {
    let bench = bench { $0.opening = .browser(isAvailable: true) }
    _ = try bench.listen()
    #expect(bench.run("open(\"\(url)\")").contains("cannot be opened"))
    #expect(openings(bench) == [])
  }

  @Test func openingBeforeListeningSaysWhatToDo() {
    #expect(bench().run("open(\"/\")").contains("run listen(\"tcp:8080\") first"))
  }

  @Test func aReplayMakesTheRequestItself() throws {
    let bench = Bench { $0.opening = .request }
    _ = try bench.listen()
    bench.run("route \"/r\" { await sleep(5s)\n\"late\" }")
    #expect(bench.run("open(\"/r\")\nopen(\"/none\")", cell: 2) == "true")
    bench.advance(.seconds(5))
    let opened = bench.events.compactMap {
      if case .opened(let url, let status, let body) = $0 { "\(url) \(status ?? 0) \(body)" } else { nil }
    }
    #expect(opened.first?.hasPrefix("/none 404 No route matches") == true)
    #expect(opened.last == "/r 200 late")
  }
}
