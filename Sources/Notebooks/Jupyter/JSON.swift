/// A JSON value (RFC 8259) that is written again as it was read: numbers keep their digits, and texts are compared by
/// bytes, not by what Unicode calls equal.
enum JSON: Equatable, Sendable {
  case null
  case bool(Bool)
  /// A number by its text, as `1.0` or `12345678901234567890`; `NaN`, `Infinity` and `-Infinity` too, which Python
  /// writes and reads.
  case number(String)
  case string(String)
  case array([JSON])
  case object(JSONObject)

  static func == (one: JSON, other: JSON) -> Bool {
    switch (one, other) {
    case (.null, .null): true
    case (.bool(let one), .bool(let other)): one == other
    case (.number(let one), .number(let other)): one == other
    case (.string(let one), .string(let other)): one.hasSameBytes(as: other)
    case (.array(let one), .array(let other)): one == other
    case (.object(let one), .object(let other)): one == other
    default: false
    }
  }

  static func integer(_ value: Int) -> JSON { .number("\(value)") }

  /// A whole number that fits; nil for everything else.
  var integer: Int? {
    if case .number(let text) = self { Int(text) } else { nil }
  }

  var string: String? {
    if case .string(let text) = self { text } else { nil }
  }

  var object: JSONObject? {
    if case .object(let object) = self { object } else { nil }
  }

  /// What it is, for a sentence: `a number`.
  var kindName: String {
    switch self {
    case .null: "null"
    case .bool: "a truth value"
    case .number: "a number"
    case .string: "a text"
    case .array: "an array"
    case .object: "an object"
    }
  }
}

/// The members of a JSON object, in the order of their keys' code points, in which Jupyter writes them.
struct JSONObject: Equatable, Sendable, Sequence {
  struct Member: Equatable, Sendable {
    let key: String
    var value: JSON

    static func == (one: Member, other: Member) -> Bool {
      one.key.hasSameBytes(as: other.key) && one.value == other.value
    }
  }

  private var members: [Member] = []

  init() {}

  /// Takes members in any order; of several with one key the last counts, as it does for Python.
  init(_ members: [Member]) {
    let ordered = members.enumerated().sorted { one, other in
      one.element.key.hasSameBytes(as: other.element.key)
        ? one.offset < other.offset : JSONObject.precedes(one.element.key, other.element.key)
    }
    for (_, member) in ordered {
      if let last = self.members.last, last.key.hasSameBytes(as: member.key) { self.members.removeLast() }
      self.members.append(member)
    }
  }

  subscript(key: String) -> JSON? {
    get {
      let place = place(of: key)
      return holds(key, at: place) ? members[place].value : nil
    }
    set {
      let place = place(of: key)
      switch (holds(key, at: place), newValue) {
      case (true, let value?): members[place].value = value
      case (true, nil): members.remove(at: place)
      case (false, let value?): members.insert(Member(key: key, value: value), at: place)
      case (false, nil): break
      }
    }
  }

  var isEmpty: Bool { members.isEmpty }
  var count: Int { members.count }
  var keys: [String] { members.map(\.key) }

  func makeIterator() -> IndexingIterator<[Member]> { members.makeIterator() }

  /// Where the key is, or where it would be put.
  private func place(of key: String) -> Int {
    var range = members.indices
    while !range.isEmpty {
      let middle = range.lowerBound + range.count / 2
      if JSONObject.precedes(members[middle].key, key) {
        range = middle + 1..<range.upperBound
      } else {
        range = range.lowerBound..<middle
      }
    }
    return range.lowerBound
  }

  private func holds(_ key: String, at place: Int) -> Bool {
    place < members.count && members[place].key.hasSameBytes(as: key)
  }

  /// The order of UTF-8 bytes is that of code points.
  private static func precedes(_ one: String, _ other: String) -> Bool {
    one.utf8.lexicographicallyPrecedes(other.utf8)
  }
}
