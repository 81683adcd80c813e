import Console
import Foundation
import KernelCore
import Language
import Notebooks
import Testing

/// What `%trace` says could overlap is right: each cell of `overlaps` is run on a virtual clock, and gives the advice that
/// is stored with it, or none; what the advice says is written in the cell behind, and gives the same value in the time
/// that was promised.
struct OverlapTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "overlaps")
  static let files = ["dependent.cells", "independent.cells"]

  @Test func halfOfTheCasesHaveAdvice() throws {
    let cells = try Self.files.flatMap {
      try CellsFile.load(Self.folder.appending(path: $0).path()).codeCells
    }
    let expected = cells.map(\.storedOutputs).filter { !$0.isEmpty }
    #expect(expected.count >= 90)
    #expect(expected.count { $0 != ["nothing"] } >= 30)
    #expect(expected.count { $0 == ["nothing"] } >= 30)
  }

  @Test(arguments: files)
  func theAdviceIsThatWhichIsStored(file: String) throws {
    let notebook = try CellsFile.load(Self.folder.appending(path: file).path())
    let kernel = try KernelHandle(Self.configuration) { _ in }
    defer { kernel.shutDown(grace: .zero) }
    var last: Case?
    for cell in notebook.codeCells {
      let title = "\(file), \(cell.title)"
      let value = run(cell.source, as: cell.number ?? 0, in: kernel)
      #expect(value != nil, "\(title)")
      if cell.title.hasPrefix("services") { continue }
      if cell.title == "at once" {
        let slow = try #require(last, "\(title)")
        let fast = Case("/case/at-once", in: kernel, value: value)
        #expect(fast.value == slow.value, "at once: \(slow.title)")
        #expect(fast.duration == slow.duration - slow.saving, "at once: \(slow.title)")
        #expect(fast.advice == [], "at once: \(slow.title)")
        continue
      }
      let asked = cell.storedOutputs.first { $0.hasPrefix("asked: ") }.map { String($0.dropFirst(7)) }
      let hasRoute = cell.source.contains("route \"/case")
      let path = hasRoute ? asked ?? "/case" : nil
      var next = Case(path, in: kernel, value: value)
      next.title = title
      let expected = cell.storedOutputs.filter { $0 != "nothing" && !$0.hasPrefix("asked: ") }
      #expect(next.advice == expected, "\(title)")
      #expect(next.value != nil, "\(title)")
      #expect(!cell.storedOutputs.isEmpty, "\(title)")
      last = next
    }
  }

  /// Whatever stands between two calls and does something keeps them apart.
  @Test(arguments: [
    "print(0)", "visits += 1", "if visits > 3 { return 1 }", "await sleep(1s)", "queue.append(1)",
  ])
  func anythingDoneInBetweenKeepsCallsApart(statement: String) throws {
    let cells = try CellsFile.load(Self.folder.appending(path: "independent.cells").path()).codeCells
    var count = 0
    for text in cells.map(\.source) {
      let source = SourceText(cell: 1, text: text)
      for group in analysis(source).groups {
        let own = Set(group.calls.map(source.lineNumber(of:)))
        for later in own.sorted().dropFirst() {
          var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
          lines.insert(statement, at: later - 1)
          let changed = SourceText(cell: 1, text: lines.joined(separator: "\n"))
          for group in analysis(changed).groups {
            // Others may have been begun before, and be awaited behind.
            let places = group.calls.map(changed.lineNumber(of:)).filter {
              own.contains($0 < later ? $0 : $0 - 1)
            }
            #expect(places.allSatisfy { $0 < later } || places.allSatisfy { $0 > later }, "\(changed.text)")
          }
          count += 1
        }
      }
    }
    #expect(count >= 25)
  }

  private func analysis(_ source: SourceText) -> OverlapAnalysis {
    let builtins = ["String", "after", "all", "get", "json", "print", "respond", "sleep"]
    var names = GlobalScope(Dictionary(uniqueKeysWithValues: builtins.map { ($0, .builtin) }))
    for name in ["base", "two"] { names.declare(name, .let) }
    for name in ["visits", "queue"] { names.declare(name, .var) }
    return OverlapAnalysis(source, names: names) { ["base", "two"].contains($0) }
  }

  private static var configuration: KernelConfiguration {
    var configuration = KernelConfiguration()
    configuration.isClockVirtual = true
    configuration.recordsTraces = true
    return configuration
  }

  private static var tutorial: Notebook {
    get throws { try CellsFile.load(folder.appending(path: "../../../cells/tutorial.cells").path()) }
  }

  @Test func theTutorialIsToldWhatItsFasterPageDoes() throws {
    let kernel = try KernelHandle(Self.configuration) { _ in }
    defer { kernel.shutDown(grace: .zero) }
    for cell in try Self.tutorial.codeCells
    where cell.source.hasPrefix("let") || cell.source.contains("compare\" {") {
      #expect(run(cell.source, as: cell.number ?? 0, in: kernel) != nil)
    }
    let slow = Case("/compare", in: kernel, value: nil)
    #expect(slow.advice == ["the GETs at lines 2 and 3 could overlap: 10.0 s instead of 20.0 s"])
    let fast = Case("/faster-compare", in: kernel, value: nil)
    #expect(fast.advice == [])
    #expect(fast.value == slow.value)
    #expect(fast.duration == .seconds(10))
  }

  /// With all that it does meanwhile, as its ticks.
  @Test func theWholeTutorialIsTold() throws {
    var configuration = Self.configuration
    configuration.bindsSockets = false
    let kernel = try KernelHandle(configuration) { _ in }
    defer { kernel.shutDown(grace: .zero) }
    for cell in try Self.tutorial.codeCells {
      #expect(run(cell.source, as: cell.number ?? 0, in: kernel) != nil)
    }
    // Until the pages have been opened that it opens in the end.
    #expect(run("await sleep(15s)", as: 900, in: kernel) != nil)
    let slow = Case("/compare", in: kernel, value: nil)
    #expect(slow.advice == ["the GETs at lines 2 and 3 could overlap: 10.0 s instead of 20.0 s"])
  }

  /// What a request, or the cell that ran last, came to.
  private struct Case {
    var title = ""
    let value: String?
    let advice: [String]
    let duration: Duration
    let saving: Duration

    /// - Parameter path: nil for the cell itself, whose value that was.
    init(_ path: String?, in kernel: KernelHandle, value: String?) {
      self.value = path.map { run("await get(\"\($0)\").text", as: 900, in: kernel) } ?? value
      let trace = kernel.trace(path.map { TraceChoice.path($0) } ?? .last)
      advice = trace.map { trace in trace.overlaps.map { $0.sentence(in: trace.trace) } } ?? ["no trace"]
      duration = trace?.trace.duration ?? .zero
      saving = trace?.overlaps.reduce(.zero) { $0 + $1.saving } ?? .zero
    }
  }
}

/// Runs a cell; gives its value, empty where it has none, nil where it failed or takes too long.
private func run(_ text: String, as number: Int, in kernel: KernelHandle) -> String? {
  let ended = DispatchSemaphore(value: 0)
  let result = Mutexed<CellResult?>(nil)
  kernel.run(cell: number, text: text) {
    result.value = $0
    ended.signal()
  }
  if ended.wait(timeout: .now() + 30) == .timedOut { return nil }
  switch result.value?.outcome {
  case .succeeded(let value): return value ?? ""
  case .failed(let error):
    Issue.record("\(error)")
    return nil
  case .interrupted, nil: return nil
  }
}

private final class Mutexed<Value>: @unchecked Sendable {
  private let lock = NSLock()
  private var content: Value

  init(_ content: Value) { self.content = content }

  var value: Value {
    get { lock.withLock { content } }
    set { lock.withLock { content = newValue } }
  }
}
