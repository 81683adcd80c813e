import Foundation
import KernelCore
import Language

/// What stands behind `%post`: an address and what is sent there.
///
/// `/items json={"a": 1}`, `/login form=user=ada&age=36`, `/x body="some text" X-Token:5 timeout=5s &`
///
/// A path may have spaces, as `/a b/x`: what can only be more of it is. `"/a b=c"` leaves no doubt.
struct RequestArguments {
  var call: PromptCall
  /// Whether it goes on in the background from the start.
  var isInBackground = false
  /// What the body is, unless a header says otherwise.
  private var bodyType: String?

  private init(_ call: PromptCall) { self.call = call }

  static func parse(_ text: String, method: String) -> Result<RequestArguments, CommandProblem> {
    var rest = text[...]
    let first = word(&rest)
    if first.hasPrefix("'") {
      return .failure(
        CommandProblem("a path with spaces stands in double quotes: %\(method.lowercased()) \"/a b/x\""))
    }
    let isQuoted = first.hasPrefix("\"")
    if isQuoted, first.count == 1 || !first.hasSuffix("\"") {
      return .failure(CommandProblem("the quote before the path is not closed"))
    }
    let url =
      isQuoted ? unquoted(first) : ([first] + furtherWords(&rest, method)).joined(separator: " ")
    guard url.hasPrefix("/") || url.contains("://") else {
      let example = url.isEmpty ? "/greet/you" : "/\(url)"
      return .failure(
        CommandProblem(
          "%\(method.lowercased()) takes a path, as %\(method.lowercased()) \(example), or an http address"))
    }
    var found = RequestArguments(PromptCall(method: method, url: url.replacing(" ", with: "%20")))
    while !rest.isEmpty {
      let start = rest
      let item = word(&rest)
      if item == "&", rest.isEmpty {
        found.isInBackground = true
        break
      }
      if let problem = found.take(item, start) { return .failure(problem) }
    }
    // Wherever the header stands, what it says of the body counts.
    if let type = found.bodyType,
      !found.call.headers.contains(where: { $0.name.lowercased() == "content-type" })
    {
      found.call.headers.insert(("content-type", type), at: 0)
    }
    return .success(found)
  }

  /// The words of a path behind its first: they are nothing to send, and where a body may follow have a slash.
  private static func furtherWords(_ rest: inout Substring, _ method: String) -> [String] {
    var words: [String] = []
    while !rest.isEmpty {
      var behind = rest
      let next = word(&behind)
      let isEnd = next == "&" && behind.isEmpty
      if isEnd || next.contains(where: { "=:{[\"".contains($0) }) { break }
      if !carriesNoBody(method), !next.contains("/") { break }
      words.append(next)
      rest = behind
    }
    return words
  }

  private static func carriesNoBody(_ method: String) -> Bool { method == "GET" || method == "HEAD" }

  /// Takes one `name=value` or `Name:value`; gives what is wrong with it.
  private mutating func take(_ item: String, _ text: Substring) -> CommandProblem? {
    guard let sign = item.firstIndex(where: { $0 == "=" || $0 == ":" }), sign != item.startIndex,
      !item.hasPrefix("{"), !item.hasPrefix("[")
    else {
      return CommandProblem(
        "\"\(item)\" is nothing to send; write json={\"a\": 1}, form=a=1&b=2, body=\"text\", X-Name:value or timeout=5s"
      )
    }
    let name = String(item[..<sign])
    let text = item[item.index(after: sign)...]
    if text.hasPrefix("\""), text.count == 1 || !text.hasSuffix("\"") {
      return CommandProblem("the quote behind \(name)\(item[sign]) is not closed")
    }
    let value = RequestArguments.unquoted(String(text))
    if item[sign] == ":" {
      call.headers.append((name, value))
      return nil
    }
    switch name {
    case "json":
      let data = Data(value.utf8)
      guard (try? JSONSerialization.jsonObject(with: data, options: .fragmentsAllowed)) != nil else {
        return CommandProblem("json= is followed by JSON, as in json={\"a\": 1}; \(value.prefix(60)) is none")
      }
      return send(value, as: "application/json")
    case "form": return send(value, as: "application/x-www-form-urlencoded")
    case "body": return send(value, as: "text/plain; charset=utf-8")
    case "timeout":
      guard let duration = RequestArguments.duration(value) else {
        return CommandProblem("\(value) is no time; write timeout=500ms or timeout=5s")
      }
      call.timeout = duration
      return nil
    default:
      return CommandProblem(
        "\"\(name)=\" is not known here; there are json=, form=, body= and timeout=, and Name:value for headers"
      )
    }
  }

  private mutating func send(_ text: String, as type: String) -> CommandProblem? {
    if call.body != nil { return CommandProblem("a request has one body: json=, form= or body=") }
    if RequestArguments.carriesNoBody(call.method) {
      return CommandProblem("a \(call.method) carries no body; %post sends one")
    }
    call.body = Array(text.utf8)
    bodyType = type
    return nil
  }

  // MARK: Words

  /// The next word: up to a space that is not within quotes, braces or brackets.
  private static func word(_ rest: inout Substring) -> String {
    rest = rest.drop { $0 == " " }
    var depth = 0
    var isQuoted = false
    var isEscaped = false
    let end = rest.firstIndex { character in
      if isEscaped {
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if !isQuoted, "{[".contains(character) {
        depth += 1
      } else if !isQuoted, "}]".contains(character) {
        depth -= 1
      }
      return character == " " && !isQuoted && depth <= 0
    }
    let word = rest[..<(end ?? rest.endIndex)]
    rest = rest[(end ?? rest.endIndex)...].drop { $0 == " " }
    return String(word)
  }

  /// `"some text"` without its quotes, its escapes read as in a string of the language; what has no quotes stays as
  /// it is.
  static func unquoted(_ text: String) -> String {
    guard text.count > 1, text.hasPrefix("\""), text.hasSuffix("\"") else { return text }
    let body = Parser.parse(SourceText(name: "text", text: text)).program.body
    if body.count == 1, case .expression(let value) = body[0].kind, case .string(let read) = value.kind {
      return read
    }
    return String(text.dropFirst().dropLast())
  }

  /// `500ms`, `5s`, `2m`.
  static func duration(_ text: String) -> Duration? {
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)]
    guard let (unit, seconds) = units.first(where: { text.hasSuffix($0.0) }),
      let number = Double(text.dropLast(unit.count)), number > 0, number * seconds < 1e9
    else { return nil }
    return .seconds(number * seconds)
  }
}
