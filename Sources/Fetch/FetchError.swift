/// Why a call gave no response, in plain words that name the address.
public struct FetchError: Error, Sendable, Equatable, CustomStringConvertible {
  public enum Kind: String, Sendable, Equatable, CaseIterable {
    /// Nothing listens at that port or socket.
    case connectionRefused
    /// The machine or its network cannot be reached.
    case unreachable
    /// The name has no address.
    case hostNotFound
    /// The connection or the whole call took longer than the request allows.
    case timedOut
    /// The proxy did not let the call through.
    case proxyRefused
    /// The certificate of the host was refused.
    case certificate
    /// The certificate of the proxy was refused.
    case proxyCertificate
    /// The other side does not speak TLS, or no way of speaking it that both know.
    case tls
    /// The address cannot be read.
    case badURL
    /// The address, or one redirected to, is neither `http` nor `https`.
    case unsupportedScheme
    /// The method or a header is not one that can be sent.
    case badRequest
    /// The server redirected more often than the request allows.
    case tooManyRedirects
    /// The body is longer than the request, or the pool as a whole, allows.
    case bodyTooLarge
    /// The server hung up before its answer was whole.
    case connectionLost
    /// The answer is not HTTP, or damaged.
    case protocolError
    /// The call was cancelled or the pool was shut down.
    case cancelled
    /// The pool has as many transfers under way as it may.
    case tooManyTransfers
    /// Anything else; the message says what.
    case other
  }

  public var kind: Kind
  public var message: String

  public init(kind: Kind, message: String) {
    self.kind = kind
    self.message = message
  }

  init(_ kind: Kind, _ message: String) {
    self.init(kind: kind, message: message)
  }

  public var description: String { message }
}

/// The text in double quotes, safe to show on a terminal: control characters are escaped, and what is longer than
/// 200 characters is cut. A password in an address is left out.
func quoted(_ text: String) -> String {
  var result = "\""
  for (count, scalar) in text.withoutPassword.unicodeScalars.enumerated() {
    if count == 200 {
      result += "…"
      break
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate:
      result += "\\u{\(String(scalar.value, radix: 16))}"
    default:
      if scalar == "\"" || scalar == "\\" { result += "\\" }
      result.unicodeScalars.append(scalar)
    }
  }
  return result + "\""
}

/// The duration as a person writes it: `2 s`, `1.5 s`, `250 ms`, `100 µs`.
func inWords(_ duration: Duration) -> String {
  let (seconds, attoseconds) = duration.components
  let nanoseconds = attoseconds / 1_000_000_000
  func inUnits(_ whole: Int64, _ thousandths: Int64, _ unit: String) -> String {
    if thousandths == 0 { return "\(whole) \(unit)" }
    var fraction = String(thousandths + 1_000).dropFirst()
    while fraction.last == "0" { fraction.removeLast() }
    return "\(whole).\(fraction) \(unit)"
  }
  if seconds > 0 { return inUnits(seconds, nanoseconds / 1_000_000, "s") }
  if nanoseconds >= 1_000_000 || nanoseconds == 0 {
    return inUnits(nanoseconds / 1_000_000, nanoseconds / 1_000 % 1_000, "ms")
  }
  return inUnits(nanoseconds / 1_000, nanoseconds % 1_000, "µs")
}
