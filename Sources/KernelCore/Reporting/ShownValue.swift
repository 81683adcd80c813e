import VM
import Web

/// A value of the language as far as a person looks at it: its form, with bounds in every direction.
public indirect enum ShownValue: Sendable, Equatable {
  /// What an atom is, for its colour.
  public enum Kind: Sendable {
    case text, number, word, other
  }

  public struct Pair: Sendable, Equatable {
    public let key: ShownValue
    public let value: ShownValue

    public init(key: ShownValue, value: ShownValue) {
      self.key = key
      self.value = value
    }
  }

  /// As a literal would be written, where there is one.
  case atom(String, Kind)
  /// The first elements, and how many there are in all.
  case array([ShownValue], count: Int)
  case dictionary([Pair], count: Int)
  case response(Answer)
}

/// What came of a call, or what a handler would answer, as a person looks at it.
public struct Answer: Sendable, Equatable {
  public let status: Int
  public let reason: String
  public let headers: [Header]
  public let body: [UInt8]
  /// The body as text, in the encoding that the headers name.
  public let text: String
  public let url: String
  /// From the call to the whole answer; nil where nobody has called.
  public let elapsed: Duration?

  public struct Header: Sendable, Equatable {
    public let name: String
    public let value: String

    public init(name: String, value: String) {
      self.name = name
      self.value = value
    }
  }

  public init(
    status: Int, reason: String, headers: [Header], body: [UInt8], text: String, url: String,
    elapsed: Duration?
  ) {
    self.status = status
    self.reason = reason
    self.headers = headers
    self.body = body
    self.text = text
    self.url = url
    self.elapsed = elapsed
  }

  init(_ response: ResponseObject) { self.init(response, elapsed: .nanoseconds(response.elapsed)) }

  /// An answer that nobody has asked for yet.
  init(_ response: Response) {
    let object = ResponseObject(
      method: "", status: Int(response.status.code), reason: response.status.reasonPhrase,
      headers: response.headers.map { ($0.name, $0.value) }, body: Array(response.body.readableBytesView),
      url: "", elapsed: 0)
    self.init(object, elapsed: nil)
  }

  private init(_ response: ResponseObject, elapsed: Duration?) {
    self.init(
      status: response.status, reason: response.reason,
      headers: response.headers.map { Header(name: $0.name, value: $0.value) }, body: response.body,
      text: response.text, url: response.url, elapsed: elapsed)
  }

  /// The first value of a header, by its name in lowercase; nil where there is none.
  public func header(_ name: String) -> String? { headers.first { $0.name.lowercased() == name }?.value }
}

extension Kernel {
  /// What a value looks like.
  func shown(_ value: Value) -> ShownValue {
    var left = ShownValue.nodeLimit
    return shown(value, within: [], &left)
  }

  /// - Parameter outer: the collections that it is a part of, the outermost first.
  private func shown(_ value: Value, within outer: [Value], _ left: inout Int) -> ShownValue {
    left -= 1
    let depth = outer.count
    if let response = machine.payload(of: value, calls.responseClass) as? ResponseObject, depth == 0 {
      return .response(Answer(response))
    }
    if depth == 0, let reply = replies.reply(value) { return .response(Answer(reply)) }
    guard let count = machine.elementCount(of: value), depth < ShownValue.depthLimit, left > 0 else {
      return .atom(machine.repr(value, limit: ShownValue.atomLimit), kind(of: value))
    }
    if outer.contains(where: value.isIdentical) { return .atom("[…]", .other) }
    let inner = outer + [value]
    if let elements = machine.elements(of: value, most: ShownValue.elementLimit) {
      var found: [ShownValue] = []
      for element in elements where left > 0 { found.append(shown(element, within: inner, &left)) }
      return .array(found, count: count)
    }
    var found: [ShownValue.Pair] = []
    for pair in (machine.pairs(of: value) ?? []).prefix(ShownValue.elementLimit) where left > 0 {
      found.append(
        .init(
          key: shown(pair.key, within: inner, &left), value: shown(pair.value, within: inner, &left)))
    }
    return .dictionary(found, count: count)
  }

  private func kind(of value: Value) -> ShownValue.Kind {
    switch machine.typeName(value) {
    case "String", "HTML": .text
    case "Int", "Double", "Duration", "Date": .number
    case "nil", "Bool": .word
    default: .other
    }
  }
}

extension ShownValue {
  /// Collections deeper than this are told in one line.
  fileprivate static let depthLimit = 8
  /// Elements of one collection.
  fileprivate static let elementLimit = 200
  /// Values in all.
  fileprivate static let nodeLimit = 5_000
  /// Bytes of one that is no collection.
  fileprivate static let atomLimit = 4_000
}
