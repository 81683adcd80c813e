import NIOCore
import NIOHTTP1

/// Puts the parts of requests together and judges them: a pure state machine, parts in, verdicts out.
struct RequestAssembler {
  /// What is to be done after a part.
  enum Verdict {
    /// Nothing yet.
    case wait
    /// The client waits for `100 Continue` before it sends its body.
    case sendContinue
    /// A whole request.
    case complete(Assembled)
    /// The request that began with this head is refused with this answer, and the connection ends.
    case reject(Response, HTTPRequestHead)
  }

  /// A whole request and what its answer must heed.
  struct Assembled {
    var head: HTTPRequestHead
    var body: ByteBuffer
    var framing: ResponseFraming
  }

  private struct Partial {
    var head: HTTPRequestHead
    var body = ByteBuffer()
    var framing: ResponseFraming
  }

  private let limits: ServerLimits
  private var partial: Partial?

  init(limits: ServerLimits) {
    self.limits = limits
  }

  /// Whether a head has come whose body hasn't yet.
  var isReadingBody: Bool { partial != nil }

  /// The head of the request whose body is being read.
  var head: HTTPRequestHead? { partial?.head }

  /// Takes the next part.
  mutating func consume(_ part: HTTPServerRequestPart) -> Verdict {
    switch part {
    case .head(let head): return begin(head)
    case .body(var bytes):
      guard let held = partial?.body.readableBytes else { return .wait }
      guard held + bytes.readableBytes <= limits.maxBodyBytes else {
        guard let head = partial?.head else { return .wait }
        partial = nil
        return .reject(StandardPages.bodyTooLarge(limit: limits.maxBodyBytes), head)
      }
      if held == 0 {
        partial?.body = bytes
      } else {
        partial?.body.writeBuffer(&bytes)
      }
      return .wait
    case .end:
      guard let whole = partial else { return .wait }
      partial = nil
      return .complete(Assembled(head: whole.head, body: whole.body, framing: whole.framing))
    }
  }

  private mutating func begin(_ head: HTTPRequestHead) -> Verdict {
    let facts: Facts
    switch Facts.gather(from: head, limits: limits) {
    case .failure(let refusal): return .reject(refusal.response, head)
    case .success(let gathered): facts = gathered
    }
    // NIO's decoder reads nothing after a request that asks for another protocol. We don't switch, which
    // RFC 9110 §7.8 allows, so such a connection ends with its answer.
    let endsParsing = facts.upgrades || head.method == .CONNECT
    partial = Partial(
      head: head,
      framing: ResponseFraming(
        isHead: head.method == .HEAD, keepsAlive: head.isKeepAlive && !endsParsing,
        isHTTP10: head.version.minor == 0))
    return facts.expectsContinue && head.version.minor > 0 && facts.hasBody ? .sendContinue : .wait
  }

  private struct Refusal: Error { let response: Response }

  /// What one pass over the headers tells.
  private struct Facts {
    var hostCount = 0
    var bytes = 0
    var hasBody = false
    var expectsContinue = false
    var upgrades = false

    static func gather(from head: HTTPRequestHead, limits: ServerLimits) -> Result<Facts, Refusal> {
      guard head.uri.utf8.count <= limits.maxTargetBytes else {
        return .failure(Refusal(response: StandardPages.targetTooLong(limit: limits.maxTargetBytes)))
      }
      var facts = Facts()
      for (name, value) in head.headers {
        facts.bytes += name.utf8.count + value.utf8.count
        if let response = facts.note(name, value, limits: limits) {
          return .failure(Refusal(response: response))
        }
      }
      if facts.bytes > limits.maxHeaderBytes {
        return .failure(Refusal(response: StandardPages.headersTooLarge(limit: limits.maxHeaderBytes)))
      }
      // RFC 9112 §3.2: one Host, and only HTTP/1.0 may leave it out.
      if facts.hostCount == 0, head.version.minor > 0 {
        return .failure(
          Refusal(response: StandardPages.badRequest("an HTTP/1.1 request needs a Host header")))
      }
      if facts.hostCount > 1 {
        return .failure(
          Refusal(response: StandardPages.badRequest("the request has more than one Host header")))
      }
      return .success(facts)
    }

    /// Takes one header field; gives the answer if it is to be refused.
    private mutating func note(_ name: String, _ value: String, limits: ServerLimits) -> Response? {
      switch name.utf8.count {
      case 4 where name.isHeader("host"):
        hostCount += 1
        if !value.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f && $0 != UInt8(ascii: "/") }) {
          return StandardPages.badRequest("the Host header is not a host")
        }
      case 6 where name.isHeader("expect"):
        guard value.lowercased() == "100-continue" else {
          return .text(.expectationFailed, "Only \"Expect: 100-continue\" is understood.\n")
        }
        expectsContinue = true
      case 7 where name.isHeader("upgrade"):
        upgrades = true
      case 14 where name.isHeader("content-length"):
        // The decoder has checked that it is a number, and that there is one only. One too large for an
        // Int is larger than any limit.
        let length = Int(value) ?? Int.max
        if length > limits.maxBodyBytes { return StandardPages.bodyTooLarge(limit: limits.maxBodyBytes) }
        hasBody = hasBody || length > 0
      case 17 where name.isHeader("transfer-encoding"):
        guard value.lowercased() == "chunked" else {
          return .text(.notImplemented, "The only transfer coding understood is chunked.\n")
        }
        hasBody = true
      default: break
      }
      return nil
    }
  }
}

extension String {
  /// Whether this is the header `name`, which is given in lower case.
  func isHeader(_ name: StaticString) -> Bool {
    guard utf8.count == name.utf8CodeUnitCount else { return false }
    return name.withUTF8Buffer { expected in
      zip(utf8, expected).allSatisfy { byte, lower in
        byte == lower || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == lower
      }
    }
  }
}
