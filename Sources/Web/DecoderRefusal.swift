import NIOHTTP1

extension StandardPages {
  /// What to answer to bytes that the decoder refuses. `isTarget` tells that its limit was met in the first line.
  /// `hasBareLineFeed` that the first line does not end with CR LF, which the decoder takes for a wrong version.
  static func refusal(
    of error: HTTPParserError, isTarget: Bool, hasBareLineFeed: Bool, limits: ServerLimits
  ) -> Response {
    switch error {
    case .invalidVersion where hasBareLineFeed:
      badRequest("the request's first line ends with LF alone instead of CR LF (RFC 9112, section 2.2)")
    case .headerOverflow where isTarget: targetTooLong(limit: limits.maxTargetBytes)
    case .headerOverflow: headersTooLarge(limit: limits.maxHeaderBytes)
    case .invalidVersion: versionNotSupported()
    case .invalidMethod: badRequest("the method is not one of HTTP's")
    case .invalidURL:
      badRequest("the address must begin with / and have its special characters percent-encoded")
    case .invalidHeaderToken: badRequest("a header is malformed")
    case .invalidContentLength:
      badRequest("Content-Length is no number that a body can have, or stands beside Transfer-Encoding")
    case .unexpectedContentLength:
      badRequest("the request has Content-Length twice, or together with Transfer-Encoding")
    case .invalidChunkSize: badRequest("a chunk's size is not a hexadecimal number")
    default: badRequest("this is not HTTP/1.1 as RFC 9112 has it")
    }
  }
}
