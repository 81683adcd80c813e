/// The brackets of the text being typed, by their places in scalars. It is asked only while the cursor is at one, and
/// looks anew only when the text has changed.
struct BracketMap {
  struct Place {
    /// Where the bracket is that belongs to it; nil where there is none.
    var partner: Int?
    var isClosing: Bool
  }

  private let find: (String) -> [Bracket]
  private var text: [UInt32] = []
  private var places: [Int: Place] = [:]

  /// `find` gives the brackets of a text.
  init(find: @escaping (String) -> [Bracket]) { self.find = find }

  /// The bracket at a place; nil where there is none that counts.
  mutating func bracket(in text: [UInt32], at position: Int) -> Place? {
    let isBracket = text.indices.contains(position) && Self.brackets.contains(text[position])
    guard isBracket else { return nil }
    if text != self.text {
      self.text = text
      places = placed(find(String(scalars: text)), OffsetMap(text))
    }
    return places[position]
  }

  /// What to show of the bracket that the cursor stands on, or else just behind.
  mutating func marks(in text: [UInt32], cursor: Int) -> [(position: Int, mark: Block.Mark)] {
    for position in [cursor, cursor - 1] {
      guard let bracket = bracket(in: text, at: position) else { continue }
      if let partner = bracket.partner { return [(position, .paired), (partner, .paired)] }
      return bracket.isClosing ? [(position, .wrong)] : []
    }
    return []
  }

  private func placed(_ brackets: [Bracket], _ map: OffsetMap) -> [Int: Place] {
    func scalar(_ offset: Int) -> Int? { map.scalars(offset..<offset)?.lowerBound }
    return brackets.reduce(into: [:]) { places, bracket in
      guard let position = scalar(bracket.offset) else { return }
      places[position] = Place(partner: bracket.partner.flatMap(scalar), isClosing: bracket.isClosing)
    }
  }

  private static let brackets = Set("()[]{}".unicodeScalars.map(\.value))
}
