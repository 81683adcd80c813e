extension FetchRequest {
  /// The address as a transfer would call it: percent-encoded and without dot segments (RFC 3986, section 5.2.4).
  ///
  /// - Throws: what a transfer of this request would fail with before it has left.
  public func addressToCall() throws(FetchError) -> String {
    if let refusal = refusal() { throw refusal }
    return try WebAddress(url).text
  }
}
