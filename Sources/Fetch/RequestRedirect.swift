extension FetchRequest {
  /// The host that is called, in lower case; `nil` where the address can't be read.
  public var host: String? { (try? WebAddress(url))?.host }

  /// The request to which an answer sends this one on; `nil` where it is no redirect (RFC 9110, section 15.4).
  ///
  /// For a caller that looks at each answer itself, as one that keeps cookies, and has set ``redirectLimit`` to 0.
  /// What goes to no other origin is left out, as when ``TransferPool`` follows by itself.
  ///
  /// - Throws: ``FetchError`` when the location cannot be read or is neither `http` nor `https`.
  public func following(_ response: FetchResponse) throws(FetchError) -> FetchRequest? {
    guard let location = Hop.location(status: response.status, response.headers) else { return nil }
    let hop = Hop(
      method: method, address: try WebAddress(response.url), headers: headers,
      confidentialHeaders: confidentialHeaders, body: body,
      unixSocketPath: unixSocketPath, skipsCertificateChecks: skipsCertificateChecks
    )
    let followed = try hop.following(status: response.status, location: location)
    var next = self
    next.method = followed.method
    next.url = followed.address.text
    next.headers = followed.headers
    next.body = followed.body
    next.unixSocketPath = followed.unixSocketPath
    next.skipsCertificateChecks = followed.skipsCertificateChecks
    return next
  }
}

extension FetchResponse {
  /// Where a redirect leads, as it is written; nil for what is none.
  public var location: String? { Hop.location(status: status, headers) }
}

extension FetchError {
  /// A call was redirected more often than it may be.
  ///
  /// - Parameter location: where the last answer led.
  public static func tooManyRedirects(from url: String, limit: Int, lastly location: String) -> FetchError {
    FetchError(
      .tooManyRedirects, "\(quoted(url)) redirected more than \(limit) times, at last to \(quoted(location))")
  }
}
