import NIOCore
import NIOHTTP1

/// What the request says about how its answer is framed.
struct ResponseFraming: Equatable {
  /// The answer to HEAD has the headers of GET's and no body.
  var isHead: Bool
  /// Whether the client lets the connection stay open.
  var keepsAlive: Bool
  /// An HTTP/1.0 client is told when the connection stays open.
  var isHTTP10: Bool
}

/// Writes answers as bytes.
struct ResponseEncoder {
  private var date = HTTPDate()
  private var statusLines: [UInt: String] = [:]
  /// Of the last answer: most have the same.
  private var last: OwnLines?

  /// The lines of a head that an answer brings along: its status and its headers, but for those that the connection says.
  private struct OwnLines {
    let status: HTTPResponseStatus
    let headers: HTTPHeaders
    var bytes: [UInt8] = []
    /// Whether the answer has the connection end.
    var isLast = false
    /// Whether it changes the protocol, which holds for this connection alone (RFC 9110, section 7.8).
    var namesUpgrade = false

    func belong(to response: Response) -> Bool {
      response.status == status && response.headers.elementsEqual(headers, by: ==)
    }
  }

  /// Longer ones are not kept.
  private static let keptBytes = 4 << 10

  /// Bodies up to this size are copied behind their head, so that the answer is one buffer and one `write`;
  /// larger ones follow as they are, in the same `writev`.
  static let maxCopiedBodyBytes = 32 << 10

  /// Appends head and small body to `output`. Gives the body that is to be written after it, if it is large, and
  /// whether the connection stays open.
  mutating func encode(
    _ response: Response, framing: ResponseFraming, into output: inout ByteBuffer
  ) -> (rest: ByteBuffer?, keepsAlive: Bool) {
    if response.status.code < 200 {
      return encode(
        .text(
          .internalServerError, "The answer had the status \(response.status.code), which ends no request.\n"),
        framing: framing, into: &output)
    }
    if !isSound(response), let problem = HeaderRules.firstProblem(in: response.headers) {
      return encode(
        .text(.internalServerError, "The answer had a header that can't be sent: \(problem).\n"),
        framing: framing, into: &output)
    }
    let keepsAlive = writeHead(of: response, framing: framing, into: &output)
    guard !framing.isHead, response.status.hasContent else { return (nil, keepsAlive) }
    if response.body.readableBytes <= Self.maxCopiedBodyBytes {
      output.writeImmutableBuffer(response.body)
      return (nil, keepsAlive)
    }
    return (response.body, keepsAlive)
  }

  /// Appends the head of an answer whose body comes piece by piece: in chunks, or for HTTP/1.0 up to the end of the
  /// connection (RFC 9112 §6.3, §7.1): one of which `canStream` holds. Gives whether the connection stays open.
  mutating func encodeHead(
    _ head: Response, framing: ResponseFraming, into output: inout ByteBuffer
  ) -> Bool {
    var framing = framing
    if framing.isHTTP10 { framing.keepsAlive = false }
    return writeHead(of: head, framing: framing, isStreamed: true, into: &output)
  }

  private func isSound(_ response: Response) -> Bool { last?.belong(to: response) ?? false }

  /// Whether an answer can have a body that comes piece by piece.
  func canStream(_ head: Response) -> Bool {
    head.status.code >= 200 && head.status.hasContent && HeaderRules.firstProblem(in: head.headers) == nil
  }

  /// Writes the status line and the headers; gives whether the connection stays open.
  private mutating func writeHead(
    of response: Response, framing: ResponseFraming, isStreamed: Bool = false, into output: inout ByteBuffer
  ) -> Bool {
    let own = ownLines(of: response)
    output.writeBytes(own.bytes)
    let keepsAlive = framing.keepsAlive && !own.isLast
    // RFC 9110 §8.6: no length with 204; with 304 it may be left out.
    if isStreamed {
      if !framing.isHTTP10 { output.writeStaticString("transfer-encoding: chunked\r\n") }
    } else if response.status.mayHaveResponseBody {
      output.writeStaticString("content-length: ")
      output.writeDecimal(response.status.hasContent ? response.length : 0)
      output.writeStaticString("\r\n")
    }
    output.writeStaticString("date: ")
    output.writeString(date.now())
    if own.namesUpgrade {
      output.writeStaticString(keepsAlive ? "\r\nconnection: upgrade" : "\r\nconnection: close, upgrade")
    } else if !keepsAlive {
      output.writeStaticString("\r\nconnection: close")
    } else if framing.isHTTP10 {
      output.writeStaticString("\r\nconnection: keep-alive")
    }
    output.writeStaticString("\r\n\r\n")
    return keepsAlive
  }

  private mutating func ownLines(of response: Response) -> OwnLines {
    if let last, last.belong(to: response) { return last }
    var own = OwnLines(status: response.status, headers: response.headers)
    own.bytes += statusLine(response.status).utf8
    for (name, value) in response.headers {
      switch name.utf8.count {
      case 4 where name.isHeader("date"): continue
      case 7 where name.isHeader("upgrade"): own.namesUpgrade = true
      case 10 where name.isHeader("connection"):
        if value.lowercased().contains("close") { own.isLast = true }
        continue
      case 10 where name.isHeader("keep-alive"): continue
      case 14 where name.isHeader("content-length"): continue
      case 17 where name.isHeader("transfer-encoding"): continue
      default: break
      }
      own.bytes += "\(name): \(value)\r\n".utf8
    }
    last = own.bytes.count <= Self.keptBytes ? own : nil
    return own
  }

  private mutating func statusLine(_ status: HTTPResponseStatus) -> String {
    let code = status.code
    if case .custom = status {
      let reason = status.reasonPhrase.utf8.allSatisfy(HeaderRules.isValueByte) ? status.reasonPhrase : ""
      return "HTTP/1.1 \(Self.threeDigits(code)) \(reason)\r\n"
    }
    if let line = statusLines[code] { return line }
    let line = "HTTP/1.1 \(code) \(status.reasonPhrase)\r\n"
    statusLines[code] = line
    return line
  }

  /// A status has three digits (RFC 9112 §4); what has more is sent as 599.
  private static func threeDigits(_ code: UInt) -> UInt { min(code, 599) }
}

extension HTTPResponseStatus {
  /// Whether an answer with this status has content: 204 and 304 end with their head, 205 says that it has none
  /// (RFC 9110 §15.3.6).
  public var hasContent: Bool { mayHaveResponseBody && self != .resetContent }
}

extension ByteBuffer {
  /// Writes a number in decimal digits.
  mutating func writeDecimal(_ value: Int) {
    var digits: InlineArray<20, UInt8> = .init(repeating: 0)
    var rest = UInt(value)
    var first = 20
    repeat {
      first -= 1
      digits[first] = UInt8(rest % 10) + UInt8(ascii: "0")
      rest /= 10
    } while rest > 0
    for index in first..<20 { writeInteger(digits[index]) }
  }
}
