import CDigest
import Foundation
import NIOHTTP1

/// Why a request is given no WebSocket.
public struct WebSocketRefusal: Error {
  /// The answer that says so.
  public let response: Response
  /// What this server lacks, where it is that: for whoever runs it.
  public var problem: String?
}

/// The opening handshake of a WebSocket, from the server's side (RFC 6455, section 4.2).
enum WebSocketHandshake {
  /// What the answer to a request that asks for a WebSocket is.
  enum Verdict {
    /// The value of `Sec-WebSocket-Accept`.
    case accept(String)
    case refuse(WebSocketRefusal)
  }

  static func judge(_ request: Request) -> Verdict {
    func refuse(_ response: Response) -> Verdict { .refuse(WebSocketRefusal(response: response)) }
    func single(_ name: String) -> String? {
      let values = request.headers[name]
      return values.count == 1 ? String(values[0][...].trimmingBlanks) : nil
    }
    guard isAskedFor(in: request) else { return refuse(StandardPages.upgradeRequired(path: request.path)) }
    guard request.method == .GET, request.headers.lists("connection", "upgrade") else {
      return refuse(StandardPages.badRequest("a WebSocket is asked for with GET and Connection: Upgrade"))
    }
    guard single("sec-websocket-version") == "13" else {
      return refuse(StandardPages.versionRequired("13"))
    }
    guard let key = single("sec-websocket-key"), key.utf8.count == 24, Data(base64Encoded: key)?.count == 16
    else {
      return refuse(StandardPages.badRequest("Sec-WebSocket-Key is not 16 bytes in base64"))
    }
    if let origin = request.headers.first(name: "origin"), !mayConnect(origin, to: request) {
      return refuse(
        .text(
          .forbidden,
          "A page of \(origin.printable(limit: 200)) may not use this WebSocket: it is another origin.\n"))
    }
    guard let accepted = accept(key) else {
      return .refuse(
        WebSocketRefusal(
          response: .text(.serviceUnavailable, "This server can open no WebSockets: it lacks libcrypto.\n"),
          problem: String(cString: cdigest_problem())))
    }
    return .accept(accepted)
  }

  /// Whether a request asks for a WebSocket in place of an answer.
  static func isAskedFor(in request: Request) -> Bool { request.headers.lists("upgrade", "websocket") }

  /// Browsers let any page on the web connect anywhere and say whose it is (RFC 6455, section 10.2): taken are pages of
  /// this server, and those of other servers on the same machine, where both go by a name of it.
  private static func mayConnect(_ origin: String, to request: Request) -> Bool {
    guard let host = request.headers.first(name: "host")?.lowercased() else { return false }
    let lowercased = origin.lowercased()
    guard let scheme = ["http://", "https://"].first(where: { lowercased.hasPrefix($0) }) else {
      return false
    }
    let authority = String(lowercased.dropFirst(scheme.count))
    if authority == host { return true }
    return isOfThisMachine(authority) && isOfThisMachine(host)
  }

  /// Whether the name of a host, with or without a port, is one of the machine itself.
  private static func isOfThisMachine(_ authority: String) -> Bool {
    let name =
      authority.hasPrefix("[")
      ? String(authority.dropFirst().prefix { $0 != "]" }) : String(authority.prefix { $0 != ":" })
    return name == "localhost" || name.hasSuffix(".localhost") || Endpoint.isLoopback(host: name)
  }

  /// RFC 6455, section 4.2.2. Nil where there is no libcrypto.
  private static func accept(_ key: String) -> String? {
    let text = Array((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").utf8)
    var digest = [UInt8](repeating: 0, count: Int(CDIGEST_SHA1_BYTES))
    guard cdigest_sha1(text, text.count, &digest) == 1 else { return nil }
    return Data(digest).base64EncodedString()
  }
}

extension HTTPHeaders {
  /// Whether the list of a header has a word, which is given in lower case.
  fileprivate func lists(_ name: String, _ word: String) -> Bool {
    self[name].contains { value in
      value.split(separator: ",").contains { $0.trimmingBlanks.lowercased() == word }
    }
  }
}
