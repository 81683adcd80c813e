extension String {
  /// What comes behind the first `://` of an address; nil where there is none.
  public var endOfScheme: String.Index? {
    let bytes = utf8.span
    for place in bytes.indices.dropLast(2)
    where bytes[place] == UInt8(ascii: ":") && bytes[place + 1] == UInt8(ascii: "/")
      && bytes[place + 2] == UInt8(ascii: "/")
    {
      return utf8.index(utf8.startIndex, offsetBy: place + 3)
    }
    return nil
  }

  /// An address as people may see it: with dots in place of a password. Errors reach logs, pages and strangers.
  public var withoutPassword: String {
    if !mentionsAnyone { return self }
    // However many slashes there are: libcurl takes up to three.
    let scheme = prefix { $0 != ":" }.lowercased()
    let rest = ["http", "https"].contains(scheme) ? dropFirst(scheme.count + 1) : self[...]
    let authority = rest.drop { $0 == "/" }.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    guard let at = authority.lastIndex(of: "@"), let colon = authority[..<at].firstIndex(of: ":") else {
      return self
    }
    return self[...colon] + "…" + self[at...]
  }

  var isASCII: Bool {
    let bytes = utf8.span
    for place in bytes.indices where bytes[place] >= 0x80 { return false }
    return true
  }

  /// Whether it has an `@`; most addresses have none.
  private var mentionsAnyone: Bool {
    let bytes = utf8.span
    for place in bytes.indices where bytes[place] == UInt8(ascii: "@") { return true }
    return false
  }
}
