extension String {
  /// An address as people may see it: with dots in place of a password. Errors reach logs, pages and strangers.
  public var withoutPassword: String {
    guard let start = firstRange(of: "//")?.upperBound else { return self }
    let authority = self[start...].prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
      return self
    }
    return self[...colon] + "…" + self[at...]
  }
}
