import NIOHTTP1

extension StandardPages {
  /// What to answer to what is no request.
  static func refusal(of problem: ConnectionInput.Problem, limits: ServerLimits) -> Response {
    switch problem {
    case .head(let problem): refusal(of: problem, limits: limits)
    case .extensionsTooLong: extensionsTooLong(limit: limits.maxHeaderBytes)
    case .endsDiffer: endsDiffer()
    }
  }

  /// What to answer to a head that is malformed.
  static func refusal(of problem: HeadProblem, limits: ServerLimits) -> Response {
    switch problem {
    case .methodTooLong: methodNotKnown()
    case .targetTooLong: targetTooLong(limit: limits.maxTargetBytes)
    case .headersTooLarge: headersTooLarge(limit: limits.maxHeaderBytes)
    case .tooManyHeaders: tooManyHeaders(limit: limits.maxHeaderCount)
    case .versionNotSupported: versionNotSupported()
    default: badRequest(reason(problem))
    }
  }

  private static func reason(_ problem: HeadProblem) -> String {
    switch problem {
    case .emptyLines: "empty lines came in place of a request"
    case .encrypted: "this is TLS, and plain HTTP is spoken here: the address begins with http://"
    case .loneCarriageReturn: "a line has a CR without LF behind it (RFC 9112, section 2.2)"
    case .loneLineFeed: "a line ends with LF alone instead of CR LF (RFC 9112, section 2.2)"
    case .method: "the method has a character that no method has (RFC 9110, section 9.1)"
    case .spaces: "the first line has one space each between its three parts, and none at its end"
    case .noTarget: "the first line has no address: it is METHOD /address HTTP/1.1"
    case .targetByte:
      "the address has a character that must be percent-encoded: it is ASCII without control characters"
    case .fragment: "the address has a #: what follows it is for the client alone, and a # itself is %23"
    case .noVersion: "the first line has no version: it is METHOD /address HTTP/1.1"
    case .version: "behind the address comes HTTP/1.1 and nothing else; a space in the address is %20"
    case .blankBeforeFields: "a space comes before the first header (RFC 9112, section 2.2)"
    case .folded: "a header goes on in a second line (RFC 9112, section 5.2): write it in one"
    case .noName: "a header has no name"
    case .nameByte: "the name of a header has a character that none has (RFC 9110, section 5.1)"
    case .noColon: "a header has no colon"
    case .blankAfterName: "a space stands in or after the name of a header (RFC 9112, section 5.1)"
    case .valueByte: "the value of a header has a control character in it (RFC 9110, section 5.5)"
    case .methodTooLong, .targetTooLong, .headersTooLarge, .tooManyHeaders, .versionNotSupported:
      "the head is not taken"
    }
  }

  /// What to answer to bytes that the decoder refuses: heads of which only the grammar is sound, and bodies.
  static func refusal(of error: HTTPParserError, isBody: Bool, limits: ServerLimits) -> Response {
    switch error {
    case .headerOverflow where isBody: trailersTooLarge(limits)
    case .headerOverflow: headersTooLarge(limit: limits.maxHeaderBytes)
    case .invalidMethod, .invalidConstant: methodNotKnown()
    case .invalidURL: badRequest("the address is neither a path nor begins with http://")
    case .invalidChunkSize,
      _ where isBody:
      badRequest(chunkProblem(error))
    case .invalidContentLength:
      badRequest("Content-Length is no number that a body can have, or stands beside Transfer-Encoding")
    case .unexpectedContentLength:
      badRequest("the request has Content-Length twice, or together with Transfer-Encoding")
    case .unknown: badRequest("in Transfer-Encoding, chunked comes once and last (RFC 9112, section 6.1)")
    default: badRequest("this is not HTTP/1.1 as RFC 9112 has it")
    }
  }

  private static func chunkProblem(_ error: HTTPParserError) -> String {
    error == .invalidChunkSize
      ? "a chunk's size is not a hexadecimal number (RFC 9112, section 7.1)"
      : "a chunk, or a field behind the last, is malformed (RFC 9112, section 7.1)"
  }

  /// What to tell whoever reads a body as it comes of bytes that the decoder refuses.
  static func failure(of error: HTTPParserError, limits: ServerLimits) -> IncomingBody.Failure {
    if error == .headerOverflow {
      return .malformed(
        status: 431,
        reason: "the fields behind it are longer than the \(limits.maxHeaderBytes) bytes that are taken"
      )
    }
    return .malformed(status: 400, reason: chunkProblem(error))
  }

  /// The same of what the decoder is not even given.
  static func failure(of problem: ConnectionInput.Problem, limits: ServerLimits) -> IncomingBody.Failure {
    switch problem {
    case .extensionsTooLong:
      .malformed(
        status: 413,
        reason:
          "the extensions of its chunks are longer than the \(limits.maxHeaderBytes) bytes that are taken")
    case .head, .endsDiffer: .malformed(status: 400, reason: "where it ends is not clear")
    }
  }

  /// 400: the two readers of a request disagree about it, and nobody may guess.
  static func endsDiffer() -> Response { badRequest("where the request ends is not clear") }
}
