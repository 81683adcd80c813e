import NIOHTTP1
import TestSupport
import Testing

@testable import Web

/// The trie agrees with a matcher that knows nothing of tries: it tries each pattern in each way and takes the best.
@Suite struct RoutePropertyTests {
  /// One segment of a pattern as the naive matcher sees it.
  private enum Piece: Hashable {
    case literal(String), int, code, string, dotted, path

    var text: String {
      switch self {
      case .literal(let text): text
      case .int: "<int:N>"
      case .code: "<string(length=2):N>"
      case .string: "<N>"
      case .dotted: "<N>.<N>"
      case .path: "<path:N>"
      }
    }

    /// The place of this piece among those that match the same segment.
    var rank: Int {
      switch self {
      case .literal: 0
      case .int: 1
      case .dotted: 2
      case .code: 3
      case .string: 4
      case .path: 5
      }
    }

    func values(of segment: String) -> [PathValue]? {
      switch self {
      case .literal(let text): return text == segment ? [] : nil
      case .int:
        guard !segment.isEmpty, segment.allSatisfy({ "0123456789".contains($0) }) else { return nil }
        return Int(segment).map { [.int($0)] }
      case .code: return segment.count == 2 ? [.string(segment)] : nil
      case .string: return segment.isEmpty ? nil : [.string(segment)]
      case .dotted:
        for index in segment.indices.reversed() where segment[index] == "." {
          let (left, right) = (segment[..<index], segment[segment.index(after: index)...])
          if !left.isEmpty, !right.isEmpty { return [.string(String(left)), .string(String(right))] }
        }
        return nil
      case .path: return nil
      }
    }
  }

  /// A way in which a pattern matches: the rank of what took each segment, and the values.
  private struct Way {
    var ranks: [Int]
    var values: [PathValue]
  }

  private static func ways(_ pieces: ArraySlice<Piece>, _ segments: ArraySlice<String>) -> [Way] {
    guard let piece = pieces.first else { return segments.isEmpty ? [Way(ranks: [], values: [])] : [] }
    guard let segment = segments.first else { return [] }
    guard piece == .path else {
      guard let values = piece.values(of: segment) else { return [] }
      return ways(pieces.dropFirst(), segments.dropFirst()).map {
        Way(ranks: [piece.rank] + $0.ranks, values: values + $0.values)
      }
    }
    guard !segment.isEmpty else { return [] }
    return (1...segments.count).flatMap { count in
      ways(pieces.dropFirst(), segments.dropFirst(count)).map { rest in
        // To go on with a path that has begun is the last resort.
        Way(
          ranks: [5] + Array(repeating: 9, count: count - 1) + rest.ranks,
          values: [.string(segments.prefix(count).joined(separator: "/"))] + rest.values)
      }
    }
  }

  private static func text(of pieces: [Piece]) -> String {
    var number = 0
    var text = ""
    for character in "/" + pieces.map(\.text).joined(separator: "/") {
      if character == "N" {
        text += "n\(number)"
        number += 1
      } else {
        text.append(character)
      }
    }
    return text
  }

  @Test("on random tables and paths", arguments: 0..<8)
  func agrees(seed: Int) throws {
    var generator = SeededGenerator(seed: UInt64(seed))
    let choices: [Piece] = [
      .literal("a"), .literal("b"), .literal(""), .literal("a.b"), .int, .code, .string, .dotted, .path,
    ]
    let words = ["a", "b", "", "a.b", "12", "x.y.z", "cd", "long", "."]
    var matches = 0
    for _ in 0..<300 {
      let table = (0..<Int.random(in: 1...14, using: &generator)).map { _ in
        (0..<Int.random(in: 1...4, using: &generator)).map { _ in choices.randomElement(using: &generator)! }
      }
      let patterns = Array(Set(table)).sorted { Self.text(of: $0) < Self.text(of: $1) }.shuffled(
        using: &generator)
      let trie = RouteTable(
        entries: try patterns.map {
          (method: nil, pattern: try RoutePattern.parse(Self.text(of: $0)), target: $0)
        })
      for _ in 0..<30 {
        let segments = (0..<Int.random(in: 1...6, using: &generator)).map { _ in
          words.randomElement(using: &generator)!
        }
        let path = "/" + segments.joined(separator: "/")
        var best: (way: Way, pieces: [Piece])?
        for pieces in patterns {
          for way in Self.ways(pieces[...], segments[...]) {
            if best == nil || way.ranks.lexicographicallyPrecedes(best!.way.ranks) { best = (way, pieces) }
          }
        }
        let shown = "\(path) in \(patterns.map(Self.text))"
        switch trie.resolve(method: .GET, path: path) {
        case .match(let target, let values):
          matches += 1
          #expect(target == best?.pieces, "\(shown)")
          #expect(values == best?.way.values, "\(shown)")
        case .notFound: #expect(best == nil, "\(shown)")
        default: Issue.record("\(shown)")
        }
      }
    }
    #expect(matches > 500)
  }
}
