import TestSupport
import Testing

@testable import Console

@Suite struct ClustersTests {
  private static let texts = [
    "plain", "e\u{301}e\u{301}x", "👨‍👩‍👧‍👦👍🏽", "🇩🇪🇫🇷🇩", "a\rb\n\u{301}", "한국 क्षि", "❤️x1️⃣", "\u{301}a", "🏴󠁧󠁢󠁥󠁮󠁧󠁿!",
    "a\u{200D}b", "Z͑ͫ̓ͪ̂ͫ̽͏̴̙̤̞͉͚̯̞̠͍A̴̵̜̰͔ͫ͗͢", "", "\u{1F1E6}",
  ]

  @Test(arguments: texts)
  func stepsAreSwiftsCharacters(_ text: String) {
    let scalars = text.unicodeScalars.map(\.value)
    var boundaries = [0]
    for character in text { boundaries.append(boundaries.last! + character.unicodeScalars.count) }
    for (start, end) in zip(boundaries, boundaries.dropFirst()) {
      #expect(Clusters.end(scalars, from: start) == end)
      #expect(Clusters.start(scalars, before: end) == start)
    }
    for place in 0...scalars.count {
      #expect(Clusters.isBoundary(scalars, place) == boundaries.contains(place))
    }
    #expect(Clusters.end(scalars, from: scalars.count) == scalars.count)
    #expect(Clusters.start(scalars, before: 0) == 0)
  }

  @Test func aClusterOfAnyLengthIsSteppedOverInPieces() {
    let scalars: [UInt32] = [0x65] + Array(repeating: 0x301, count: 100_000)
    var place = 0
    var steps = 0
    while place < scalars.count {
      place = Clusters.end(scalars, from: place)
      steps += 1
    }
    while place > 0 { place = Clusters.start(scalars, before: place) }
    #expect(steps < 1_000)
  }

  @Test func aLineEndIsOneWhateverStandsBefore() {
    #expect(Clusters.end([0x61, 0x0D, 0x0A], from: 1) == 2)
    #expect(Clusters.start([0x61, 0x0D, 0x0A], before: 3) == 2)
  }

  @Test func widthsAreWhatTerminalsMakeOfThem() {
    func width(_ text: String) -> Int { Clusters.width(text.unicodeScalars.map(\.value)[...]) }
    for (text, columns) in [
      ("a", 1), ("e\u{301}", 1), ("世", 2), ("👍", 2), ("👍🏽", 2), ("👨‍👩‍👧", 2), ("🇩🇪", 2), ("❤️", 2), ("한", 2),
    ] {
      #expect(width(text) == columns, "\(text)")
    }
  }
}
