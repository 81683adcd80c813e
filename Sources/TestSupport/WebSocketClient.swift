import Foundation

/// A client of WebSockets over a raw socket, which sends what it is told, sound or not.
public final class WebSocketClient {
  /// A frame as it came.
  public struct Frame: Equatable, Sendable {
    public var isLast: Bool
    public var opcode: UInt8
    public var data: [UInt8]

    public var text: String { String(decoding: data, as: UTF8.self) }
    /// Of a close frame.
    public var closeCode: Int? { data.count < 2 ? nil : Int(data[0]) << 8 | Int(data[1]) }
    public var closeReason: String { String(decoding: data.dropFirst(2), as: UTF8.self) }

    public init(isLast: Bool = true, opcode: UInt8, data: [UInt8]) {
      self.isLast = isLast
      self.opcode = opcode
      self.data = data
    }
  }

  public static let text: UInt8 = 1
  public static let binary: UInt8 = 2
  public static let close: UInt8 = 8
  public static let ping: UInt8 = 9
  public static let pong: UInt8 = 10

  public let raw: RawHTTPClient

  /// The key of RFC 6455, section 1.3, whose answer is known.
  public static let key = "dGhlIHNhbXBsZSBub25jZQ=="
  public static let accept = "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="

  /// The request that asks for a WebSocket.
  public static func request(_ path: String, headers: [String] = []) -> String {
    let lines =
      ["GET \(path) HTTP/1.1", "Host: localhost", "Upgrade: websocket", "Connection: keep-alive, Upgrade"]
      + ["Sec-WebSocket-Key: \(key)", "Sec-WebSocket-Version: 13"] + headers
    return lines.joined(separator: "\r\n") + "\r\n\r\n"
  }

  public init(_ raw: RawHTTPClient) { self.raw = raw }

  /// Opens a connection.
  ///
  /// - Throws: where the server answers otherwise than with 101.
  public static func open(_ raw: RawHTTPClient, _ path: String, headers: [String] = []) throws
    -> WebSocketClient
  {
    try raw.send(request(path, headers: headers))
    let answer = try raw.readResponse(toHead: true, takesInterim: true)
    guard answer.status == 101, answer["sec-websocket-accept"] == accept else {
      throw RawHTTPClient.Failure(description: "no WebSocket: \(answer.status)")
    }
    return WebSocketClient(raw)
  }

  public func send(_ text: String) throws { try send(Frame(opcode: Self.text, data: Array(text.utf8))) }

  /// Sends a frame.
  ///
  /// - Parameters:
  ///   - isMasked: as a client must.
  ///   - reserved: the three reserved bits.
  public func send(_ frame: Frame, isMasked: Bool = true, reserved: UInt8 = 0) throws {
    try raw.send(Self.bytes(of: frame, isMasked: isMasked, reserved: reserved))
  }

  public static func bytes(of frame: Frame, isMasked: Bool = true, reserved: UInt8 = 0) -> [UInt8] {
    var bytes = [(frame.isLast ? 0x80 : 0) | reserved << 4 | frame.opcode]
    let mask: UInt8 = isMasked ? 0x80 : 0
    switch frame.data.count {
    case ..<126: bytes.append(mask | UInt8(frame.data.count))
    case ..<65_536:
      bytes.append(mask | 126)
      bytes += [UInt8(frame.data.count >> 8), UInt8(frame.data.count & 255)]
    default:
      bytes.append(mask | 127)
      bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: frame.data.count >> ($0 * 8)) }
    }
    guard isMasked else { return bytes + frame.data }
    let key: [UInt8] = [1, 2, 3, 250]
    return bytes + key + frame.data.enumerated().map { $1 ^ key[$0 % 4] }
  }

  public func sendClose(_ code: Int? = 1000, reason: String = "") throws {
    let data = code.map { [UInt8($0 >> 8), UInt8($0 & 255)] } ?? []
    try send(Frame(opcode: Self.close, data: data + Array(reason.utf8)))
  }

  /// The next frame.
  public func receive() throws -> Frame {
    let head = try raw.readBytes(2)
    var count = Int(head[1] & 0x7f)
    if count >= 126 {
      count = try raw.readBytes(count == 126 ? 2 : 8).reduce(0) { $0 << 8 | Int($1) }
    }
    return Frame(isLast: head[0] & 0x80 != 0, opcode: head[0] & 0x0f, data: try raw.readBytes(count))
  }
}
