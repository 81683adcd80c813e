import KernelCore

/// What stands behind `%export trace`: which trace, the last where none is named, and a file.
///
/// `FILE.svg`, `17 FILE.svg`, `/compare FILE.svg`, `slowest "my file.svg"`
struct ExportArguments: Equatable {
  let choice: TraceChoice
  let file: String

  static let usage =
    "write %export trace FILE.svg, or %export trace 17 FILE.svg; a path or slowest names a trace too"

  static func parse(_ text: String) -> Result<ExportArguments, CommandProblem> {
    let words = text.splitIntoWords
    guard words.first == "trace" else {
      return .failure(CommandProblem(words.isEmpty ? usage : "only a trace can be exported; " + usage))
    }
    guard words.count > 1 else { return .failure(CommandProblem("say where: %export trace FILE.svg")) }
    guard words.count < 4 else {
      return .failure(CommandProblem("a name with spaces stands in quotes: %export trace 17 \"my file.svg\""))
    }
    let file = words[words.count - 1]
    guard let choice = words.count == 2 ? .last : TraceChoice(words[1]) else {
      return .failure(CommandProblem("\"\(words[1])\" names no trace; " + usage))
    }
    // What names a trace alone is meant for one.
    guard file.lowercased().hasSuffix(".svg"), file.count > 4 else {
      return .failure(
        CommandProblem("a trace is written as SVG, to a file that ends so: %export trace FILE.svg"))
    }
    return .success(ExportArguments(choice: choice, file: file))
  }
}

extension String {
  /// Its words, between spaces and tabs; one in double quotes may have spaces, and is given without them.
  var splitIntoWords: [String] {
    var words: [String] = []
    let isBlank = { (character: Character) in character == " " || character == "\t" }
    var rest = drop(while: isBlank)
    while let first = rest.first {
      let isQuoted = first == "\""
      let body = isQuoted ? rest.dropFirst() : rest
      let word = body.prefix { isQuoted ? $0 != "\"" : !isBlank($0) }
      words.append(String(word))
      rest = body[word.endIndex...].dropFirst().drop(while: isBlank)
    }
    return words
  }
}
