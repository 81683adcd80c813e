import Foundation
import TestSupport

/// A file that is served and edited meanwhile, as an editor does it.
struct EditedFile {
  let path: String
  let serving: Serving

  /// Serves cells, each numbered by its place.
  init(_ cells: [String], _ options: [String] = ["--watch"]) throws {
    path = try Serving.temporaryFile(Self.file(cells))
    serving = try Serving.start(path, options)
  }

  static func file(_ cells: [String]) -> String {
    cells.enumerated().map { "# %% \($0 + 1)\n\($1)\n" }.joined()
  }

  /// Writes the file anew, by default another in its place.
  func write(_ text: String, atomically: Bool = true) throws {
    try text.write(toFile: path, atomically: atomically, encoding: .utf8)
  }

  func write(_ cells: [String]) throws { try write(Self.file(cells)) }

  /// Waits for the line that says what became of an edit.
  func told(_ line: String, times: Int = 1) throws {
    try serving.program.wait(for: line, times: times, in: .error)
  }

  func text(_ target: String) throws -> String { try serving.ask(target).text }
}
