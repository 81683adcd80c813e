/// What one part of a route between slashes matches.
enum SegmentPattern: Hashable, Sendable {
  /// Exactly this text, decoded.
  case literal([UInt8])
  /// One parameter and nothing else.
  case parameter(PathConverter)
  /// Texts and parameters side by side, as in `v<int:n>.json`.
  case mixed([Atom])
  /// A `path` parameter: this segment, which isn't empty, and any number of those after it.
  case path

  /// A piece of a mixed segment.
  enum Atom: Hashable, Sendable {
    case literal([Unicode.Scalar])
    case parameter(PathConverter)
  }

  /// Appends the values of `bytes`, one segment of a path, if it matches; `path` matches its first segment.
  func match(_ bytes: ArraySlice<UInt8>, into values: inout [PathValue]) -> Bool {
    switch self {
    case .literal(let literal): return bytes.elementsEqual(literal)
    case .path: return !bytes.isEmpty
    case .parameter(let converter):
      guard let value = converter.value(of: bytes) else { return false }
      values.append(value)
      return true
    case .mixed(let atoms):
      guard let matched = MixedSegment(atoms: atoms).match(bytes) else { return false }
      values.append(contentsOf: matched)
      return true
    }
  }

  /// How many parameters it has.
  var parameterCount: Int {
    switch self {
    case .literal: 0
    case .parameter, .path: 1
    case .mixed(let atoms): atoms.reduce(0) { if case .parameter = $1 { $0 + 1 } else { $0 } }
    }
  }

  /// The segment in one spelling, without the names of parameters.
  var canonicalText: String {
    switch self {
    case .literal(let bytes): String(decoding: bytes, as: UTF8.self)
    case .parameter(let converter): "<\(converter.canonicalText)>"
    case .path: "<path>"
    case .mixed(let atoms):
      atoms.map { atom in
        switch atom {
        case .literal(let scalars): String(String.UnicodeScalarView(scalars))
        case .parameter(let converter): "<\(converter.canonicalText)>"
        }
      }.joined()
    }
  }

  /// The order in which segments that may match the same text are tried: the most specific first. It is total:
  /// only equal segments have the same place.
  static func isMoreSpecific(_ one: SegmentPattern, than other: SegmentPattern) -> Bool {
    let (left, right) = (one.place, other.place)
    return left != right ? left < right : one.canonicalText < other.canonicalText
  }

  private var place: (kind: Int, generality: Int, plain: Int) {
    switch self {
    case .literal: return (0, 0, 0)
    case .parameter(let converter):
      // A word of a list or a UUID says more than a text around parameters; a number can't be confused with one.
      return (converter.generality < 30 ? 1 : 3, converter.generality, 0)
    case .mixed(let atoms):
      var literals = 0
      var generality = 0
      for atom in atoms {
        switch atom {
        case .literal(let scalars): literals += scalars.count
        case .parameter(let converter): generality += converter.generality
        }
      }
      return (2, -literals, generality)
    case .path: return (4, 0, 0)
    }
  }
}

/// Matches a segment of texts and parameters as Werkzeug's regular expression does: the texts of parameters are as
/// long as they can be from left to right, and only then converted.
///
/// For each atom, from the last to the first, it finds the places from which the rest can match. That takes time
/// and room in proportion to atoms times characters; trying the ways one by one could take exponentially long.
struct MixedSegment {
  let atoms: [SegmentPattern.Atom]

  /// The values of the parameters; nil if the segment doesn't match.
  func match(_ bytes: ArraySlice<UInt8>) -> [PathValue]? {
    let text = Array(String(decoding: bytes, as: UTF8.self).unicodeScalars)
    let digitEnds = Self.digitEnds(text)
    // last[p] is the last place up to p from which the atoms looked at so far match to the end; -1 for none.
    var last = Array(repeating: -1, count: text.count + 1)
    last[text.count] = text.count
    var ends = Array(repeating: [Int](), count: atoms.count)
    for index in atoms.indices.reversed() {
      let found = (0...text.count).map { Self.end(of: atoms[index], from: $0, text, digitEnds, last) }
      ends[index] = found
      var latest = -1
      for place in 0...text.count {
        if found[place] >= 0 { latest = place }
        last[place] = latest
      }
    }
    return values(text, ends)
  }

  private func values(_ text: [Unicode.Scalar], _ ends: [[Int]]) -> [PathValue]? {
    var values: [PathValue] = []
    var place = 0
    for (atom, ends) in zip(atoms, ends) {
      let end = ends[place]
      guard end >= 0 else { return nil }
      if case .parameter(let converter) = atom {
        let piece = Array(String(String.UnicodeScalarView(text[place..<end])).utf8)
        guard let value = converter.value(of: piece[...]) else { return nil }
        values.append(value)
      }
      place = end
    }
    return values
  }

  /// For each place, where the digits from there on end.
  private static func digitEnds(_ text: [Unicode.Scalar]) -> [Int] {
    var ends = Array(0...text.count)
    for place in text.indices.reversed() where ("0"..."9").contains(text[place]) {
      ends[place] = ends[place + 1]
    }
    return ends
  }

  /// The last end of an atom that begins at `start` such that the rest matches from there; -1 for none.
  private static func end(
    of atom: SegmentPattern.Atom, from start: Int, _ text: [Unicode.Scalar], _ digitEnds: [Int], _ last: [Int]
  ) -> Int {
    func exactly(_ end: Int) -> Int { end <= text.count && last[end] == end ? end : -1 }
    func latest(from first: Int, to end: Int) -> Int { first <= end && last[end] >= first ? last[end] : -1 }
    switch atom {
    case .literal(let scalars):
      return text[start...].starts(with: scalars) ? exactly(start + scalars.count) : -1
    case .parameter(.string(let min, let max)):
      return latest(from: start + min, to: start + Swift.min(max ?? text.count, text.count - start))
    case .parameter(.int(_, _, let signed)):
      let first = signed && start < text.count && text[start] == "-" ? start + 1 : start
      return latest(from: first + 1, to: digitEnds[first])
    case .parameter(.float(_, _, let signed)):
      let first = signed && start < text.count && text[start] == "-" ? start + 1 : start
      let point = digitEnds[first]
      guard point > first else { return -1 }
      if point < text.count, text[point] == "." {
        let end = latest(from: point + 2, to: digitEnds[point + 1])
        if end >= 0 { return end }
      }
      return latest(from: first + 1, to: point)
    case .parameter(.uuid):
      return exactly(start + 36)
    case .parameter(.any(let words)):
      for word in words where text[start...].starts(with: word.unicodeScalars) {
        let end = exactly(start + word.unicodeScalars.count)
        if end >= 0 { return end }
      }
      return -1
    }
  }
}
