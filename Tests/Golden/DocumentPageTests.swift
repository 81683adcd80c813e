import Examples
import Foundation
import KernelCore
import Language
import Testing

@testable import VM

/// `docs/language.md` and `docs/http.md` are true: every example on a page is run, in order and in one kernel on a
/// virtual clock, and gives what the page says.
struct DocumentPageTests {
  @Test(arguments: [("language.md", 300), ("http.md", 20)])
  func everyExampleGivesWhatThePageSays(name: String, count: Int) throws {
    let page = try DocumentPage(name)
    #expect(page.examples.count > count)
    let kernel = try ExampleKernel(forgetsExamples: false)
    defer { kernel.shutDown() }
    for example in page.examples {
      let given = kernel.run(example.code)
      switch example.expectation {
      case nil: #expect(!given.hasPrefix("error: "), "line \(example.line): \(example.code)\n\(given)")
      case let expected?:
        #expect(given == expected, "line \(example.line): \(example.code)")
      }
    }
  }

  @Test func everyMemberAndFunctionHasAnExample() throws {
    let page = try DocumentPage("language.md")
    let words = Set(
      page.examples.flatMap { $0.code.split { !$0.isLetter && !$0.isNumber && $0 != "_" } }.map(String.init))
    let machine = Machine(host: nil)
    let tags = [
      Tag.string, Tag.array, Tag.dictionary, Tag.range, Tag.int, Tag.double, Tag.duration, Tag.date,
      Tag.bytes, Tag.deferred, Tag.error, Tag.native,
    ]
    for tag in tags {
      let missing = machine.memberNames(of: tag).filter { !words.contains($0) }
      #expect(missing == [], "members of \(Tag.name(tag))")
    }
    let functions = machine.globalNumbers.keys.filter {
      !$0.hasPrefix("__") && !$0.contains("_") && !$0.contains(" ")
    }
    #expect(functions.count > 40)
    #expect(functions.filter { !words.contains($0) }.sorted() == [])
  }
}

/// The examples of the page, in its order.
struct DocumentPage {
  struct Example {
    let code: String
    /// What it gives, as the page shows it; nil where it says nothing, and the example must only not fail.
    let expectation: String?
    let line: Int
  }

  private(set) var examples: [Example] = []

  /// - Parameter name: of the file in `docs`.
  init(_ name: String) throws {
    let path = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/\(name)")
    let lines = try String(contentsOf: path, encoding: .utf8).components(separatedBy: "\n")
    var block: [String]?
    var isTable = false
    for (place, line) in lines.enumerated() {
      if line == "```" {
        if let code = block { add(block: code, before: place + 1) }
        block = block == nil ? [] : nil
      } else if block != nil {
        block?.append(line)
      } else if line.hasPrefix("| example | gives |") {
        isTable = true
      } else if !line.hasPrefix("|") {
        isTable = false
      } else if isTable, !line.hasPrefix("| ---") {
        add(row: line, place + 1)
      }
    }
  }

  /// `| \`code\` | \`value\` | note |`, or `prints` and the lines.
  private mutating func add(row: String, _ line: Int) {
    let cells = row.replacing("\\|", with: "\u{1}").split(separator: "|", omittingEmptySubsequences: false)
      .map { $0.trimmingCharacters(in: .whitespaces).replacing("\u{1}", with: "|") }
    let code = String(cells[1].dropFirst().dropLast())
    examples.append(Example(code: code, expectation: cells[2].replacing("`", with: ""), line: line))
  }

  /// Statement by statement, each with what `// →` behind it says.
  private mutating func add(block: [String], before end: Int) {
    let source = SourceText(name: "example", text: block.joined(separator: "\n"))
    let bytes = Array(source.text.utf8)
    for statement in Parser.parse(source).program.body {
      let rest = String(decoding: bytes[statement.span.end...].prefix { $0 != 10 }, as: UTF8.self)
      let line = end - block.count + bytes[..<statement.span.start].count { $0 == 10 }
      examples.append(
        Example(
          code: source.slice(statement.span),
          expectation: rest.firstRange(of: "// → ").map { String(rest[$0.upperBound...]) }, line: line))
    }
  }
}
