import NIOCore

/// A message of a WebSocket.
public enum WebSocketMessage: Equatable, Sendable {
  case text(String)
  case binary(ByteBuffer)

  /// Its bytes.
  var size: Int {
    switch self {
    case .text(let text): text.utf8.count
    case .binary(let bytes): bytes.readableBytes
    }
  }
}

/// How a WebSocket was closed (RFC 6455, section 7.1.5).
public struct WebSocketClosure: Equatable, Sendable {
  /// 1005 where the other side gave none, 1006 where the connection was lost.
  public var code: Int
  public var reason: String

  public init(code: Int, reason: String) {
    self.code = code
    self.reason = reason
  }

  static let normal = 1000
  static let goingAway = 1001
  static let protocolError = 1002
  static let noCode = 1005
  static let lost = 1006
  static let invalidText = 1007
  static let policyViolation = 1008
  static let tooLarge = 1009
  static let tryAgainLater = 1013

  /// Whether a code may be sent (RFC 6455, section 7.4).
  public static func isSendable(_ code: Int) -> Bool {
    switch code {
    case 1000...1003, 1007...1014, 3000...4999: true
    default: false
    }
  }

  /// The bytes that a reason may have: it shares 125 with the code.
  public static let maxReasonBytes = 123
}
