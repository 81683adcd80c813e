import Foundation
import Notebooks

/// A report of a replay for other programs: `junit=FILE`, `json=FILE` or `tap=FILE`; `-` is standard output.
public struct ReplayReport: Sendable {
  public enum Format: String, Sendable, CaseIterable {
    /// The XML that JUnit's Ant task writes, as CI systems read it.
    case junit
    case json
    /// The Test Anything Protocol, version 14.
    case tap
  }

  private let format: Format
  let path: String

  /// Nil where the text names no format or no file.
  public init?(_ text: String) {
    guard let sign = text.firstIndex(of: "="), let format = Format(rawValue: String(text[..<sign])) else {
      return nil
    }
    self.format = format
    path = String(text[text.index(after: sign)...])
    if path.isEmpty { return nil }
  }

  /// Writes the report; false where that failed, which standard error has been told.
  func write(_ files: [ReplayedFile]) -> Bool {
    let text =
      switch format {
      case .junit: JUnitReport.text(of: files)
      case .json: JSONReport.text(of: files)
      case .tap: TAPReport.text(of: files)
      }
    if path == standardInput { return Stream.writeWhole(text) == .success }
    do throws(CellsFileError) {
      try TextFile.write(text + "\n", to: path)
      return true
    } catch {
      Stream.complain("the report \(path) cannot be written: \(error.problem)")
      return false
    }
  }

  public var isToStandardOutput: Bool { path == standardInput }

  /// Whether it is written to where a notebook is read from.
  func wouldReplace(_ file: String) -> Bool {
    path != standardInput && file != standardInput && TextFile.isSame(path, file)
  }

  /// Whether both are written to one file. A pipe or a device gets both, one after the other.
  func wouldReplace(_ other: ReplayReport) -> Bool {
    if isToStandardOutput || other.isToStandardOutput {
      return isToStandardOutput && other.isToStandardOutput
    }
    guard CellsFile.isWaitless(path), CellsFile.isWaitless(other.path) else { return false }
    return Prompt.absolute(path) == Prompt.absolute(other.path) || TextFile.isSame(path, other.path)
  }
}

extension ReplayedCell {
  /// What is wrong, in a line; nil where nothing is.
  fileprivate var problem: String? {
    switch verdict {
    case .ran, .asStored, .updated, .notRun: nil
    case .differs: "the output differs from what is stored"
    case .failed(let text): text
    }
  }

  fileprivate var seconds: Double { duration / .seconds(1) }
}

extension ReplayedFile {
  fileprivate var seconds: Double { duration / .seconds(1) }
}

private enum JUnitReport {
  static func text(of files: [ReplayedFile]) -> String {
    let suites = files.map(suite)
    let total = files.reduce(0) { $0 + $1.cells.count + (failsBesideCells($1) ? 1 : 0) }
    return """
      <?xml version="1.0" encoding="UTF-8"?>
      <testsuites name="routebook" tests="\(total)" time="\(rounded(files.reduce(0) { $0 + $1.seconds }))">
      \(suites.joined(separator: "\n"))
      </testsuites>
      """
  }

  /// Whether a file failed by nothing that a cell is to blame for.
  private static func failsBesideCells(_ file: ReplayedFile) -> Bool {
    let isToBlame: (ReplayedCell.Verdict) -> Bool = {
      if case .failed = $0 { true } else { $0 == .differs }
    }
    return file.status != .success && file.count(isToBlame) == 0
  }

  private static func suite(_ file: ReplayedFile) -> String {
    let failures = file.count { $0 == .differs }
    var errors = file.count { if case .failed = $0 { true } else { false } }
    var cases = file.cells.map { testCase($0, file.path) }
    if failsBesideCells(file) {
      errors = 1
      let problem = file.problem ?? "the file cannot be read"
      cases.append(
        "    <testcase name=\"the file\" classname=\"\(escaped(file.path))\"><error message=\"\(escaped(problem))\"/></testcase>"
      )
    }
    let counts =
      "tests=\"\(cases.count)\" failures=\"\(failures)\" errors=\"\(errors)\" skipped=\"\(file.count { $0 == .notRun })\""
    return "  <testsuite name=\"\(escaped(file.path))\" \(counts) time=\"\(rounded(file.seconds))\">\n"
      + cases.joined(separator: "\n") + "\n  </testsuite>"
  }

  private static func testCase(_ cell: ReplayedCell, _ path: String) -> String {
    let line = cell.line.map { " line=\"\($0)\"" } ?? ""
    let head =
      "    <testcase name=\"\(escaped(cell.name))\" classname=\"\(escaped(path))\" file=\"\(escaped(path))\"\(line) time=\"\(rounded(cell.seconds))\""
    let body = escaped(cell.difference.joined(separator: "\n"))
    switch cell.verdict {
    case .ran, .asStored, .updated: return head + "/>"
    case .notRun: return head + "><skipped/></testcase>"
    case .differs:
      return head + "><failure message=\"\(escaped(cell.problem ?? ""))\">\(body)</failure></testcase>"
    case .failed:
      return head + "><error message=\"\(escaped(cell.problem ?? ""))\">\(body)</error></testcase>"
    }
  }

  private static func rounded(_ seconds: Double) -> String {
    seconds.formatted(
      .number.precision(.fractionLength(3)).grouping(.never).locale(Locale(identifier: "en_US")))
  }

  /// XML 1.0 has no place for most control characters, escaped or not.
  private static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "\n": result += "&#10;"
      case "\t": result += "&#9;"
      case "\r": result += "&#13;"
      case _ where scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF:
        result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}

private enum JSONReport {
  private struct Document: Encodable {
    let status: Int
    let files: [File]
  }

  private struct File: Encodable {
    let file: String
    let status: Int
    let seconds: Double
    let problem: String?
    let cells: [Cell]
  }

  private struct Cell: Encodable {
    let number: Int
    let title: String
    let line: Int?
    let verdict: String
    let problem: String?
    let seconds: Double
    let stored: [String]
    let given: [String]
  }

  static func text(of files: [ReplayedFile]) -> String {
    let status = files.map(\.status.rawValue).filter { $0 != 0 }.min() ?? 0
    let document = Document(status: Int(status), files: files.map(file))
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Nothing in it can fail to be encoded.
    return (try? encoder.encode(document)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
  }

  private static func file(_ file: ReplayedFile) -> File {
    File(
      file: file.path, status: Int(file.status.rawValue), seconds: file.seconds, problem: file.problem,
      cells: file.cells.map {
        Cell(
          number: $0.number, title: $0.title, line: $0.line, verdict: word(for: $0.verdict),
          problem: $0.problem, seconds: $0.seconds, stored: $0.stored, given: $0.given)
      })
  }

  private static func word(for verdict: ReplayedCell.Verdict) -> String {
    switch verdict {
    case .ran: "ran"
    case .asStored: "as stored"
    case .differs: "differs"
    case .updated: "updated"
    case .failed: "failed"
    case .notRun: "not run"
    }
  }
}

private enum TAPReport {
  static func text(of files: [ReplayedFile]) -> String {
    var lines: [String] = []
    var count = 0
    for file in files {
      for cell in file.cells {
        count += 1
        lines += testPoint(cell, "\(count) - \(escaped("\(file.path) \(cell.name)"))")
      }
      if file.status != .success, !file.cells.contains(where: { $0.problem != nil }) {
        count += 1
        lines += [
          "not ok \(count) - \(escaped(file.path))", "  ---",
          "  message: \(quoted(file.problem ?? "the file cannot be read"))", "  ...",
        ]
      }
    }
    return (["TAP version 14", "1..\(count)"] + lines).joined(separator: "\n")
  }

  private static func testPoint(_ cell: ReplayedCell, _ name: String) -> [String] {
    if cell.verdict == .notRun { return ["ok \(name) # SKIP a cell before it failed"] }
    guard let problem = cell.problem else { return ["ok \(name)"] }
    return ["not ok \(name)", "  ---", "  message: \(quoted(problem))", "  difference: |"]
      + cell.difference.map { "    \(Sanitizer.visible($0))" } + ["  ..."]
  }

  /// A description has no # that begins a directive.
  private static func escaped(_ text: String) -> String {
    Sanitizer.visible(text).replacing("\\", with: "\\\\").replacing("#", with: "\\#")
      .replacing("\n", with: " ")
  }

  private static func quoted(_ text: String) -> String {
    "\""
      + Sanitizer.visible(text).replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
      .replacing("\n", with: "\\n") + "\""
  }
}
