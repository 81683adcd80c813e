import KernelCore
import Language
import Web

/// What completion asks of the notebook that is being typed into, and of its kernel.
///
/// Whoever asks is typing: an answer of the kernel is there within `patience`, or it is nil.
@MainActor protocol CompletionSource: AnyObject {
  /// The cells of code, each with the line that says what it is about.
  var cells: [(number: Int, headline: String)] { get }
  /// What waits in the background, as `%fg` takes it.
  var waiting: [String] { get }
  /// Whether `/_routebook/` is served.
  var hasPage: Bool { get }
  /// How long an answer of the kernel may take.
  var patience: Duration { get }
  func variables(startingWith prefix: String) -> [VariableInfo]?
  func members(of path: ValuePath) -> ValueMembers?
  func routes() -> [RouteInfo]?
  func activities() -> [Activity]?
  /// The paths of requests whose traces are kept, the last first.
  func tracedPaths() -> [String]?
}

/// Completes at the prompt: commands and what follows them, and code by what stands at the cursor.
@MainActor final class Completer {
  static let shared = Completer()

  /// The notebook. Without one, only what was learned from texts is known.
  weak var source: (any CompletionSource)?
  /// Names that cells declare, and routes, from their text: what is proposed while the kernel is busy.
  private var names: Set<String> = []
  private var patterns: Set<String> = []
  /// The kernel did not answer in time.
  private var isBusy = false

  func learn(from texts: [String]) {
    for text in texts {
      let source = SourceText(name: "cell", text: text)
      let parsed = Parser.parse(source)
      names.formUnion(Completer.names(in: parsed, source))
      patterns.formUnion(parsed.program.declaredRoutes.map(\.pattern))
    }
  }

  /// The names that a text declares for the whole notebook.
  nonisolated static func names(declaredIn text: String) -> Set<String> {
    let source = SourceText(name: "cell", text: text)
    return names(in: Parser.parse(source), source)
  }

  nonisolated private static func names(in parsed: ParseResult, _ source: SourceText) -> Set<String> {
    Set(Resolver.resolve(parsed.program, source: source, globals: GlobalScope()).declared.keys)
  }

  func forgetAll() { (names, patterns) = ([], []) }

  /// Whether a cell declares this name.
  func knows(_ name: String) -> Bool { names.contains(name) }

  /// Asks the notebook; nil where there is none, and where its kernel is busy. A kernel that was too busy for one
  /// question is not asked another for the same key.
  func ask<Answer>(_ question: (any CompletionSource) -> Answer?) -> Answer? {
    guard let source, !isBusy else { return nil }
    let start = ContinuousClock.now
    let answer = question(source)
    isBusy = answer == nil && ContinuousClock.now - start >= source.patience
    return answer
  }

  /// A global that a cell has declared, as the kernel has it.
  func global(named name: String) -> VariableInfo? {
    ask { $0.variables(startingWith: name) }?.first { $0.name == name }
  }

  /// What could stand at a UTF-8 offset.
  func complete(_ text: String, _ cursor: Int) -> Completions {
    isBusy = false
    let bytes = Array(text.utf8)
    let cursor = max(0, min(cursor, bytes.count))
    let before = String(decoding: bytes[..<cursor], as: UTF8.self)
    let line = before[(before.lastIndex(of: "\n").map(before.index(after:)) ?? before.startIndex)...]
      .drop { $0 == " " }
    if let timed = TimedCode(text), cursor >= timed.offset {
      let found = completeCode(String(timed.code), cursor - timed.offset)
      if found.candidates.isEmpty { return .none }
      let range = found.range.lowerBound + timed.offset..<found.range.upperBound + timed.offset
      return Completions(range: range, candidates: found.candidates)
    }
    if line.hasPrefix("%"), text.drop(while: \.isWhitespace).first == "%" {
      return CommandCompletion(completer: self).complete(String(line.dropFirst()), cursor)
    }
    return completeCode(text, cursor)
  }

  private func completeCode(_ text: String, _ cursor: Int) -> Completions {
    let place = CompletionPlace(in: text, at: cursor)
    let candidates = CodeCompletion(completer: self, place: place).candidates
    return candidates.isEmpty ? .none : Completions(range: place.range, candidates: candidates)
  }

  // MARK: The notebook

  /// The globals of the notebook that begin so, each with what it is.
  func globals(startingWith prefix: String) -> [Completions.Candidate] {
    if let variables = ask({ $0.variables(startingWith: prefix) }) {
      return variables.map { Completions.Candidate($0.name, explanation: Completer.explanation(of: $0)) }
    }
    return names.filter { $0.hasPrefix(prefix) }.sorted().map {
      Completions.Candidate($0, explanation: "of this notebook")
    }
  }

  /// `var, [3]: 42`, `func, [2]: area(width, height)`.
  private static func explanation(of variable: VariableInfo) -> String {
    let cell = variable.cell.map { ", [\($0)]" } ?? ""
    return switch variable.kind {
    case .function:
      "func\(cell): \(variable.name)(\(variable.parameters.joined(separator: ", ")))"
    case .let, .var: "\(variable.kind.rawValue)\(cell): \(variable.value)"
    }
  }

  /// The paths that begin so, each up to its next parameter, which the person fills in.
  ///
  /// - Parameter method: what will be asked for; nil for any.
  func paths(startingWith prefix: String, method: String?) -> [Completions.Candidate] {
    let routes: [(pattern: String, explanation: String)] =
      ask { $0.routes() }?.filter { Completer.answers($0, method) }.map { route in
        let parts = [route.method, route.pattern, route.cell.map { "[\($0)]" }]
        return (route.pattern, parts.compactMap(\.self).joined(separator: " "))
      } ?? patterns.map { ($0, $0) }
    var found: [Completions.Candidate] = []
    for (pattern, name) in routes.sorted(by: { $0.pattern < $1.pattern }) {
      guard let path = try? RoutePattern.parse(pattern).completion(of: prefix) else { continue }
      if found.last?.text == path {
        found[found.count - 1].explanation += ", \(name)"
      } else {
        found.append(Completions.Candidate(path, explanation: name))
      }
    }
    let page = "/_routebook/"
    if source?.hasPage ?? false, method ?? "GET" == "GET", page.hasPrefix(prefix), found.last?.text != page {
      found.append(Completions.Candidate(page, explanation: "the page of the notebook: what goes on"))
    }
    return found
  }

  private static func answers(_ route: RouteInfo, _ method: String?) -> Bool {
    guard let method, let own = route.method else { return true }
    // What answers a GET answers a HEAD.
    return own == method || own == "GET" && method == "HEAD"
  }
}
