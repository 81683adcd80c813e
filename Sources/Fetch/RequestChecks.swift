/// What a request may not contain. A line break inside a name or a value would let its author add header fields, or
/// a second request, that the program never meant to send (RFC 9110, sections 5.5 and 17.3).
extension FetchRequest {
  static let methodLengthLimit = 64
  static let urlLengthLimit = 64 * 1024
  static let headerCountLimit = 1_000
  static let headerBytesLimit = 256 * 1024

  /// The longest path that fits `sockaddr_un` with its closing zero byte (unix(7)).
  static let socketPathLengthLimit = 107

  /// What is wrong with the request, or `nil` when it can be sent. The URL is only checked for characters that
  /// no URL has; ``WebAddress`` reads it.
  ///
  /// - Parameter sendsPieces: whether the body comes in pieces, beside `body`.
  func refusal(sendsPieces: Bool = false) -> FetchError? {
    guard method.utf8.count <= Self.methodLengthLimit, Self.isToken(method) else {
      return FetchError(.badRequest, "\(quoted(method)) cannot be a method: use letters, as in GET or POST")
    }
    if method == "HEAD", body != nil {
      return FetchError(.badRequest, "a HEAD request cannot carry a body: leave the body out or use POST")
    }
    if url.utf8.count > Self.urlLengthLimit {
      return FetchError(.badURL, "the address is longer than \(Self.urlLengthLimit) bytes: \(quoted(url))")
    }
    if url.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) {
      return FetchError(.badURL, "\(quoted(url)) contains a control character, which no address may")
    }
    return headerRefusal(sendsPieces) ?? socketRefusal()
  }

  private func headerRefusal(_ sendsPieces: Bool) -> FetchError? {
    if headers.count > Self.headerCountLimit {
      return FetchError(.badRequest, "the request has more than \(Self.headerCountLimit) headers")
    }
    var bytes = 0
    for (name, value) in headers {
      guard Self.isToken(name) else {
        return FetchError(.badRequest, "\(quoted(name)) cannot be the name of a header")
      }
      if value.utf8.contains(where: { $0 == 0x0D || $0 == 0x0A || $0 == 0 }) {
        return FetchError(
          .badRequest,
          "the value of the header \(name) contains a line break or a zero byte: \(quoted(value))")
      }
      if let refusal = framingRefusal(name.lowercased(), value, sendsPieces) { return refusal }
      bytes += name.utf8.count + value.utf8.count + 4
    }
    if bytes > Self.headerBytesLimit {
      return FetchError(.badRequest, "the request's headers are longer than \(Self.headerBytesLimit) bytes")
    }
    return nil
  }

  /// A length that differs from the body's would make the server read the rest of it as another request.
  private func framingRefusal(_ name: String, _ value: String, _ sendsPieces: Bool) -> FetchError? {
    switch name {
    case "content-length" where sendsPieces:
      FetchError(.badRequest, "Content-Length cannot be set for a body that is sent in pieces: leave it out")
    case "content-length" where Int(value) != body?.count ?? 0:
      FetchError(
        .badRequest,
        "Content-Length says \(quoted(value)), the body has \(body?.count ?? 0) bytes: leave it out")
    case "transfer-encoding":
      FetchError(.badRequest, "Transfer-Encoding cannot be set: the body is sent with its length")
    default: nil
    }
  }

  private func socketRefusal() -> FetchError? {
    guard let unixSocketPath else { return nil }
    if unixSocketPath.isEmpty || unixSocketPath.utf8.count > Self.socketPathLengthLimit {
      return FetchError(
        .badURL,
        "the path of a socket has 1 to \(Self.socketPathLengthLimit) bytes: \(quoted(unixSocketPath))")
    }
    return unixSocketPath.utf8.contains(0)
      ? FetchError(.badURL, "the path of the socket contains a zero byte: \(quoted(unixSocketPath))") : nil
  }

  /// Whether this is a token (RFC 9110, section 5.6.2), what methods and names of headers are made of.
  static func isToken(_ text: String) -> Bool {
    !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "0")...UInt8(ascii: "9"):
          true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
      }
  }
}
