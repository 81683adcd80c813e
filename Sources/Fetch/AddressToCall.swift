extension FetchRequest {
  /// The address as a transfer would call it: percent-encoded and without dot segments (RFC 3986, section 5.2.4).
  ///
  /// - Parameter sendsPieces: whether the body comes in pieces besides.
  /// - Throws: what a transfer of this request would fail with before it has left.
  public func addressToCall(sendsPieces: Bool = false) throws(FetchError) -> String {
    if let refusal = refusal(sendsPieces: sendsPieces) { throw refusal }
    return try WebAddress(url).text
  }
}
