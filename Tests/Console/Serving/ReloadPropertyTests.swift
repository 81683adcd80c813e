import Foundation
import KernelCore
import TestSupport
import Testing

@testable import Console

/// The property that reloads are held to: what is in force after any number of them is what a fresh start would have.
struct ReloadPropertyTests {
  /// A kernel that serves nobody.
  private struct Quiet {
    let kernel: KernelHandle

    init() throws {
      var configuration = KernelConfiguration()
      configuration.isClockVirtual = true
      configuration.bindsSockets = false
      kernel = try KernelHandle(configuration) { _ in }
    }

    func run(_ number: Int, _ text: String) -> Bool {
      let slot = Slot<CellResult>()
      let ended = DispatchSemaphore(value: 0)
      kernel.run(cell: number, text: text) {
        slot.set($0)
        ended.signal()
      }
      ended.wait()
      return slot.value?.isSuccess == true
    }

    /// What is in force: routes and variables, each with its cell.
    var content: [String] {
      kernel.routes().map { "\($0.method ?? "any") \($0.pattern) [\($0.cell ?? 0)]" }.sorted()
        + kernel.variables().map { "\($0.name) = \($0.value) [\($0.cell ?? 0)]" }
        + kernel.surroundings().map { "\($0.kind) \($0.prefix) [\($0.cell ?? 0)]" }
    }

    func observed(_ schedule: CellSchedule) -> ObservedChanges? {
      kernel.observedChangesAtOnce(first: schedule.namesOfGuards)
    }

    func end() { kernel.shutDown(grace: .zero) }
  }

  /// A cell that reads what cells before it declare, declares a name of its own, and perhaps a name and a route that
  /// other cells declare too. Some fail, and all do that read what is not there.
  private static func cell(_ number: Int, _ random: inout SeededGenerator, fails: Bool) -> String {
    let value = Int.random(in: 0..<100, using: &random)
    let input = number > 1 ? Int.random(in: 1..<number, using: &random) : nil
    var lines = [
      input.map { "let x\(number) = x\($0) + f\($0)() + \(value)" } ?? "let x\(number) = \(value)",
      "func f\(number)() { x\(number) * 2 }",
    ]
    let shared = Int.random(in: 0..<3, using: &random)
    switch Int.random(in: 0..<4, using: &random) {
    case 0: lines.append("let shared\(shared) = \(value)")
    case 1: lines.append("route \"/shared/\(shared)\" { \(value) }")
    case 2: lines.append("route POST \"/shared/\(shared)\" { x\(number) }")
    default: break
    }
    if fails { lines.append("1 / 0") }
    return lines.joined(separator: "\n")
  }

  @Test(arguments: 0..<60)
  func reloadsComeToWhatAFreshStartDoes(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let (reloaded, fresh) = (try Quiet(), try Quiet())
    defer {
      reloaded.end()
      fresh.end()
    }
    let numbers = Array(1...6)
    var texts: [Int: String] = [:]
    var schedule = CellSchedule()
    for edit in 0..<12 {
      let isLast = edit == 11
      for number in numbers where isLast ? texts[number] == nil : Int.random(in: 0..<3, using: &random) == 0 {
        let isGone = !isLast && Int.random(in: 0..<4, using: &random) == 0
        let fails = !isLast && Int.random(in: 0..<5, using: &random) == 0
        texts[number] = isGone ? nil : Self.cell(number, &random, fails: fails)
      }
      if isLast { texts = texts.mapValues { $0.replacing("\n1 / 0", with: "") } }
      let cells = texts.sorted { $0.key < $1.key }.map { (number: $0.key, text: $0.value) }
      #expect(schedule.adopt(cells, observed: reloaded.observed(schedule)) == [])
      reloaded.kernel.setOrder(texts.keys.sorted(), decides: true, awaiting: schedule.awaitedDeclarations)
      carryOut(&schedule, reloaded)
    }
    for (number, text) in texts.sorted(by: { $0.key < $1.key }) { #expect(fresh.run(number, text)) }
    #expect(reloaded.content == fresh.content)
    #expect(fresh.content.count >= 12)
  }

  /// Names and routes that several cells declare, in branches too, cells that move, and guards. `RELOAD_EDITS` says how
  /// many edits there are of each notebook.
  @Test(arguments: 0..<40)
  func reloadsOfWhatSeveralCellsDeclareComeToWhatAFreshStartDoes(_ seed: Int) throws {
    let edits = ProcessInfo.processInfo.environment["RELOAD_EDITS"].flatMap(Int.init) ?? 12
    var random = SeededGenerator(seed: UInt64(seed))
    var notebook = RandomNotebook()
    let reloaded = try Quiet()
    defer { reloaded.end() }
    var schedule = CellSchedule()
    for _ in 0..<edits {
      let before = notebook.texts
      notebook.change(&random, mayFail: true)
      let texts = notebook.texts
      let mayFail = notebook.mayFail
      reload(texts, &schedule, reloaded, mayFail: mayFail)
      if notebook.fails { continue }
      let fresh = try Quiet()
      defer { fresh.end() }
      fresh.kernel.setOrder(texts.map(\.number), decides: true)
      let failed = texts.filter { !fresh.run($0.number, $0.text) && !$0.text.hasSuffix("1 / 0") }
      // What needs one that fails as it may fails, too; a reload may find what a cell further down declares.
      if notebook.failsAsMeant, !failed.isEmpty { continue }
      if !failed.isEmpty { Issue.record("\(failed) fails in \(texts)") }
      if reloaded.content != fresh.content {
        Issue.record("\(reloaded.content)\n is not \(fresh.content)\n of \(texts)\n after \(before)")
        return
      }
      let stopped = schedule.adopt(texts, mayFail: mayFail, observed: reloaded.observed(schedule))
      let step = schedule.next()
      if stopped != [] || step != .rest {
        Issue.record("\(step) again\n of \(texts)\n after \(before)")
        return
      }
    }
  }

  /// What a cell that fails declared before stays in force, whatever others declare the same and run because of the edit.
  @Test(arguments: 0..<40)
  func anEditOfACellThatFailsChangesNothingOfWhatIsInForce(_ seed: Int) throws {
    let edits = ProcessInfo.processInfo.environment["RELOAD_EDITS"].flatMap(Int.init) ?? 12
    var random = SeededGenerator(seed: UInt64(seed))
    var notebook = RandomNotebook()
    let reloaded = try Quiet()
    defer { reloaded.end() }
    var schedule = CellSchedule()
    for _ in 0..<edits {
      notebook.change(&random, mayFail: false)
      var texts = notebook.texts
      reload(texts, &schedule, reloaded)
      let before = reloaded.content
      let place = Int.random(in: 0..<texts.count, using: &random)
      let text = texts[place].text
      let way = Int.random(in: 0..<3, using: &random)
      // What it had assigned to itself, or has until it fails, is made anew without it. What it declares no longer may
      // have been a guard's.
      let changes = way == 0 || text.contains("free") || text.contains("allow(")
      func kept(_ content: [String]) -> [String] {
        changes ? content.filter { !$0.hasPrefix("free = ") } : content
      }
      texts[place].text =
        ["1 / 0", "1 / 0\n\(text)", "\(text)\n1 / 0"][way]
      reload(texts, &schedule, reloaded)
      if kept(reloaded.content) != kept(before) {
        Issue.record("\(reloaded.content)\n is not \(before)\n of \(texts)\n before: \(text)")
        return
      }
    }
  }

  private func reload(
    _ texts: [(number: Int, text: String)], _ schedule: inout CellSchedule, _ quiet: Quiet,
    mayFail: Set<Int> = []
  ) {
    _ = schedule.adopt(texts, mayFail: mayFail, observed: quiet.observed(schedule))
    quiet.kernel.setOrder(texts.map(\.number), decides: true, awaiting: schedule.awaitedDeclarations)
    carryOut(&schedule, quiet, texts.map(\.number), mayFail: mayFail)
  }

  private func carryOut(
    _ schedule: inout CellSchedule, _ quiet: Quiet, _ order: [Int] = [], mayFail: Set<Int> = []
  ) {
    func setOrder() {
      quiet.kernel.setOrder(order, decides: true, awaiting: schedule.awaitedDeclarations)
    }
    var looks = 0
    while true {
      switch schedule.next() {
      case .remove(let number):
        if mayFail.contains(number) { setOrder() }
        quiet.kernel.removeEffects(of: number)
      case .run(let number, let text):
        schedule.ended(number, succeeded: quiet.run(number, text), mayFail: mayFail.contains(number))
      case .stop(let number): Issue.record("cell \(number) is stopped that has ended")
      case .rest where looks < 4:
        looks += 1
        if let observed = quiet.observed(schedule) { schedule.note(observed) }
      case .wait, .rest:
        // What has failed as it may declares nothing more.
        if !mayFail.isEmpty { setOrder() }
        return quiet.kernel.settleNames()
      }
    }
  }
}
