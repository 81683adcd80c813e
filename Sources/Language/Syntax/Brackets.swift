/// A bracket of a text, and the one that belongs to it. Those of interpolations count, what stands in strings and
/// comments does not.
public struct Bracket: Hashable, Sendable {
  /// UTF-8 offsets.
  public var offset: Int
  /// Nil where the text has none that belongs to it.
  public var partner: Int?
  public var isClosing: Bool

  /// All brackets of a text that may be unfinished or wrong, in order and in linear time. One that is closed by a
  /// bracket of another kind stays alone: in `{ ( }` the parenthesis.
  public static func all(in text: String) -> [Bracket] { all(in: LexedText(text)) }

  public static func all(in text: LexedText) -> [Bracket] {
    var pairing = Pairing()
    for token in text.tokens {
      let last = token.span.end - 1
      switch token.kind {
      case .symbol(.openParen): pairing.open(.round, last)
      case .symbol(.openBracket): pairing.open(.square, last)
      case .symbol(.openBrace): pairing.open(.curly, last)
      case .symbol(.closeParen): pairing.close(.round, last)
      case .symbol(.closeBracket): pairing.close(.square, last)
      case .symbol(.closeBrace): pairing.close(.curly, last)
      case .interpolationStart: pairing.openInterpolation(last)
      // An empty one stands where a string is given up that was not closed.
      case .interpolationEnd: pairing.closeInterpolation(token.span.start < token.span.end ? last : nil)
      default: break
      }
    }
    return pairing.brackets
  }

  private enum Kind: Int, CaseIterable {
    case round, square, curly
  }

  private struct Pairing {
    var brackets: [Bracket] = []
    /// What is open in the code, and in each interpolation that is open there, the innermost last.
    private var open = [Opened(bracket: nil)]

    private struct Opened {
      /// The bracket that began the interpolation, as an index of `brackets`.
      var bracket: Int?
      var stack: [(bracket: Int, kind: Kind)] = []
      var counts = [Int](repeating: 0, count: Kind.allCases.count)
    }

    mutating func open(_ kind: Kind, _ offset: Int) {
      open[open.count - 1].stack.append((brackets.count, kind))
      open[open.count - 1].counts[kind.rawValue] += 1
      brackets.append(Bracket(offset: offset, partner: nil, isClosing: false))
    }

    mutating func close(_ kind: Kind, _ offset: Int) {
      var partner: Int?
      if open[open.count - 1].counts[kind.rawValue] > 0 {
        while let (bracket, opened) = open[open.count - 1].stack.popLast() {
          open[open.count - 1].counts[opened.rawValue] -= 1
          guard opened == kind else { continue }
          partner = bracket
          break
        }
      }
      join(partner, offset)
    }

    mutating func openInterpolation(_ offset: Int) {
      open.append(Opened(bracket: brackets.count))
      brackets.append(Bracket(offset: offset, partner: nil, isClosing: false))
    }

    mutating func closeInterpolation(_ offset: Int?) {
      let partner = open.count > 1 ? open.removeLast().bracket : nil
      if let offset { join(partner, offset) }
    }

    private mutating func join(_ partner: Int?, _ offset: Int) {
      if let partner { brackets[partner].partner = offset }
      brackets.append(
        Bracket(offset: offset, partner: partner.map { brackets[$0].offset }, isClosing: true))
    }
  }
}
