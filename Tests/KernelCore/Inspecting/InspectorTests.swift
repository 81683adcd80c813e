import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing
import Web

@testable import KernelCore

/// The inspector's page, over real sockets.
struct InspectorTests {
  private let bench = Bench {
    $0.isClockVirtual = false
    $0.inspects = true
    $0.recordsTraces = true
  }

  /// One request on a connection of its own.
  private func ask(
    _ method: String = "GET", _ target: String, host: String = "localhost", _ headers: [(String, String)] = []
  ) throws -> RawHTTPClient.Response {
    let raw = try client()
    let lines = [("Host", host)] + headers
    try raw.send(
      "\(method) \(target) HTTP/1.1\r\n" + lines.map { "\($0): \($1)\r\n" }.joined() + "\r\n")
    return try raw.readResponse(toHead: method == "HEAD")
  }

  private func client() throws -> RawHTTPClient {
    let port = bench.on { self.bench.supervisor.server.addresses.first?.port }
    let raw = try RawHTTPClient(port: try port ?? bench.listen().port)
    raw.companion = bench
    return raw
  }

  private func watch() throws -> EventReader { try EventReader(client()) }

  // MARK: Who is let in

  @Test func thePageIsOneFileThatAsksForNothingElse() throws {
    let page = try ask("GET", "/_routebook/")
    #expect(page.status == 200 && page["content-type"] == "text/html; charset=utf-8")
    #expect(page["cache-control"] == "no-store" && page["x-content-type-options"] == "nosniff")
    let policy = try #require(page["content-security-policy"])
    #expect(policy.hasPrefix("default-src 'none'; script-src 'sha256-"))
    #expect(policy.contains("frame-ancestors 'none'") && !policy.contains("unsafe"))
    #expect(page.text.hasPrefix("<!DOCTYPE html>"))
    #expect(!page.text.contains("innerHTML") && !page.text.contains(" src="))
    #expect(page.text.ranges(of: "href=").count == 1)
    let addresses = page.text.ranges(of: "http").count
    // The name of SVG's elements, and what is taken off an address.
    #expect(addresses == 2)
    let folder = try ask("GET", "/_routebook?x")
    #expect(folder.status == 308 && folder["location"] == "/_routebook/")
    #expect(try ask("HEAD", "/_routebook/").status == 200)
    #expect(try ask("DELETE", "/_routebook/").status == 405)
    #expect(try ask("GET", "/_routebook/x").status == 404)
    #expect(try ask("GET", "/_routebook/activities/0.request-1/cancel").status == 405)
  }

  @Test func aNameThatPointsHereIsRefused() throws {
    for path in [
      "/_routebook/", "/_routebook", "/_routebook/events", "/_routebook/traces/1.json", "/_routebook/x",
    ] {
      let answer = try ask("GET", path, host: "evil.example:8080")
      #expect(answer.status == 403)
      #expect(answer.text == "This page is at localhost or 127.0.0.1, not at \"evil.example:8080\".\n")
    }
    // The host of a target counts in the place of the header.
    #expect(try ask("GET", "http://evil.example/_routebook/").status == 403)
    #expect(try ask("GET", "http://localhost/_routebook/", host: "evil.example").status == 200)
    // Where the client is another machine, whatever it says.
    let asked = bench.ask("/_routebook/", headers: [("Host", "localhost")], isFromThisMachine: false)
    #expect(asked.status == 403)
  }

  @Test func aRouteCannotPassItOn() throws {
    let port = try bench.listen().port
    bench.run(
      "route \"/proxy/<path:p>\" { (await get(\"http://127.0.0.1:\(port)/\\(p)\", check: false)).text }\nnil",
      cell: 1)
    #expect(try ask("GET", "/proxy/_routebook/").text.contains("not for routes"))
    // The person's own calls are theirs.
    #expect(bench.awaited("(await get(\"/_routebook/\")).status", cell: 2) == "200")
  }

  @Test func itIsNotThereWhereNobodyWantsIt() throws {
    let bench = Bench { $0.isClockVirtual = false }
    bench.run("route \"/_routebook/<x>\" { \"mine\" }\nnil")
    #expect(bench.ask("/_routebook/a", headers: [("Host", "evil.example")]).text == "mine")
    #expect(bench.ask("/_routebook").status == 404)
  }

  @Test func routesDoNotTakeThePathAway() throws {
    bench.run(
      "route \"/<path:p>\" { \"mine\" }\nafter { response.headers[\"x-a\"] = \"1\" }\nnil",
      cell: 1)
    let page = try ask("GET", "/_routebook/")
    #expect(page.text.hasPrefix("<!DOCTYPE") && page["x-a"] == nil)
    #expect(try ask("GET", "/_routebookish").text == "mine")
    let result = bench.start("group \"/_routebook\" {\n  route \"/x\" { 1 }\n}\nnil", cell: 2).value
    let warning = try #require(result?.warnings.first)
    #expect(
      warning.contains("no request reaches this route: /_routebook/ is the page that shows the notebook"))
    #expect(warning.contains("choose another path, or start with --no-inspect"))
    #expect(try ask("GET", "/_routebook/x").status == 404)
  }

  // MARK: What it shows

  @Test func whoLooksIsToldWhatThereIsAndThenWhatChanges() throws {
    bench.run("route \"/hello/<name>\" { \"Hello\" }\nroute POST \"/fails\" { 1 / 0 }\nnil", cell: 3)
    _ = try ask("GET", "/hello/you")
    let events = try watch()
    let first = try events.next { $0["isFirst"] as? Bool == true }
    #expect(first["kernel"] as? Int == 0 && first["isVirtual"] == nil)
    let routes = try #require(first["routes"] as? [String: Any])
    let order = try #require(routes["order"] as? [String])
    let rows = try #require(routes["set"] as? [String: [String: Any]])
    #expect(order.count == 2 && routes["hidden"] as? Int == 0)
    let hello = try #require(rows[order[0]])
    #expect(hello["method"] as? String == "any" && hello["pattern"] as? String == "/hello/<name>")
    #expect(hello["cell"] as? Int == 3 && hello["hits"] as? Int == 1 && hello["errors"] as? Int == 0)
    #expect(hello["rate"] as? [Int] == [1] && hello["p50"] is Double && hello["p99"] is Double)
    #expect((rows[order[1]])?["p50"] == nil)
    let traces = try #require(first["traces"] as? [String: Any])
    #expect((traces["order"] as? [String])?.isEmpty == false)

    _ = try ask("POST", "/fails", [("Content-Length", "0")])
    let second = try events.next { $0["routes"] != nil }
    #expect(second["isFirst"] == nil)
    let changes = try #require(second["routes"] as? [String: Any])
    #expect(changes["order"] == nil)
    let changed = try #require(changes["set"] as? [String: [String: Any]])
    #expect(Array(changed.keys) == [order[1]] && changed[order[1]]?["errors"] as? Int == 1)
  }

  @Test func aRestartIsToldAndThePageStays() throws {
    bench.run("route \"/a\" { 1 }\nnil")
    let events = try watch()
    _ = try events.next { $0["isFirst"] != nil }
    bench.on { bench.supervisor.restart() }
    let next = try events.next { $0["kernel"] as? Int == 1 }
    #expect((next["routes"] as? [String: Any])?["order"] as? [String] == [])
  }

  @Test func itLeavesNothingBehind() throws {
    bench.on { bench.supervisor.logsRequests = true }
    bench.run("route \"/<path:p>\" { 1 }\nnil")
    let events = try watch()
    _ = try events.next { $0["isFirst"] != nil }
    _ = try ask("GET", "/_routebook/")
    _ = try ask("GET", "/_routebook/traces/99.json")
    _ = try ask("GET", "/_routebook/", host: "evil.example")
    #expect(bench.served.isEmpty)
    #expect(bench.routes.allSatisfy { $0.hits == 0 })
    let traces = bench.on { bench.supervisor.recorder?.all.map(\.title) }
    #expect(traces?.allSatisfy { !$0.contains("_routebook") } == true)
    #expect(bench.on { bench.kernel.activities() }.isEmpty)
  }

  @Test func aTraceIsGivenAsItsWaterfall() throws {
    bench.run("route \"/slow\" { await sleep(20ms); 1 }\nnil", cell: 4)
    _ = try ask("GET", "/slow")
    let number = try #require(bench.on { bench.supervisor.recorder?.all.last?.number })
    let answer = try ask("GET", "/_routebook/traces/\(number).json")
    let trace = try #require(JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    #expect(trace["title"] as? String == "GET /slow" && trace["outcome"] as? String == "200")
    let rows = try #require(trace["rows"] as? [[String: Any]])
    #expect(rows.map { $0["name"] as? String } == ["GET /slow", "timer 20ms"])
    #expect(rows[1]["depth"] as? Int == 1 && rows[1]["cell"] as? Int == 4 && rows[1]["line"] as? Int == 1)
    let pieces = try #require(rows[1]["pieces"] as? [[String: Any]])
    #expect(pieces.contains { $0["isCritical"] as? Bool == true })
    // On a busy machine the handler itself may have taken a fiftieth of it.
    #expect((trace["critical"] as? [[String: Any]])?.contains { $0["row"] as? Int == 1 } == true)
    let picture = try ask("GET", "/_routebook/traces/\(number).svg")
    #expect(picture["content-type"] == "image/svg+xml" && picture.text.hasPrefix("<svg "))
    #expect(picture.text.contains("timer 20ms"))
    #expect(picture["content-disposition"] == "inline; filename=\"trace-\(number).svg\"")
    #expect(
      picture["content-security-policy"]?.hasPrefix("default-src 'none'; style-src 'unsafe-inline'") == true)
    #expect(
      try ask("GET", "/_routebook/traces/\(number).svg", [("Sec-Fetch-Site", "cross-site")]).status == 403)
    #expect(try ask("GET", "/_routebook/traces/999.svg").status == 404)
    let missing = try ask("GET", "/_routebook/traces/999.json")
    #expect(missing.status == 404 && missing.text == "Trace 999 is not kept, or never was.\n")
    for name in ["x.json", "1.txt", "1", "1.json.svg", "-1.json/", ""] {
      #expect(try ask("GET", "/_routebook/traces/\(name)").status == 404)
    }
  }

  @Test func withoutTracesThatIsSaid() throws {
    let bench = Bench {
      $0.isClockVirtual = false
      $0.inspects = true
    }
    let host = [("Host", "localhost")]
    #expect(
      bench.ask("/_routebook/traces/1.json", headers: host).text
        == "Nothing is traced: the notebook was started without that.\n")
  }

  // MARK: What it stops

  @Test func whatGoesOnIsStoppedByThePageAlone() throws {
    bench.run("route \"/block\" { await deferred() }\nevery(60s) { 1 }\nnil", cell: 2)
    // What waits for what it has begun itself is no long poll.
    bench.run("route \"/own\" { let one = async { await sleep(1h) }\nawait one }\nnil", cell: 3)
    let own = try client()
    try own.sendRequest("GET", "/own")
    let waiting = try client()
    try waiting.sendRequest("GET", "/block")
    let events = try watch()
    var rows: [String: [String: Any]] = [:]
    _ = try events.next { message in
      let changes = message["activities"] as? [String: Any]
      rows.merge(changes?["set"] as? [String: [String: Any]] ?? [:]) { $1 }
      return rows.values.contains { $0["kind"] as? String == "long poll" }
    }
    let (key, poll) = try #require(rows.first { $0.value["kind"] as? String == "long poll" })
    #expect(poll["name"] as? String == "GET /block" && poll["cell"] as? Int == 2)
    #expect(poll["waitsFor"] as? String == "a deferred" && poll["began"] is Double)
    let target = "/_routebook/activities/\(key)/cancel"
    for headers in [[], [("Origin", "http://evil.example")], [("Sec-Fetch-Site", "cross-site")]] {
      let refused = try ask("POST", target, headers + [("Content-Length", "0")])
      #expect(refused.status == 403)
      #expect(
        refused.text.hasPrefix(
          "Only this page itself may do that: the request needs Origin: http://localhost"))
    }
    #expect(
      rows.values.first { $0["name"] as? String == "GET /own" }.map { $0["kind"] as? String } == "request")
    let origin = [("Origin", "http://localhost"), ("Content-Length", "0")]
    #expect(try ask("POST", target, origin).status == 204)
    let answer = try waiting.readResponse()
    #expect(answer.status == 503 && answer.text.contains("cancelled on the page of the notebook"))
    let gone = try ask("POST", target, origin)
    #expect(gone.status == 404 && gone.text == "It has ended already.\n")
    let next = try events.next { ($0["activities"] as? [String: Any])?["order"] != nil }
    #expect(((next["activities"] as? [String: Any])?["order"] as? [String])?.contains(key) == false)
    // A number that another kernel gave.
    let ticker = try #require(rows.first { $0.value["kind"] as? String == "timer" }?.key)
    let foreign = "7" + ticker.drop { $0 != "." }
    #expect(try ask("POST", "/_routebook/activities/\(foreign)/cancel", origin).status == 404)
    #expect(bench.on { bench.kernel.activities() }.count == 3)
    #expect(try ask("POST", "/_routebook/activities/\(ticker)/cancel", origin).status == 204)
    #expect(bench.on { bench.kernel.activities() }.count == 2)
    for key in ["0.request", "0.x-1", "request-1", "0.request--1", "0.fiber-99999999999999999999"] {
      #expect(try ask("POST", "/_routebook/activities/\(key)/cancel", origin).status == 404)
    }
  }

  // MARK: What it takes

  @Test func pagesAreCountedAndLetGo() throws {
    let limit = InspectorEvents.watcherLimit
    var pages = try (0..<limit).map { _ in try watch() }
    #expect(bench.wait { bench.supervisor.inspector?.events.watcherCount == limit })
    let refused = try ask("GET", "/_routebook/events")
    #expect(refused.status == 503)
    #expect(refused.text == "Not now: 16 pages look at this notebook already; close one of them.\n")
    pages.removeLast()
    #expect(bench.wait { bench.supervisor.inspector?.events.watcherCount == limit - 1 })
    pages.removeAll()
    #expect(bench.wait { bench.supervisor.inspector?.events.isLooking == false })
  }

  @Test func whoReadsNothingIsSentNoMoreThanASnapshot() throws {
    for cell in 1...6 {
      let routes = (0..<100).map { "route \"/\(cell)/\($0)\" { 1 }" }.joined(separator: "\n")
      bench.run(routes + "\nnil", cell: cell)
    }
    var held: IncomingBody?
    let request = Request(
      method: .GET, target: "/_routebook/events", headers: [("Host", "localhost")].headers)
    let exchange = Exchange(request: request, whole: { _ in }, pieces: { held = $1 })
    bench.on { bench.supervisor.respond(to: exchange) }
    let body = try #require(held)
    bench.on {
      for round in 0..<50 {
        for record in bench.kernel.routes.records.values { record.hit(at: round * 1_000_000_000) }
        bench.supervisor.inspector?.events.look()
      }
    }
    var bytes = 0
    bench.on { while case .bytes(let piece)? = body.take() { bytes += piece.readableBytes } }
    // Five hundred routes, and that there are more.
    #expect(bytes > 20_000 && bytes < 160_000)
    // Then it is told how all of them are now, at once.
    bench.on { bench.supervisor.inspector?.events.look() }
    var rest = ""
    bench.on { while case .bytes(let piece)? = body.take() { rest += String(buffer: piece) } }
    #expect(rest.contains("\"hits\":50") && !rest.contains("\"hits\":49"))
    bench.on { exchange.disconnect() }
    #expect(bench.on { bench.supervisor.inspector?.events.isLooking } == false)
  }

  @Test func theEndOfTheServerIsNotKeptWaiting() throws {
    let events = try watch()
    _ = try events.next { $0["isFirst"] != nil }
    let ended = bench.loop.flatSubmit { [bench] in bench.supervisor.shutDown(grace: .seconds(600)) }
    #expect(throws: EventReader.Ended.self) { try events.next { _ in false } }
    try ended.wait()
  }
}

extension [(String, String)] {
  fileprivate var headers: HTTPHeaders { HTTPHeaders(self) }
}

/// Reads what a page is told.
private final class EventReader {
  struct Ended: Error {
    let reason: String
  }

  private let raw: RawHTTPClient
  private var text = ""

  init(_ raw: RawHTTPClient) throws {
    self.raw = raw
    try raw.sendRequest("GET", "/_routebook/events")
    let head = try raw.readResponse(toHead: true)
    guard head.status == 200, head["content-type"] == "text/event-stream" else {
      throw Ended(reason: "no events: \(head.status)")
    }
  }

  /// The next message that is as wanted.
  func next(_ isWanted: ([String: Any]) -> Bool) throws -> [String: Any] {
    while true {
      while let end = text.firstRange(of: "\n\n") {
        let event = text[..<end.lowerBound]
        text.removeSubrange(..<end.upperBound)
        guard event.hasPrefix("data: ") else { continue }
        let message = try JSONSerialization.jsonObject(with: Data(event.dropFirst(6).utf8)) as? [String: Any]
        if let message, isWanted(message) { return message }
      }
      var line = ""
      while !line.hasSuffix("\r\n") { line += try raw.read(1) }
      guard let size = Int(line.dropLast(1), radix: 16), size > 0 else {
        throw Ended(reason: "the events have ended")
      }
      text += try raw.read(size)
      _ = try raw.read(2)
    }
  }
}
