import Foundation
import KernelCore

/// Completes commands and what follows them.
@MainActor struct CommandCompletion {
  let completer: Completer

  /// What follows a command, besides what its text says.
  private enum Argument {
    /// Numbers of cells, and those words.
    case cells([String])
    case words([(String, String)])
    case path(method: String?)
    /// A path of a route, or one of those words.
    case trace
    /// `trace`, which trace, and a file.
    case export
    /// Two traces.
    case traces
    case file
    case topic
    case activity
    /// What was put into the background.
    case background
  }

  private static let arguments: [String: Argument] = [
    "run": .cells(["all", "failed", "stale"]), "rerun": .cells(["all", "failed", "stale"]),
    "time": .cells(["all", "failed", "stale"]), "show": .cells(["all", "failed", "stale"]),
    "delete": .cells(["all", "failed", "stale"]),
    "move": .cells(["end"]), "insert": .cells([]), "edit": .cells([]), "fg": .background, "cancel": .activity,
    "log": .words([("on", "tells each request"), ("off", "tells them no longer")]),
    "trace": .trace, "export": .export, "diff": .traces,
    "routes": .words([("live", "keeps the list up to date")]),
    "recover": .words([
      ("show", "lists what was not saved"), ("drop", "forgets it"),
    ]),
    "open": .path(method: "GET"), "get": .path(method: "GET"), "head": .path(method: "HEAD"),
    "options": .path(method: nil),
    "post": .path(method: "POST"), "put": .path(method: "PUT"), "patch": .path(method: "PATCH"),
    "load": .file, "save": .file, "help": .topic,
  ]

  /// Completes a line, given without its `%`, at its end, which is at `cursor`.
  func complete(_ line: String, _ cursor: Int) -> Completions {
    guard let space = line.firstIndex(of: " ") else { return commands(line, cursor) }
    guard let command = try? Command.find(String(line[..<space])).get(),
      let argument = CommandCompletion.arguments[command.name]
    else { return .none }
    let rest = String(line[line.index(after: space)...].drop { $0 == " " })
    switch argument {
    case .file: return proposal(FileNames.starting(with: rest), rest, cursor)
    case .topic:
      let names = Catalogue.names + Command.all.map(\.name)
      return proposal(
        Set(names).filter { $0.hasPrefix(rest) }.sorted().map { name in
          let other =
            Catalogue.type(named: name)?.explanation ?? Command.all.first { $0.name == name }?.explanation
          return Completions.Candidate(
            name, explanation: Catalogue.entry(named: name)?.summary ?? other ?? "")
        }, rest, cursor)
    case .path(let method): return path(rest, method, cursor)
    case .trace:
      let words = CommandCompletion.traces.filter { $0.text.hasPrefix(rest) }
      return rest.hasPrefix("/") || rest.hasPrefix("\"") || words.isEmpty
        ? path(rest, nil, cursor)
        : proposal(words + (rest.isEmpty ? completer.paths(startingWith: "", method: nil) : []), rest, cursor)
    case .export: return export(rest, cursor)
    case .traces:
      let words = rest.split(separator: " ", omittingEmptySubsequences: false).map(String.init)
      let typed = words.last ?? ""
      return words.count < 3 ? proposal(traced(startingWith: typed), typed, cursor) : .none
    case .background where rest.hasPrefix("/"):
      let paths = (completer.source?.waiting ?? []).compactMap { label in
        label.firstIndex(of: " ").map { String(label[label.index(after: $0)...]) }
      }
      return proposal(
        paths.filter { $0.hasPrefix(rest) }.map { .init($0, explanation: "in the background") }, rest, cursor)
    case .cells where command.name == "delete" && (rest.hasPrefix("/") || rest.hasPrefix("\"")):
      return path(rest, "DELETE", cursor)
    case .cells, .words, .activity, .background: return word(argument, rest, cursor)
    }
  }

  private func proposal(_ candidates: [Completions.Candidate], _ typed: String, _ cursor: Int) -> Completions
  {
    candidates.isEmpty
      ? .none : Completions(range: cursor - typed.utf8.count..<cursor, candidates: candidates)
  }

  private func commands(_ name: String, _ cursor: Int) -> Completions {
    let found = Command.all.filter { $0.name.hasPrefix(name) }
      .map { Completions.Candidate("%\($0.name)", explanation: $0.explanation) }
    return proposal(found, "%" + name, cursor)
  }

  /// The last word: cells may be named as `3`, `3-5`, several of them with spaces or commas.
  private func word(_ argument: Argument, _ rest: String, _ cursor: Int) -> Completions {
    let typed = String(
      rest[(rest.lastIndex { " ,-".contains($0) }.map(rest.index(after:)) ?? rest.startIndex)...])
    let candidates: [Completions.Candidate] =
      switch argument {
      case .cells(let words):
        (completer.source?.cells ?? []).map { .init("\($0.number)", explanation: $0.headline) }
          + words.map { .init($0, explanation: CommandCompletion.meanings[$0] ?? "") }
      case .words(let words): words.map { .init($0.0, explanation: $0.1) }
      case .activity:
        (completer.ask { $0.activities() } ?? []).map {
          .init("\($0.number)", explanation: "\($0.kind.rawValue) \($0.name)")
        }
      case .background: (completer.source?.waiting ?? []).map { .init($0, explanation: "in the background") }
      case .path, .trace, .traces, .export, .file, .topic: []
      }
    return proposal(candidates.filter { $0.text.hasPrefix(typed) }, typed, cursor)
  }

  /// `trace`, then which one or a file, then a file.
  private func export(_ rest: String, _ cursor: Int) -> Completions {
    guard let space = rest.firstIndex(of: " ") else {
      return proposal(
        [Completions.Candidate("trace", explanation: "where the time went, as SVG")].filter {
          $0.text.hasPrefix(rest)
        },
        rest, cursor)
    }
    let words = rest[space...].split(separator: " ", omittingEmptySubsequences: false).dropFirst().map(
      String.init)
    guard words.count < 3 else { return .none }
    let typed = words.last ?? ""
    let files = FileNames.starting(with: typed)
    return proposal(words.count == 1 ? traced(startingWith: typed) + files : files, typed, cursor)
  }

  /// What names a trace: paths that were asked for, and words.
  private func traced(startingWith typed: String) -> [Completions.Candidate] {
    let paths = (completer.ask { $0.tracedPaths() } ?? []).map {
      Completions.Candidate($0, explanation: "the last request for it")
    }
    return (paths + [CommandCompletion.traces[1]]).filter { $0.text.hasPrefix(typed) }
  }

  private static let traces = [
    Completions.Candidate("all", explanation: "lists those that are kept"),
    Completions.Candidate("slowest", explanation: "what took longest"),
  ]

  private static let meanings = [
    "all": "all cells", "failed": "the cells that did not succeed", "end": "behind the last cell",
    "stale": "the cells that would come to something else now",
  ]

  /// A path, and behind it what is sent there. A space of the path is spelt so that nothing else can be meant.
  private func path(_ rest: String, _ method: String?, _ cursor: Int) -> Completions {
    let isQuoted = rest.hasPrefix("\"")
    let begun = isQuoted ? String(rest.dropFirst()) : rest.replacing("%20", with: " ")
    var paths = completer.paths(startingWith: begun, method: method)
    for place in paths.indices {
      let text = paths[place].text
      // Behind a slash more can follow.
      let end = text.hasSuffix("/") ? "" : "\""
      paths[place].text = isQuoted ? "\"" + text + end : text.replacing(" ", with: "%20")
    }
    // What is within quotes is all path.
    if isQuoted, !begun.contains("\"") { return proposal(paths, rest, cursor) }
    guard paths.isEmpty, let space = rest.lastIndex(of: " ") else { return proposal(paths, rest, cursor) }
    let typed = String(rest[rest.index(after: space)...])
    let sendsBody = method.map { !["GET", "HEAD"].contains($0) } ?? false
    let options = (sendsBody ? CommandCompletion.bodies : []) + [("timeout=", "how long it may take, as 5s")]
    return proposal(
      options.filter { $0.0.hasPrefix(typed) }.map { Completions.Candidate($0.0, explanation: $0.1) }, typed,
      cursor)
  }

  private static let bodies = [
    ("json=", "a body of JSON, as {\"a\": 1}"), ("form=", "the fields of a form, as a=1&b=2"),
    ("body=", "a body of text"),
  ]
}

/// Completes the names of files and folders.
enum FileNames {
  /// Most names that are proposed, and of how many it is looked at which are folders.
  private static let limit = 200
  private static let lookLimit = 2_000

  /// The files and folders that begin so, folders first; `~` is the person's home. A name may have spaces.
  static func starting(with path: String) -> [Completions.Candidate] {
    if path == "~" { return [Completions.Candidate("~/", explanation: "your home")] }
    let folder = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
    let start = path.dropFirst(folder.count)
    let place = folder.isEmpty ? "./" : Prompt.path(folder)
    let names = ((try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []).filter {
      $0.hasPrefix(start) && ($0.first != "." || start.first == ".")
    }
    let entries = names.sorted().prefix(lookLimit).map { (name: $0, isFolder: isFolder(place + $0)) }
      .sorted { $0.isFolder == $1.isFolder ? $0.name < $1.name : $0.isFolder }
    return entries.prefix(limit).map {
      Completions.Candidate(
        folder + $0.name + ($0.isFolder ? "/" : ""), explanation: $0.isFolder ? "folder" : "")
    }
  }

  private static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }
}
