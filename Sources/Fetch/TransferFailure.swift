import CCurl
import Glibc

extension FetchError {
  /// What libcurl's result means, in words that name the address.
  init(_ code: CURLcode, easy: EasyHandle, transfer: Transfer) {
    let peer = transfer.hop.peer
    switch code {
    case CURLE_COULDNT_CONNECT: self = .connecting(easy, transfer)
    case CURLE_COULDNT_RESOLVE_HOST:
      self.init(.hostNotFound, "could not find the host \(quoted(transfer.hop.address.host))")
    case CURLE_COULDNT_RESOLVE_PROXY:
      self.init(.hostNotFound, "could not find the host of \(Self.named(transfer.hop.proxy))")
    case CURLE_OPERATION_TIMEDOUT:
      let limit = inWords(transfer.request.connectTimeout)
      self.init(.timedOut, "could not connect to \(peer) within \(limit), its connect timeout")
    case CURLE_RECV_ERROR where easy.longInfo(CURLINFO_HTTP_CONNECTCODE) >= 300 && !transfer.isConnected:
      self = .refusedByProxy(easy.longInfo(CURLINFO_HTTP_CONNECTCODE), transfer)
    case CURLE_PROXY:
      self.init(.proxyRefused, "could not connect to \(peer): \(easy.reason(code))")
    case CURLE_PARTIAL_FILE, CURLE_RECV_ERROR, CURLE_GOT_NOTHING, CURLE_SEND_ERROR:
      self = .lost(code, easy, transfer)
    case CURLE_UNSUPPORTED_PROTOCOL where easy.errorMessage.contains("HTTP/0.9"):
      self.init(.protocolError, "what \(peer) answered is not HTTP/1.1: it begins with no status line")
    case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY:
      self.init(.protocolError, "what \(peer) answered is not HTTP: \(easy.reason(code))")
    // So libcurl refuses a header whose first line is a folded one.
    case CURLE_BAD_FUNCTION_ARGUMENT where !transfer.head.isComplete && transfer.isConnected:
      self.init(
        .protocolError,
        "what \(peer) answered is not HTTP: its header begins with a space (RFC 9112, section 2.2)")
    case CURLE_BAD_CONTENT_ENCODING:
      self.init(.protocolError, "the body that \(peer) sent cannot be decompressed: \(easy.reason(code))")
    case CURLE_URL_MALFORMAT:
      self.init(.badURL, "\(quoted(transfer.hop.address.text)) is not an address: \(easy.reason(code))")
    case CURLE_PEER_FAILED_VERIFICATION: self = .certificate(easy, transfer)
    case CURLE_SSL_CONNECT_ERROR where easy.errorMessage.contains("wrong version number"):
      self.init(.tls, "\(peer) does not speak TLS: the address may need to begin with http://")
    case CURLE_SSL_CONNECT_ERROR where easy.errorMessage.contains("no application protocol"):
      self.init(.tls, "\(peer) does not speak HTTP/1.1, as calls do, but HTTP/2 alone")
    case CURLE_SSL_CACERT_BADFILE:
      self.init(
        .tls,
        "the file of authorities to trust, of --ca-file or SSL_CERT_FILE, cannot be read: \(easy.reason(code))"
      )
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ENGINE_NOTFOUND,
      CURLE_SSL_ENGINE_SETFAILED, CURLE_SSL_ENGINE_INITFAILED, CURLE_SSL_SHUTDOWN_FAILED,
      CURLE_SSL_CRL_BADFILE,
      CURLE_SSL_ISSUER_ERROR, CURLE_SSL_PINNEDPUBKEYNOTMATCH, CURLE_SSL_INVALIDCERTSTATUS,
      CURLE_USE_SSL_FAILED,
      CURLE_SSL_CLIENTCERT:
      self.init(.tls, "could not agree on TLS with \(peer): \(easy.reason(code))")
    // So libcurl refuses a line of more than 100 KiB.
    case CURLE_OUT_OF_MEMORY where !transfer.head.isComplete && transfer.isConnected:
      self.init(
        .protocolError, "a header that \(peer) sent is longer than \(ResponseHead.lineLimit) bytes")
    case CURLE_OUT_OF_MEMORY: self = .outOfMemory(transfer)
    default: self.init(.other, "the call to \(peer) failed: \(easy.reason(code))")
    }
  }

  /// What a transfer that is past its deadline was waiting for.
  static func deadlinePassed(_ transfer: Transfer) -> FetchError {
    let limit = inWords(transfer.request.timeout ?? .zero)
    let peer = transfer.hop.peer
    guard let easy = transfer.easy else {
      return FetchError(.timedOut, "the call to \(peer) was still waiting for its turn after \(limit)")
    }
    if !transfer.isConnected {
      return FetchError(
        .timedOut, "could not connect to \(peer) within \(limit), the timeout of the whole call")
    }
    if !transfer.head.isComplete || transfer.isRedirecting {
      return FetchError(.timedOut, "\(peer) did not answer within \(limit)")
    }
    if transfer.receiver != nil {
      return FetchError(
        .timedOut, "\(peer) sent nothing more for \(limit): \(easy.bytesInWords(transfer)) came")
    }
    return FetchError(
      .timedOut, "\(peer) did not finish its answer within \(limit): \(easy.bytesInWords(transfer)) came")
  }

  static func outOfMemory(_ transfer: Transfer) -> FetchError {
    FetchError(.other, "out of memory during the call to \(transfer.hop.peer)")
  }

  private static func connecting(_ easy: EasyHandle, _ transfer: Transfer) -> FetchError {
    let number = Int32(truncatingIfNeeded: easy.longInfo(CURLINFO_OS_ERRNO))
    let peer = transfer.hop.proxy == nil ? transfer.hop.peer : named(transfer.hop.proxy)
    let reason =
      number == 0 ? easy.reason(CURLE_COULDNT_CONNECT) : lowercasedFirst(String(cString: strerror(number)))
    let kind: Kind =
      switch number {
      case ECONNREFUSED, ENOENT: .connectionRefused
      case EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN, EADDRNOTAVAIL, EACCES, EPERM: .unreachable
      case ETIMEDOUT: .timedOut
      default: .other
      }
    return FetchError(kind, "could not connect to \(peer): \(reason)")
  }

  private static func named(_ proxy: Proxy?) -> String {
    proxy.map { "the proxy \($0.name), which \($0.variable) names" } ?? "the proxy"
  }

  /// The answer to CONNECT was no (RFC 9110, section 9.3.6), or one asks who calls.
  static func refusedByProxy(_ status: Int, _ transfer: Transfer) -> FetchError {
    let why =
      switch (status, transfer.hop.proxy?.hasCredentials) {
      case (407, true): "it does not take the user and the password that the variable has"
      case (407, _): "it wants to know who asks: write http://user:password@host:port in the variable"
      default: "it answers \(status)"
      }
    return FetchError(
      .proxyRefused,
      "\(named(transfer.hop.proxy)), does not connect to \(transfer.hop.address.authority): \(why)")
  }

  private static func lost(_ code: CURLcode, _ easy: EasyHandle, _ transfer: Transfer) -> FetchError {
    let peer = transfer.hop.peer
    // libcurl calls a chunk that is none a failure to receive.
    if easy.errorMessage.contains("chunk") {
      return FetchError(.protocolError, "what \(peer) answered is not HTTP: \(easy.reason(code))")
    }
    if transfer.head.isComplete {
      return FetchError(
        .connectionLost, "the connection to \(peer) was lost after \(easy.bytesInWords(transfer))")
    }
    if code == CURLE_SEND_ERROR {
      return FetchError(.connectionLost, "the connection to \(peer) was lost while the request was sent")
    }
    return transfer.head.status == 0
      ? FetchError(.connectionLost, "\(peer) closed the connection without an answer")
      : FetchError(.connectionLost, "the connection to \(peer) was lost in the middle of its headers")
  }

  private static func certificate(_ easy: EasyHandle, _ transfer: Transfer) -> FetchError {
    // A proxy that is spoken to by TLS shows its own before it has answered to CONNECT.
    let proxy = transfer.hop.proxy.flatMap { proxy in
      proxy.certifiedHost.flatMap { easy.longInfo(CURLINFO_HTTP_CONNECTCODE) == 0 ? (named(proxy), $0) : nil }
    }
    let (whose, host) = proxy ?? (transfer.hop.peer, transfer.hop.address.host)
    // The numbers are OpenSSL's (x509_vfy.h), what libcurl on Linux uses.
    let isForAnother =
      easy.errorMessage.contains("does not match") || easy.errorMessage.contains("no alternative")
    let reason =
      switch easy.longInfo(proxy == nil ? CURLINFO_SSL_VERIFYRESULT : CURLINFO_PROXY_SSL_VERIFYRESULT) {
      case _ where isForAnother: "it is not for \(quoted(host))"
      case 9: "it is not valid yet"
      case 10: "it has expired"
      case 18: "it is self-signed"
      case 19: "its chain ends in a self-signed certificate that is not trusted here"
      case 2, 20, 21: "the authority that issued it is not trusted here"
      case 23: "it has been revoked"
      default: easy.reason(CURLE_PEER_FAILED_VERIFICATION)
      }
    return proxy == nil
      ? FetchError(.certificate, "the certificate of \(whose) was refused: \(reason)")
      : FetchError(.proxyCertificate, "the certificate of \(whose), was refused: \(reason)")
  }
}

extension EasyHandle {
  /// libcurl's reason, safe to show and at most one line.
  fileprivate func reason(_ code: CURLcode) -> String {
    let text = errorMessage.isEmpty ? String(cString: ccurl_easy_strerror(code)) : errorMessage
    let line = text.split(separator: "\n").first.map(String.init) ?? text
    return lowercasedFirst(String(quoted(line).dropFirst().dropLast()))
  }

  /// How much of the body has come, as it travelled: `120 of 500 bytes`, `120 bytes`.
  fileprivate func bytesInWords(_ transfer: Transfer) -> String {
    let announced = offsetInfo(CURLINFO_CONTENT_LENGTH_DOWNLOAD_T)
    // libcurl's number lags behind while chunks come; it is needed only where what travels is something else.
    let isPacked = transfer.head.first("content-encoding") != nil
    let received = isPacked ? offsetInfo(CURLINFO_SIZE_DOWNLOAD_T) : Int64(transfer.bodyCount)
    return announced > 0 ? "\(received) of \(announced) bytes" : "\(received) bytes"
  }
}
