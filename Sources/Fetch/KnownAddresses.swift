/// Addresses that were called last, read: libcurl's parser takes as long for one as all else that is done to begin a call.
struct KnownAddresses {
  /// When there are so many, they are forgotten.
  private static let limit = 256
  /// A longer one is read each time, in UTF-8; so is one with other letters than ASCII, of which two may count as the same
  /// text.
  private static let lengthLimit = 1_024

  private var known: [String: WebAddress] = [:]

  /// Reads an address as a person wrote it.
  ///
  /// - Throws: ``FetchError/Kind/badURL`` or ``FetchError/Kind/unsupportedScheme``.
  mutating func address(_ text: String) throws(FetchError) -> WebAddress {
    guard text.utf8.count <= Self.lengthLimit, text.isASCII else { return try WebAddress(text) }
    if let address = known[text] { return address }
    let address = try WebAddress(text)
    if known.count >= Self.limit { known.removeAll(keepingCapacity: true) }
    known[text] = address
    return address
  }
}
