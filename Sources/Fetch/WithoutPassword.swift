extension String {
  /// An address as people may see it: with dots in place of a password. Errors reach logs, pages and strangers.
  public var withoutPassword: String {
    // However many slashes there are: libcurl takes up to three.
    let scheme = prefix { $0 != ":" }.lowercased()
    let rest = ["http", "https"].contains(scheme) ? dropFirst(scheme.count + 1) : self[...]
    let authority = rest.drop { $0 == "/" }.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
      return self
    }
    return self[...colon] + "…" + self[at...]
  }
}
