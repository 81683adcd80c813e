import Foundation
import Testing

/// Every error that the language and the kernel can raise is seen in some test: in a golden notebook, in a test of the
/// module that raises it, or in one of the built program.
struct ErrorCatalogTests {
  private static let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..")

  /// Messages that no notebook can bring about: what would say them is a bug of ours, a limit beyond the size of a
  /// cell, or the reason of a cancellation, which nobody sees.
  private static let unreachable: Set<String> = [
    "something failed without saying what", "the values do not fit",
    "this text uses more than 65,535 names of members",
    "cancelled: the cell that started it was run again or deleted", "cancelled: the client has gone",
    "cancelled: whoever waited for it has gone", "cancelled: the cell that started it was run again",
    "cancelled: the kernel was restarted",
  ]

  @Test func everyMessageIsSeenInATest() throws {
    let folders = [
      "Tests/Golden/cells", "Tests/Language", "Tests/VM", "Tests/KernelCore", "Tests/Acceptance",
    ]
    let corpus = try Self.text(in: folders)
      .replacing("\\\"", with: "\"")
    var missing: [String] = []
    var count = 0
    for file in try Self.files(in: ["Sources/Language", "Sources/VM", "Sources/KernelCore"]) {
      let source = try String(contentsOf: file, encoding: .utf8)
      for message in Self.messages(in: source) {
        count += 1
        let parts = Self.fixedParts(of: message).map { $0.trimmingCharacters(in: [" ", ":"]) }
        guard let part = parts.max(by: { $0.count < $1.count }), part.count >= 6,
          !Self.unreachable.contains(message)
        else { continue }
        if !corpus.contains(part) { missing.append("\(file.lastPathComponent): \(message)") }
      }
    }
    #expect(count > 200)
    #expect(missing == [])
  }

  /// The texts that stand where failures and messages are made.
  private static func messages(in source: String) -> [String] {
    let makers = /(?:Failure\(\s*[.\w]+,\s*|Message\(\s*|builder\.fail\(\s*)"/
    return source.matches(of: makers).map { match in literal(source[match.range.upperBound...]) }
  }

  /// A string literal's text up to its closing quote, as it is written.
  private static func literal(_ rest: Substring) -> String {
    var text = ""
    var depth = 0
    var isEscaped = false
    for character in rest {
      if depth == 0, character == "\"", !isEscaped { return text }
      if isEscaped, character == "(" {
        depth += 1
      } else if depth > 0, character == "(" {
        depth += 1
      } else if depth > 0, character == ")" {
        depth -= 1
      }
      isEscaped = character == "\\" && !isEscaped
      text.append(character)
    }
    return text
  }

  /// What stands between the interpolations of a message.
  private static func fixedParts(of message: String) -> [String] {
    var parts = [""]
    var depth = 0
    var isEscaped = false
    for character in message {
      if depth > 0 {
        depth += character == "(" ? 1 : character == ")" ? -1 : 0
        if depth == 0 { parts.append("") }
      } else if isEscaped {
        isEscaped = false
        if character == "(" { depth = 1 } else { parts[parts.count - 1].append(character) }
      } else if character == "\\" {
        isEscaped = true
      } else {
        parts[parts.count - 1].append(character)
      }
    }
    return parts
  }

  private static func files(in folders: [String]) throws -> [URL] {
    try folders.flatMap { folder in
      let base = root.appending(path: folder)
      let names = try #require(FileManager.default.enumerator(atPath: base.path()))
      return names.compactMap { $0 as? String }.filter { $0.hasSuffix(".swift") || $0.hasSuffix(".cells") }
        .sorted()
        .map { base.appending(path: $0) }
    }
  }

  private static func text(in folders: [String]) throws -> String {
    try files(in: folders).map { try String(contentsOf: $0, encoding: .utf8) }.joined(separator: "\n")
  }
}
