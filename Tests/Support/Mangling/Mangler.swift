import Language
import TestSupport

/// Writes a program in another way that means the same: with other spaces, with lines broken and joined where the
/// grammar allows that, and with comments between any two words.
///
/// What a change means is not known beforehand: all are made at once, and those that change the tree are taken back.
public struct Mangler {
  private var random: SeededGenerator
  /// The words of the text, strings and comments included.
  private var words: [String] = []
  private var isComment: [Bool] = []
  /// What stands before each of them.
  private var gaps: [String] = []
  private let tree: String?
  private var commentNumber = 0

  /// The text in another shape, the same for the same seed; a text with a syntax error stays as it is.
  public static func mangle(_ text: String, seed: UInt64) -> String {
    var mangler = Mangler(text, seed)
    if mangler.tree != nil { mangler.mangle() }
    return mangler.text
  }

  /// The text with comments between its words, within its lines.
  public static func comment(_ text: String, with comment: String, seed: UInt64) -> String {
    var mangler = Mangler(text, seed)
    guard mangler.tree != nil else { return text }
    let changes = mangler.gaps.indices.dropFirst().dropLast()
      .filter { !mangler.gaps[$0].contains("\n") && !mangler.isComment[$0] && $0 % 3 == seed % 3 }
      .map { (place: $0, gap: " \(comment) ") }
    mangler.apply(changes[...])
    return mangler.text
  }

  private init(_ text: String, _ seed: UInt64) {
    random = SeededGenerator(seed: seed)
    tree = Mangler.tree(of: text)
    let bytes = Array(text.utf8)
    var end = 0
    for word in SourcePieces.words(of: SourceText(cell: 1, text: text)) {
      isComment.append(word.isComment)
      gaps.append(String(decoding: bytes[end..<word.range.lowerBound], as: UTF8.self))
      words.append(String(decoding: bytes[word.range], as: UTF8.self))
      end = word.range.upperBound
    }
  }

  private var text: String { zip(gaps, words).map { $0 + $1 }.joined() }

  /// The tree of a text; nil where it has an error.
  public static func tree(of text: String) -> String? {
    let parsed = Parser.parse(SourceText(cell: 1, text: text))
    return parsed.diagnostics.contains { $0.severity == .error } ? nil : SyntaxDump.dump(parsed.program)
  }

  // MARK: - Changes

  private mutating func mangle() {
    var changes: [(place: Int, gap: String)] = []
    // Each one that is taken back costs a few parses of the whole text.
    let share = min([10, 30, 60][Int.random(in: 0..<3, using: &random)], max(3_000 / max(gaps.count, 1), 1))
    for place in gaps.indices where Int.random(in: 0..<100, using: &random) < share {
      changes.append((place, change(gaps[place])))
    }
    apply(changes[...])
  }

  /// Makes as many of the changes as keep the tree.
  private mutating func apply(_ changes: ArraySlice<(place: Int, gap: String)>) {
    guard !changes.isEmpty else { return }
    let before = gaps
    for change in changes { gaps[change.place] = change.gap }
    if Mangler.tree(of: text) == tree { return }
    gaps = before
    guard changes.count > 1 else { return }
    let middle = (changes.startIndex + changes.endIndex) / 2
    apply(changes[..<middle])
    apply(changes[middle...])
  }

  private mutating func change(_ gap: String) -> String {
    switch Int.random(in: 0..<12, using: &random) {
    case 0: return ""
    case 1: return gap.contains("\n") ? space() + ";" + space() : " "
    case 2, 3: return lineEnd()
    case 4: return Bool.random(using: &random) ? lineEnd() + lineEnd() : comment() + ";" + comment() + space()
    case 5: return gap + comment() + space() + comment() + gap
    case 6: return gap + comment() + lineEnd() + comment() + gap
    case 7: return gap + comment() + lineEnd()
    case 8: return lineEnd() + comment() + lineEnd()
    case 9: return lineEnd() + comment() + gap
    default: return space() + comment() + space()
    }
  }

  private mutating func lineEnd() -> String {
    String(repeating: "\n", count: [1, 1, 1, 3][Int.random(in: 0..<4, using: &random)]) + space()
  }

  private mutating func space() -> String {
    String(repeating: " ", count: Int.random(in: 0..<4, using: &random))
  }

  private mutating func comment() -> String {
    commentNumber += 1
    switch Int.random(in: 0..<8, using: &random) {
    case 0: return "// c\(commentNumber)\n"
    case 1: return "# c\(commentNumber)\n"
    case 2: return "/* c\(commentNumber)\n\(space())and more\n\(space())*/"
    case 3: return "/* c\(commentNumber) with some words */"
    default: return "/* c\(commentNumber) */"
    }
  }
}
