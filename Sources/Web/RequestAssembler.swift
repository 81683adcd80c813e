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
    /// The head of one whose body is handed on as it comes; `waitsForContinue` as above.
    case begin(Assembled, waitsForContinue: Bool)
    /// A piece of that body, and its end.
    case piece(ByteBuffer)
    case end
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
    var bodyFraming: ConnectionInput.BodyFraming
    var framing: ResponseFraming
    /// Its body is handed on as it comes.
    var isStreamed = false
  }

  /// Whether the body of a request is to be handed on as it comes.
  var isStreamed: (HTTPRequestHead) -> Bool = { _ in false }
  private let maxBodyBytes: Int
  private let maxStreamedBodyBytes: Int
  private var partial: Partial?

  init(limits: ServerLimits) {
    maxBodyBytes = limits.maxBodyBytes
    maxStreamedBodyBytes = limits.maxStreamedBodyBytes
  }

  /// Whether a head has come whose body hasn't yet.
  var isReadingBody: Bool { partial != nil }

  /// The head of the request whose body is being read.
  var head: HTTPRequestHead? { partial?.head }

  /// How the body ends of the request that is being read.
  var bodyFraming: ConnectionInput.BodyFraming? { partial?.bodyFraming }

  /// Takes the next part.
  mutating func consume(_ part: HTTPServerRequestPart) -> Verdict {
    switch part {
    case .head(let head): return begin(head)
    case .body(let bytes) where partial?.isStreamed == true: return .piece(bytes)
    case .body(var bytes):
      guard let held = partial?.body.readableBytes else { return .wait }
      guard held + bytes.readableBytes <= maxBodyBytes else {
        guard let head = partial?.head else { return .wait }
        partial = nil
        return .reject(StandardPages.bodyTooLarge(limit: maxBodyBytes), head)
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
      if whole.isStreamed { return .end }
      return .complete(Assembled(head: whole.head, body: whole.body, framing: whole.framing))
    }
  }

  private mutating func begin(_ head: HTTPRequestHead) -> Verdict {
    let facts: HeadFacts
    let isStreamed = self.isStreamed(head)
    let bodyLimit = isStreamed ? maxStreamedBodyBytes : maxBodyBytes
    switch HeadFacts.gather(from: head, bodyLimit: bodyLimit) {
    case .failure(let refusal): return .reject(refusal.response, head)
    case .success(let gathered): facts = gathered
    }
    var head = head
    switch TargetForm.of(head.uri, method: head.method) {
    case .origin, .asterisk: break
    case .absolute(let authority):
      // RFC 9112 §3.2.2: the Host that was sent is ignored.
      if head.headers["host"].first.map({ Substring($0) }) != authority {
        head.headers.replaceOrAdd(name: "Host", value: String(authority))
      }
    case .authority: return .reject(StandardPages.noTunnels(), head)
    case .otherScheme: return .reject(StandardPages.misdirected(), head)
    case .malformed(let reason): return .reject(StandardPages.badRequest(reason), head)
    }
    // RFC 9110 §7.8: HTTP/1.0 has no other protocol to go on with, so nobody is to see that one is asked for.
    if head.version.minor == 0 { head.headers.remove(name: "upgrade") }
    let partial = Partial(
      head: head, bodyFraming: facts.isChunked ? .chunked : .length(facts.length),
      framing: ResponseFraming(
        isHead: head.method == .HEAD, keepsAlive: head.isKeepAlive && !facts.endsDecoding,
        isHTTP10: head.version.minor == 0),
      isStreamed: isStreamed && facts.hasBody)
    self.partial = partial
    let expectsContinue = facts.expectsContinue && head.version.minor > 0 && facts.hasBody
    if partial.isStreamed {
      let begun = Assembled(head: head, body: ByteBuffer(), framing: partial.framing)
      return .begin(begun, waitsForContinue: expectsContinue)
    }
    return expectsContinue ? .sendContinue : .wait
  }
}

extension String {
  /// Whether this is the header `name`, which is given in lower case.
  func isHeader(_ name: StaticString) -> Bool {
    guard utf8.count == name.utf8CodeUnitCount else { return false }
    let bytes = utf8.span
    return name.withUTF8Buffer { expected in
      for place in bytes.indices {
        let (byte, lower) = (bytes[place], expected[place])
        let isSame =
          byte == lower || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) && byte | 0x20 == lower
        if !isSame { return false }
      }
      return true
    }
  }
}
