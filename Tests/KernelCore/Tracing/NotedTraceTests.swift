import Language
import TestSupport
import Testing
import VM
import Web

@testable import KernelCore

/// Traces are noted first, and laid out when somebody looks.
struct NotedTraceTests {
  private let clock = VirtualClock()
  private let sources = [
    SourceText(name: "cell [1]", text: "1\n2\n3"), SourceText(name: "cell [2]", text: "4"),
  ]

  /// What is told to a recorder, and what is known of it.
  private struct Teller {
    let recorder: TraceRecorder
    var spans: [SpanID] = []
    var open: [SpanID] = []
  }

  /// Tells something by chance; the same by the same generator.
  private func tell(_ teller: inout Teller, _ random: inout SeededGenerator) {
    func any(_ ids: [SpanID]) -> SpanID {
      ids.isEmpty ? .none : ids[Int.random(in: 0..<ids.count, using: &random)]
    }
    let place: CodePlace? =
      Bool.random(using: &random)
      ? CodePlace(source: sources[Int.random(in: 0..<2, using: &random)], offset: 1) : nil
    let (span, other) = (any(teller.open), any(teller.spans))
    let recorder = teller.recorder
    switch Int.random(in: 0..<20, using: &random) {
    case 0, 1:
      let target = "/\(teller.spans.count)"
      let arrived = Int.random(in: 0..<4, using: &random) == 0 ? clock.now - 5 : nil
      let isAnswered = Int.random(in: 0..<5, using: &random) > 0
      let id = recorder.begin(.request(.GET, target: target), cell: 1, runsCode: isAnswered, arrived: arrived)
      teller.spans.append(id)
      teller.open.append(id)
    case 2...7:
      let works: [TracedWork] = [
        .fiber(.async), .fiber(.then), .timer(7), .timer(.max), .call(method: "POST", url: "/x"), .file,
        .stream("the next chunk"), .fiber(.after),
      ]
      let work = works[Int.random(in: 0..<(Bool.random(using: &random) ? 4 : 8), using: &random)]
      let id = recorder.begins(work, parent: span, cause: other, at: place)
      if id != .none {
        teller.spans.append(id)
        teller.open.append(id)
      }
    case 8...11: recorder.waits(span, for: other, at: place)
    case 12...14: recorder.goesOn(span, cause: other)
    case 15, 16:
      let outcomes: [TracedOutcome] = [.succeeded, .failed, .cancelled]
      recorder.ends(span, outcomes[Int.random(in: 0..<3, using: &random)])
      teller.open.removeAll { $0 == span }
    case 17:
      recorder.end(span, .succeeded, status: Bool.random(using: &random) ? 404 : nil)
      teller.open.removeAll { $0 == span }
    case 18: recorder.limits(span)
    default: recorder.setStatus(201, of: span)
    }
  }

  private func text(_ trace: RecordedTrace) -> String {
    func place(_ place: CodePlace?) -> String { place.map { "\($0.source.name):\($0.offset)" } ?? "-" }
    let spans = trace.spans.map { span in
      "\(String(describing: span.work)) \(span.parent) \(span.cause.bits) \(place(span.place)) \(span.start) "
        + "\(span.startOrder) \(span.end ?? -1) \(span.endOrder ?? -1) \(String(describing: span.outcome)) "
        + "\(span.status ?? 0) \(span.lastWait ?? -1)"
    }
    let waits = trace.waits.map { wait in
      "\(wait.span) \(wait.source.bits) \(place(wait.place)) \(wait.start) \(wait.startOrder) \(wait.end ?? -1) "
        + "\(wait.endOrder ?? -1) \(wait.cause.bits) \(wait.kind) \(wait.runs)"
    }
    return ([trace.title, "\(trace.isOver) \(trace.hasLimits) \(trace.size)"] + spans + waits)
      .joined(separator: "\n")
  }

  /// Whether somebody looks after each thing that is told, or at the end alone.
  @Test(arguments: 0..<60)
  func whoLooksInBetweenSeesTheSameAsWhoLooksAtTheEnd(seed: Int) {
    var randoms = [SeededGenerator(seed: UInt64(seed)), SeededGenerator(seed: UInt64(seed))]
    var tellers = [
      Teller(recorder: TraceRecorder(clock: clock)), Teller(recorder: TraceRecorder(clock: clock)),
    ]
    let count = seed % 3 == 0 ? 12_000 : 400
    for step in 0..<count {
      if step % 3 == 0 { clock.advance(by: 10) }
      for place in 0..<2 { tell(&tellers[place], &randoms[place]) }
      if step % 2 == 0 { _ = tellers[0].recorder[tellers[0].open.last ?? .none] }
      // What has ended is not spoken of for ever.
      for place in 0..<2 where tellers[place].spans.count > 60 {
        tellers[place].spans.removeFirst(20)
        if tellers[place].open.count > 40 { tellers[place].open.removeFirst(10) }
      }
    }
    #expect(tellers[0].spans == tellers[1].spans)
    let (one, other) = (tellers[0].recorder.all, tellers[1].recorder.all)
    #expect(one.count == other.count && !one.isEmpty)
    for (one, other) in zip(one, other) { #expect(text(one) == text(other)) }
    // What has been forgotten has been forgotten up to the same time.
    for trace in one {
      let whole = trace.spans[0]
      let kept = tellers.map { $0.recorder.traces(from: whole, to: .max)?.count }
      #expect(kept[0] == kept[1])
    }
    // With the kernel all ends, also what goes on in traces that are over.
    for teller in tellers { teller.recorder.endAll() }
    for (one, other) in zip(tellers[0].recorder.all, tellers[1].recorder.all) {
      #expect(text(one) == text(other) && !one.isUnderWay)
    }
  }

  @Test func moreThanIsNotedIsLaidOut() {
    let recorder = TraceRecorder(clock: clock)
    let whole = recorder.begin(.request(.GET, target: "/"), cell: 1)
    let spans = (0..<100).map { _ in recorder.begins(.fiber(.async), parent: whole, cause: whole, at: nil) }
    for span in spans { recorder.ends(span, .succeeded) }
    for _ in 0..<500 {
      recorder.waits(whole, for: .none, at: nil)
      recorder.goesOn(whole, cause: .none)
    }
    recorder.end(whole, .succeeded, status: 200)
    let trace = recorder[whole]
    #expect(trace?.spans.count == 101 && trace?.waits.count == 500)
    #expect(trace?.spans.allSatisfy { $0.end != nil } == true)
    #expect(trace?.spans[0].status == 200)
  }

  /// Beyond the room of a trace the host's word of the time is taken in place of a look at the clock.
  @Test(arguments: 0..<30)
  func withoutRoomATraceIsTheSameWhoeverTellsTheTime(seed: Int) {
    var randoms = [SeededGenerator(seed: UInt64(seed)), SeededGenerator(seed: UInt64(seed))]
    let recorders = [TraceRecorder(clock: clock), TraceRecorder(clock: clock)]
    var open = recorders.map { recorder in
      let whole = recorder.begin(.request(.GET, target: "/"), cell: 1)
      for _ in 0..<950 { recorder.waits(whole, for: .none, at: nil) }
      return [whole]
    }
    for step in 0..<8_000 {
      if step % 3 == 0 { clock.advance(by: 10) }
      recorders[1].batchBegan = clock.now
      for (place, recorder) in recorders.enumerated() {
        let span = open[place].randomElement(using: &randoms[place]) ?? .none
        switch Int.random(in: 0..<(open[place].isEmpty ? 1 : 2_000), using: &randoms[place]) {
        case 0: open[place].append(recorder.begin(.request(.GET, target: "/"), cell: 1))
        case 1...3: open[place].append(recorder.begins(.fiber(.async), parent: span, cause: span, at: nil))
        case 4:
          recorder.ends(span, .succeeded)
          open[place].removeAll { $0 == span }
        case 5...1_000: recorder.waits(span, for: .none, at: nil)
        default: recorder.goesOn(span, cause: .none)
        }
      }
    }
    let (one, other) = (recorders[0].all, recorders[1].all)
    #expect(one.count == other.count)
    #expect(one.contains { $0.waits.contains { $0.kind == .many } })
    for (one, other) in zip(one, other) { #expect(text(one) == text(other)) }
  }

  @Test func theTimeThatTheHostTellsIsNotBeforeTheWait() {
    let recorder = TraceRecorder(clock: clock)
    let whole = recorder.begin(.request(.GET, target: "/"), cell: 1)
    for _ in 0..<TraceRecorder.traceLimit - 2 {
      recorder.waits(whole, for: .none, at: nil)
      recorder.goesOn(whole, cause: .none)
    }
    recorder.batchBegan = clock.now
    clock.advance(by: 10)
    for _ in 0..<2 {
      recorder.waits(whole, for: .none, at: nil)
      recorder.goesOn(whole, cause: .none)
    }
    let wait = recorder[whole]?.waits.last
    #expect(wait?.kind == .many && wait?.start == clock.now && wait?.end == clock.now)
    recorder.batchBegan = clock.now
    clock.advance(by: 10)
    recorder.waits(whole, for: .none, at: nil)
    #expect(recorder[whole]?.waits.last?.end == nil)
    recorder.goesOn(whole, cause: .none)
    #expect(recorder[whole]?.waits.last?.end == clock.now - 10)
  }

  /// A long poll that others have overtaken.
  @Test func whatIsUnderWayStaysThoughOthersComeInItsPlace() {
    let recorder = TraceRecorder(clock: clock)
    let poll = recorder.begin(.request(.GET, target: "/poll"), cell: 1)
    let fiber = recorder.begins(.fiber(.async), parent: poll, cause: poll, at: nil)
    recorder.waits(poll, for: fiber, at: nil)
    for _ in 0..<TraceRecorder.capacity + 10 {
      recorder.end(recorder.begin(.request(.GET, target: "/"), cell: 1), .succeeded, status: 200)
    }
    clock.advance(by: 100)
    recorder.ends(fiber, .succeeded)
    recorder.goesOn(poll, cause: fiber)
    recorder.end(poll, .succeeded, status: 200)
    let trace = recorder[poll]
    #expect(trace?.title == "GET /poll" && trace?.isOver == true)
    #expect(trace?.waits.first?.end == clock.now && trace?.spans[1].end == clock.now)
  }

  /// What may have run beside a trace is known as long as all that is forgotten had ended before.
  @Test(arguments: [(false, true), (true, false)])
  func whatHadEndedBeforeIsForgottenWithoutALoss(leavesAFiber: Bool, isAllKnown: Bool) {
    let recorder = TraceRecorder(clock: clock)
    let first = recorder.begin(.request(.GET, target: "/first"), cell: 1)
    if leavesAFiber { _ = recorder.begins(.fiber(.async), parent: first, cause: first, at: nil) }
    recorder.end(first, .succeeded, status: 200)
    clock.advance(by: 10)
    let watched = recorder.begin(.request(.GET, target: "/watched"), cell: 1)
    clock.advance(by: 10)
    for _ in 1..<TraceRecorder.capacity {
      recorder.end(recorder.begin(.request(.GET, target: "/"), cell: 1), .succeeded, status: 200)
    }
    recorder.end(watched, .succeeded, status: 200)
    #expect(recorder[first] == nil)
    let whole = recorder[watched]?.spans[0]
    #expect(whole.map { recorder.traces(from: $0, to: clock.now) != nil } == isAllKnown)
  }
}
