import Foundation
import Language
import Synchronization

/// Completes names at the prompt from what the notebook's text declares, without asking the kernel.
final class Completer: Sendable {
  static let shared = Completer()

  /// Names that cells declare, and routes, from their text.
  private let known: Mutex<(names: Set<String>, routes: Set<String>)> = Mutex(([], []))

  private static let keywords = [
    "let", "var", "func", "route", "if", "else", "while", "for", "in", "return", "break", "continue", "throw",
    "do",
    "catch", "defer", "await", "async", "true", "false", "nil", "guard", "html",
  ]

  func learn(from texts: [String]) {
    for text in texts {
      let source = SourceText(name: "cell", text: text)
      let parsed = Parser.parse(source)
      let declared = Resolver.resolve(parsed.program, source: source, globals: GlobalScope()).declares.keys
      var patterns: [String] = []
      for case .route(let route) in parsed.program.body.map(\.kind) { patterns.append(route.pattern) }
      known.withLock { known in
        known.names.formUnion(declared)
        known.routes.formUnion(patterns)
      }
    }
  }

  func forgetAll() { known.withLock { $0 = ([], []) } }

  /// Whether a cell declares this name.
  func knows(_ name: String) -> Bool { known.withLock { $0.names.contains(name) } }

  /// What could stand at a UTF-8 offset.
  func complete(_ text: String, _ cursor: Int) -> Completions {
    let before = String(decoding: Array(text.utf8)[..<min(cursor, text.utf8.count)], as: UTF8.self)
    let line = before.split(separator: "\n", omittingEmptySubsequences: false).last.map(String.init) ?? ""
    if line.hasPrefix("%"), !line.contains(" ") { return commands(line, cursor) }
    if line.hasPrefix("%load ") || line.hasPrefix("%save ") {
      return files(String(line.drop { $0 != " " }.dropFirst()), cursor)
    }
    if line.hasPrefix("%help ") { return names(String(line.dropFirst(6)), cursor) }
    if let path = path(in: line) { return routes(path, cursor) }
    return names(line, cursor)
  }

  private func commands(_ line: String, _ cursor: Int) -> Completions {
    let candidates = MainActor.assumeIsolated {
      Command.all.filter { "%\($0.name)".hasPrefix(line) }
        .map { Completions.Candidate("%\($0.name)", explanation: $0.explanation) }
    }
    return Completions(range: cursor - line.utf8.count..<cursor, candidates: candidates)
  }

  /// The path being typed: in `open("/gr`, `get("/gr`, `%open /gr`.
  private func path(in line: String) -> String? {
    for opening in ["open(\"", "get(\"", "post(\"", "put(\"", "delete(\"", "%open "] {
      guard let place = line.range(of: opening, options: .backwards) else { continue }
      let path = String(line[place.upperBound...])
      if !path.contains("\""), path.isEmpty || path.hasPrefix("/") { return path }
    }
    return nil
  }

  private func routes(_ path: String, _ cursor: Int) -> Completions {
    let patterns = known.withLock { $0.routes.sorted() }
    // Up to the first parameter, which the person fills in.
    let candidates = patterns.filter { $0.hasPrefix(path) || $0.prefix { $0 != "<" }.hasPrefix(path) }
      .map { Completions.Candidate(String($0.prefix { $0 != "<" }), explanation: $0) }
    return Completions(range: cursor - path.utf8.count..<cursor, candidates: candidates)
  }

  private func names(_ line: String, _ cursor: Int) -> Completions {
    let word = String(line.reversed().prefix { $0.isLetter || $0.isNumber || $0 == "_" }.reversed())
    let isMember = line.dropLast(word.count).last == "."
    if word.isEmpty, !isMember { return .none }
    var candidates: [Completions.Candidate] = []
    if isMember {
      candidates = HelpEntry.members.filter { $0.hasPrefix(word) }.map { Completions.Candidate($0) }
    } else {
      candidates = HelpEntry.all.filter { $0.name.hasPrefix(word) }
        .map { Completions.Candidate($0.name, explanation: $0.summary) }
      let names = known.withLock { $0.names.sorted() }
      candidates += names.filter { $0.hasPrefix(word) }.map {
        Completions.Candidate($0, explanation: "of this notebook")
      }
      candidates += Completer.keywords.filter { keyword in
        keyword.hasPrefix(word) && !candidates.contains { $0.text == keyword }
      }.map { Completions.Candidate($0) }
    }
    return Completions(range: cursor - word.utf8.count..<cursor, candidates: candidates)
  }

  private func files(_ path: String, _ cursor: Int) -> Completions {
    let folder = path.contains("/") ? String(path[...path.lastIndex(of: "/")!]) : ""
    let start = path.dropFirst(folder.count)
    let place = folder.isEmpty ? "./" : Prompt.path(folder) + "/"
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    let candidates = entries.sorted().filter { $0.hasPrefix(start) && !$0.hasPrefix(".") }.prefix(200).map {
      name in
      var isFolder: ObjCBool = false
      _ = FileManager.default.fileExists(atPath: place + name, isDirectory: &isFolder)
      return Completions.Candidate(folder + name + (isFolder.boolValue ? "/" : ""))
    }
    return Completions(range: cursor - path.utf8.count..<cursor, candidates: Array(candidates))
  }
}
