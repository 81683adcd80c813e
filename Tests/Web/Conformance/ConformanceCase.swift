import Testing

/// One case of the conformance suite: the bytes that a client sends, and all that must come back.
///
/// Its name begins with the section of the RFC that says so.
struct ConformanceCase: Sendable, CustomTestStringConvertible {
  /// An answer that is expected.
  struct Answer: Sendable {
    var status: Int
    /// The whole body; nil where it is not the point.
    var body: String?
    /// What the body has in it, for refusals.
    var saying: String?
    /// Fields with their values, names in lower case.
    var fields: [String: String] = [:]
    /// Fields that must not be there.
    var absent: [String] = []
    /// An answer to HEAD has no body.
    var isToHead = false

    static func ok(_ body: String) -> Answer { Answer(status: 200, body: body) }
    static let `continue` = Answer(status: 100, body: "")
  }

  let name: String
  let bytes: [UInt8]
  let answers: [Answer]
  /// Whether the connection takes another request afterwards; otherwise the server closes it.
  let stays: Bool

  var testDescription: String { name }

  /// A case with all its answers.
  init(_ name: String, _ text: String, _ answers: [Answer], stays: Bool = true) {
    self.init(name, Array(text.utf8), answers, stays: stays)
  }

  /// The same for bytes that are no UTF-8.
  init(_ name: String, _ bytes: [UInt8], _ answers: [Answer], stays: Bool = true) {
    self.name = name
    self.bytes = bytes
    self.answers = answers
    self.stays = stays
  }
}

/// Puts cases in a list, each on its own, so that the compiler reads a long list in short time.
@resultBuilder enum ConformanceTable {
  static func buildExpression(_ subject: ConformanceCase) -> [ConformanceCase] { [subject] }
  static func buildExpression(_ cases: [ConformanceCase]) -> [ConformanceCase] { cases }
  static func buildBlock(_ cases: [ConformanceCase]...) -> [ConformanceCase] { cases.flatMap(\.self) }
}

extension ConformanceTests {
  /// A request that is taken: the server echoes `METHOD target body`, and the connection stays.
  static func taken(_ name: String, _ text: String, _ bodies: String...) -> ConformanceCase {
    ConformanceCase(name, text, bodies.map { .ok($0) })
  }

  /// A request that is refused: one answer, then the connection closes. `after` are the answers to requests before it.
  static func refused(
    _ name: String, _ text: String, _ status: Int, _ saying: String, after: [String] = []
  ) -> ConformanceCase {
    refused(name, Array(text.utf8), status, saying, after: after)
  }

  /// The same for bytes that are no UTF-8.
  static func refused(
    _ name: String, _ bytes: [UInt8], _ status: Int, _ saying: String, after: [String] = []
  ) -> ConformanceCase {
    let refusal = ConformanceCase.Answer(status: status, saying: saying, fields: ["connection": "close"])
    return ConformanceCase(name, bytes, after.map { .ok($0) } + [refusal], stays: false)
  }

  // MARK: - Requests

  /// A GET with these fields behind Host.
  static func get(_ target: String = "/", _ fields: String...) -> String {
    "GET \(target) HTTP/1.1\r\nHost: a\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n"
  }

  /// A POST with these fields behind Host, and the bytes of a body.
  static func post(_ fields: String..., body: String = "") -> String {
    "POST / HTTP/1.1\r\nHost: a\r\n\(fields.map { $0 + "\r\n" }.joined())\r\n\(body)"
  }

  /// A POST whose body is these bytes, in chunks or what claims to be.
  static func chunks(_ bytes: String) -> String { post("Transfer-Encoding: chunked", body: bytes) }
}
