extension FetchResponse {
  /// How many seconds the server asks to wait before the next request (RFC 9110, section 10.2.3); `nil` where it does
  /// not, or not so that it can be read. A date that has passed is 0.
  ///
  /// - Parameter now: seconds since 1970.
  public func retryAfter(now: Int) -> Int? {
    guard let text = headers.first(where: { $0.name.lowercased() == "retry-after" })?.value else {
      return nil
    }
    if !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) { return Int(text) ?? .max }
    return CookieDate.seconds(of: text).map { max(0, $0 - now) }
  }
}
