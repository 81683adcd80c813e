import Foundation

/// A TextMate grammar, as far as ours goes: what `TextMateTokenizer` understands and nothing else.
struct TextMateGrammar: Decodable {
  let scopeName: String
  let fileTypes: [String]
  let patterns: [TextMateRule]
  let repository: [String: TextMateRule]

  /// The folder that is the extension for Visual Studio Code as well.
  static let folder = URL(filePath: #filePath).deletingLastPathComponent()
    .appending(path: "../../docs/editors").standardizedFileURL

  static func data() throws -> Data {
    try Data(contentsOf: folder.appending(path: "routebook.tmLanguage.json"))
  }

  static func load() throws -> TextMateGrammar {
    try JSONDecoder().decode(TextMateGrammar.self, from: data())
  }

  /// All rules, those within others too.
  var rules: [TextMateRule] {
    var rules: [TextMateRule] = []
    var open = patterns + repository.sorted { $0.key < $1.key }.map(\.value)
    while let rule = open.popLast() {
      rules.append(rule)
      open += rule.patterns ?? []
    }
    return rules
  }

  /// The rules that can match where these patterns stand, in order: includes and groups are followed. The name of an
  /// include that leads nowhere is thrown.
  func leaves(of patterns: [TextMateRule]) throws -> [TextMateRule] {
    var leaves: [TextMateRule] = []
    var followed: Set<String> = []
    func follow(_ patterns: [TextMateRule]) throws {
      for rule in patterns {
        if let include = rule.include {
          guard followed.insert(include).inserted else { continue }
          guard include.hasPrefix("#"), let target = repository[String(include.dropFirst())] else {
            throw DanglingInclude(name: include)
          }
          try follow([target])
        } else if rule.match != nil || rule.begin != nil {
          leaves.append(rule)
        } else {
          try follow(rule.patterns ?? [])
        }
      }
    }
    try follow(patterns)
    return leaves
  }

  struct DanglingInclude: Error { let name: String }
}

/// A rule that matches within a line, one that reaches from a begin to an end, an include, or a group of rules.
final class TextMateRule: Decodable {
  struct Capture: Decodable { let name: String }

  let include: String?
  let name: String?
  let contentName: String?
  let match: String?
  let captures: [String: Capture]?
  let begin: String?
  let beginCaptures: [String: Capture]?
  let end: String?
  let endCaptures: [String: Capture]?
  let patterns: [TextMateRule]?

  /// The scopes that the rule can give.
  var scopes: [String] {
    let captured = [captures, beginCaptures, endCaptures].flatMap { $0?.values.map(\.name) ?? [] }
    return [name, contentName].compactMap(\.self) + captured
  }

  var expressions: [String] { [match, begin, end].compactMap(\.self) }

  /// What tells the rule from the others in a message.
  var summary: String { match ?? begin ?? include ?? "group" }
}
