import NIOCore
import Testing
import VM
import Web

@testable import KernelCore

/// What an answer tells of its times.
struct ServerTimingTests {
  private func bench(isTraced: Bool = true) -> Bench {
    Bench(movesClock: true) {
      $0.recordsTraces = isTraced
      $0.sendsServerTiming = true
    }
  }

  private func fields(_ bench: Bench, _ target: String) -> [String]? {
    let asked = bench.ask(target)
    guard bench.wait(until: { asked.valueOnLoop != nil }) else { return nil }
    return asked.value.map { $0.headers["server-timing"] }
  }

  private static let routes = """
    route "/sleep/<int:n>" { await sleep(n * 1s); "slept \\(n)" }
    route "/compare" { let a = await get("/sleep/2?secret=1"); await sleep(500ms); let b = await get("/sleep/3"); a.text + b.text }
    route "/fails" { await sleep(1s); 1 / 0 }
    route "/own" { respond("x", headers: ["server-timing": "db;dur=5"]) }
    route "/stream" { await sleep(1s); stream { out in out.write("a"); await sleep(7s); out.write("b") } }
    nil
    """

  @Test func whatWasWaitedForIsToldInItsOrder() {
    let bench = bench()
    bench.run(Self.routes)
    #expect(
      fields(bench, "/compare") == [
        "total;dur=5500, cpu;dur=0, get;dur=2000;desc=\"GET /sleep/2\", timer;dur=500;desc=\"timer 500ms\", "
          + "get;dur=3000;desc=\"GET /sleep/3\""
      ])
    #expect(fields(bench, "/fails") == ["total;dur=1000, cpu;dur=0, timer;dur=1000;desc=\"timer 1s\""])
    // What another request fires.
    bench.run(
      """
      let d = deferred()
      route "/block" { after(2s) { get("/go") }; await d }
      route "/go" { d.resolve(1); 1 }
      route "/grüße" { await get("/sleep/1/ü", check: false); 1 }
      nil
      """, cell: 2)
    #expect(
      fields(bench, "/block") == [
        "total;dur=2000, cpu;dur=0, wait;dur=2000;desc=\"for a Deferred\", timer;dur=2000;desc=\"timer 2s\", "
          + "get;dur=0;desc=\"GET /go\""
      ])
    #expect(
      fields(bench, "/gr%C3%BC%C3%9Fe") == ["total;dur=0, cpu;dur=0, get;dur=0;desc=\"GET /sleep/1/%C3%BC\""])
    // What a handler writes stays, and stands first.
    #expect(fields(bench, "/own") == ["db;dur=5", "total;dur=0, cpu;dur=0"])
  }

  @Test func withoutTracesTheWholeIsTold() {
    let bench = bench(isTraced: false)
    bench.run(Self.routes)
    #expect(fields(bench, "/compare") == ["total;dur=5500"])
  }

  @Test func aStreamTellsWhatIsKnownWhenItsHeadGoesOut() {
    let bench = bench()
    bench.run(Self.routes)
    #expect(fields(bench, "/stream") == ["total;dur=1000, cpu;dur=0, timer;dur=1000;desc=\"timer 1s\""])
  }

  @Test func nothingIsToldUnlessThatIsWanted() {
    let bench = Bench(movesClock: true) { $0.recordsTraces = true }
    bench.run(Self.routes)
    #expect(fields(bench, "/sleep/1") == [])
  }

  @Test func namesAndTextsAreThoseOfTheGrammar() {
    let trace = Self.trace([
      (.call(method: "M-SEARCH", url: "http://h/\"a\\b\u{e9}?token=1"), 0, 1_240_000),
      (.call(method: "X!1", url: "http://h/" + String(repeating: "x", count: 200)), 0, 50_000),
      (.call(method: "1", url: "http://h/#f"), 0, 0), (.fiber(.async), 0, 9),
      (.stream("chunks"), 5_000_000, nil),
    ])
    let long = "X!1 http://h/" + String(repeating: "x", count: 67)
    #expect(
      ServerTiming.value(total: 2_000_000, trace, now: 6_000_000)
        == "total;dur=2, cpu;dur=2, m-search;dur=1.2;desc=\"M-SEARCH http://h/\\\"a\\\\b%C3%A9\", "
        + "x;dur=0.1;desc=\"\(long)...\", call;dur=0;desc=\"1 http://h/\", stream;dur=1;desc=\"chunks\"")
  }

  @Test func ofManyTheLongestAreTold() {
    let trace = Self.trace((1...400).map { (.timer($0 * 1_000_000), 0, $0 % 100 * 1_000_000) })
    let metrics = ServerTiming.value(total: 0, trace, now: 0).split(separator: ", ")
    #expect(metrics.count == 2 + ServerTiming.limit)
    #expect(
      metrics[2] == "timer;dur=98;desc=\"timer 98ms\"" && metrics[3] == "timer;dur=99;desc=\"timer 99ms\"")
    let longest = Self.trace(
      (0..<20).map { _ in
        (
          .call(method: String(repeating: "A", count: 90), url: String(repeating: "\"", count: 200)), 0,
          .max / 2
        )
      })
    #expect(ServerTiming.value(total: .max / 2, longest, now: 0).utf8.count < 2_500)
  }

  /// A trace of two milliseconds that began these things.
  private static func trace(_ spans: [(work: TracedWork, start: Int, end: Int?)]) -> RecordedTrace {
    let trace = RecordedTrace(
      .init(
        number: 1, id: SpanKey(place: 1, isAside: false, span: 0).id, subject: .request(.GET, target: "/"),
        cell: 1, moment: .init(time: 0, order: 0)))
    trace.spans[0].end = 2_000_000
    for span in spans {
      trace.spans.append(
        RecordedTrace.Span(work: span.work, parent: 0, cause: .none, start: span.start, end: span.end))
    }
    return trace
  }
}
