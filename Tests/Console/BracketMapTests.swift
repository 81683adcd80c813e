import Testing

@testable import Console

@Suite struct BracketMapTests {
  /// A map whose brackets are all of the text, and how often it has looked.
  private final class Looks {
    var count = 0

    func map() -> BracketMap {
      BracketMap { text in
        self.count += 1
        let bytes = Array(text.utf8)
        guard let open = bytes.firstIndex(of: 0x28), let close = bytes.lastIndex(of: 0x29) else { return [] }
        return [
          Bracket(offset: open, partner: close, isClosing: false),
          Bracket(offset: close, partner: open, isClosing: true),
        ]
      }
    }
  }

  private func scalars(_ text: String) -> [UInt32] { text.unicodeScalars.map(\.value) }

  @Test func offsetsBecomePlacesOfScalars() {
    var map = Looks().map()
    let text = scalars("größe(世)")
    #expect(map.bracket(in: text, at: 5)?.partner == 7)
    #expect(map.bracket(in: text, at: 7)?.partner == 5)
    #expect(map.bracket(in: text, at: 4) == nil && map.bracket(in: text, at: -1) == nil)
    #expect(map.bracket(in: text, at: 8) == nil)
  }

  @Test func looksOnlyAtABracketAndOnlyWhereTheTextHasChanged() {
    let looks = Looks()
    var map = looks.map()
    for cursor in 0...2 { #expect(map.marks(in: scalars("ab ()"), cursor: cursor).isEmpty) }
    #expect(looks.count == 0)
    for cursor in 3...5 { #expect(map.marks(in: scalars("ab ()"), cursor: cursor).count == 2) }
    #expect(looks.count == 1)
    _ = map.marks(in: scalars("abc ()"), cursor: 4)
    #expect(looks.count == 2)
  }

  @Test func theBracketUnderTheCursorComesBeforeTheOneBehindIt() {
    var map = Looks().map()
    #expect(map.marks(in: scalars("[()"), cursor: 1).map(\.position) == [1, 2])
  }
}
