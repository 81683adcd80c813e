import Web

extension FuzzTarget {
  /// The first line says how the rest is cut, and the rest is what a client sends to a server: each request that is
  /// taken is answered once and in order, nothing follows a refusal, and in the end nothing is held.
  static let connection = FuzzTarget(name: "connection") { bytes in
    let (cuts, sent) = split(bytes)
    ServedConnection().run(sent, cuts: cuts)
  }

  /// The same behind the handshake of a WebSocket.
  static let webSocket = FuzzTarget(name: "websocket") { bytes in
    let (cuts, sent) = split(bytes)
    let served = ServedConnection()
    served.send(
      Array(
        """
        GET /socket HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: upgrade\r\nSec-WebSocket-Version: 13\r
        Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n
        """.utf8))
    promise(served.responder.isSocket, "a sound handshake is refused")
    served.run(sent, cuts: cuts)
  }

  private static func split(_ bytes: [UInt8]) -> (cuts: [UInt8], sent: [UInt8]) {
    let line = bytes.prefix { $0 != 10 }
    return (Array(line), Array(bytes.dropFirst(line.count + 1)))
  }
}
