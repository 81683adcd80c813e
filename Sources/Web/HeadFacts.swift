import NIOHTTP1

/// What one pass over the fields of a request tells about its framing, its connection and its host.
struct HeadFacts {
  /// Why a request is refused.
  struct Refusal: Error { let response: Response }

  /// The bytes that Content-Length announces.
  private(set) var length = 0
  /// Whether the body comes in chunks.
  private(set) var isChunked = false
  /// Whether the client waits for `100 Continue`.
  private(set) var expectsContinue = false
  private var hostCount = 0
  private var codings: String?
  private var hasUpgrade = false
  private var connectionUpgrades = false

  /// Whether there is a body.
  var hasBody: Bool { isChunked || length > 0 }

  /// NIO's decoder reads nothing after a request that asks for another protocol. We don't switch, which RFC 9110 §7.8
  /// allows, so such a connection ends with its answer.
  var endsDecoding: Bool { hasUpgrade && connectionUpgrades }

  /// Judges the fields of a head.
  ///
  /// - Parameter bodyLimit: the bytes that its body may have.
  static func gather(from head: HTTPRequestHead, bodyLimit: Int) -> Result<HeadFacts, Refusal> {
    var facts = HeadFacts()
    for (name, value) in head.headers {
      if let response = facts.note(name, value, bodyLimit: bodyLimit) {
        return .failure(Refusal(response: response))
      }
    }
    if let response = facts.judge(head) { return .failure(Refusal(response: response)) }
    return .success(facts)
  }

  /// Takes one field; gives the answer if it is to be refused.
  private mutating func note(_ name: String, _ value: String, bodyLimit: Int) -> Response? {
    switch name.utf8.count {
    case 4 where name.isHeader("host"):
      hostCount += 1
      if !Authority.isSound(value[...], isEmptyAllowed: true) {
        return StandardPages.badRequest("the Host header is not a host, or a host and a port")
      }
    case 6 where name.isHeader("expect"):
      guard value.lowercased() == "100-continue" else {
        return .text(.expectationFailed, "Only \"Expect: 100-continue\" is understood.\n")
      }
      expectsContinue = true
    case 7 where name.isHeader("upgrade"): hasUpgrade = true
    case 10 where name.isHeader("connection"):
      connectionUpgrades = connectionUpgrades || value.lowercased().contains("upgrade")
    case 14 where name.isHeader("content-length"):
      // The decoder has checked that it is a number, and that there is one only. One too large for an Int is larger
      // than any limit.
      length = Int(value) ?? Int.max
      if length > bodyLimit { return StandardPages.bodyTooLarge(limit: bodyLimit) }
    case 17 where name.isHeader("transfer-encoding"):
      codings = codings.map { "\($0),\(value)" } ?? value
    default: break
    }
    return nil
  }

  /// Judges all of them together.
  private mutating func judge(_ head: HTTPRequestHead) -> Response? {
    // RFC 9112 §3.2: one Host, and only HTTP/1.0 may leave it out.
    if hostCount == 0, head.version.minor > 0 {
      return StandardPages.badRequest("an HTTP/1.1 request needs a Host header")
    }
    if hostCount > 1 { return StandardPages.badRequest("the request has more than one Host header") }
    guard let codings else { return nil }
    if head.version.minor == 0 {
      // RFC 9112 §6.1: a faulty framing, for HTTP/1.0 has no transfer codings.
      return StandardPages.badRequest("HTTP/1.0 has no Transfer-Encoding (RFC 9112, section 6.1)")
    }
    let names = codings.split(separator: ",").map { $0.trimmingBlanks.lowercased() }.filter { !$0.isEmpty }
    guard names.last == "chunked" else {
      // RFC 9112 §6.3: the length of such a body can't be known.
      return StandardPages.badRequest("in Transfer-Encoding, chunked comes last (RFC 9112, section 6.3)")
    }
    if names.dropLast().contains("chunked") {
      return StandardPages.badRequest("in Transfer-Encoding, chunked comes once (RFC 9112, section 6.1)")
    }
    if names.count > 1 { return StandardPages.codingNotKnown() }
    isChunked = true
    return nil
  }
}
