import Console
import Foundation
import KernelCore
import Notebooks
import Testing
import VM

/// Small notebooks, each replayed in a fresh kernel on a virtual clock: every cell gives the output that is
/// stored with it.
///
/// With `ROUTEBOOK_GOLDEN=update` the outputs are stored instead; read each of them before it is committed.
struct GoldenTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "cells")
  static let files: [String] = {
    let all = FileManager.default.enumerator(atPath: folder.path())?.compactMap { $0 as? String } ?? []
    return all.filter { $0.hasSuffix(".cells") }.sorted()
  }()

  @Test func thereAreNotebooksOfEveryTopic() {
    let topics = Set(Self.files.compactMap { $0.split(separator: "/").first.map(String.init) })
    #expect(
      topics == [
        "algorithms", "calls", "cells", "closures", "collections", "control", "data", "dates", "encodings",
        "errors", "html", "limits", "members", "routes", "streams", "strings", "surroundings", "texts",
        "timers", "values", "waiting", "web",
      ])
    #expect(Self.files.count >= 300)
  }

  /// What holds so much that a collection at each safe point, which looks at all of it, would take hours.
  private static let isTooLargeUnderStress: Set = [
    "limits/queue.cells", "limits/calls.cells", "limits/timers.cells",
  ]
  fileprivate static let collector =
    CollectorMode(rawValue: ProcessInfo.processInfo.environment["ROUTEBOOK_GC"] ?? "") ?? .asNeeded

  @Test(arguments: files)
  func everyCellGivesItsStoredOutput(file: String) throws {
    if Self.collector != .asNeeded, Self.isTooLargeUnderStress.contains(file) { return }
    let path = Self.folder.appending(path: file).path()
    var notebook = try CellsFile.load(path)
    // What is as large as may be takes its time on a busy machine; elsewhere an endless loop ends soon.
    let isLarge = file.hasPrefix("limits/")
    let replayed = try Replayed(
      notebook.codeCells, cellTime: isLarge ? 20_000_000_000 : 1_000_000_000, patience: isLarge ? 240 : 30)
    if ProcessInfo.processInfo.environment["ROUTEBOOK_GOLDEN"] == "update" {
      for (number, lines) in replayed.outputs { try notebook.update(number) { $0.storedOutputs = lines } }
      try CellsFile.serialize(notebook).write(toFile: path, atomically: true, encoding: .utf8)
      return
    }
    for cell in notebook.codeCells {
      let given = replayed.outputs[cell.number ?? 0]?.joined(separator: "\n")
      #expect(given == cell.storedOutputs.joined(separator: "\n"), "\(file), cell \(cell.number ?? 0)")
    }
  }
}

/// What the cells of a notebook gave, in lines.
private struct Replayed {
  private(set) var outputs: [Int: [String]] = [:]

  /// - Parameters:
  ///   - cellTime: what a cell may compute without waiting, in nanoseconds.
  ///   - patience: after how many seconds a cell is taken for one that never ends.
  init(_ cells: [Cell], cellTime: Int, patience: Double) throws {
    let heard = Heard()
    var configuration = KernelConfiguration()
    configuration.isClockVirtual = true
    configuration.collector = GoldenTests.collector
    configuration.opening = .request
    configuration.environment = ["GREETING": "hello"]
    configuration.machineLimits.cellTime = cellTime
    let kernel = try KernelHandle(configuration) { heard.add($0) }
    defer { kernel.shutDown(grace: .zero) }
    for cell in cells {
      let number = cell.number ?? 0
      let ended = DispatchSemaphore(value: 0)
      kernel.run(cell: number, text: cell.source) { _ in ended.signal() }
      if ended.wait(timeout: .now() + patience) == .timedOut { Issue.record("cell [\(number)] does not end") }
      outputs[number] = heard.takeLines()
    }
    // What comes after the last cell is stored with it.
    let limit = Date().addingTimeInterval(patience)
    while kernel.settle(within: .seconds(1_000_000)) != .settled {
      if Date() > limit {
        Issue.record("the notebook does not settle")
        break
      }
      usleep(500)
    }
    if let last = cells.last?.number { outputs[last]? += heard.takeLines() }
  }
}

private final class Heard: @unchecked Sendable {
  private let lock = NSLock()
  private var events: [KernelEvent] = []

  func add(_ event: KernelEvent) { lock.withLock { events.append(event) } }

  func takeLines() -> [String] {
    let taken = lock.withLock {
      defer { events = [] }
      return events
    }
    return taken.flatMap(StoredOutput.lines(of:))
  }
}
