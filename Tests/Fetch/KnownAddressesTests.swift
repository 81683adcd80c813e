import Testing

@testable import Fetch

/// Addresses are read once, as long as they are called again.
struct KnownAddressesTests {
  @Test func anAddressIsWhatItIsHoweverOftenItIsRead() throws {
    var known = KnownAddresses()
    let texts = [
      "http://a/1", "http://a/2", "HTTP://A/1", "https://user:word@[::1]:8443/x?y z#w", "http://a",
    ]
    for _ in 0..<2 {
      for text in texts { #expect(try known.address(text) == WebAddress(text)) }
    }
  }

  /// Swift takes texts for equal that are not the same bytes, and a server does not.
  @Test func textsThatOnlyCountAsTheSameAreDifferentAddresses() throws {
    var known = KnownAddresses()
    for text in ["http://a/K", "http://a/\u{212A}", "http://a/\u{E9}", "http://a/e\u{301}"] {
      #expect(try known.address(text) == WebAddress(text))
    }
    #expect(try known.address("http://a/\u{E9}").text != known.address("http://a/e\u{301}").text)
  }

  @Test func whatIsNoAddressIsNoneTheNextTimeEither() throws {
    var known = KnownAddresses()
    for _ in 0..<2 {
      #expect(throws: FetchError.self) { try known.address("ftp://a/") }
      #expect(throws: FetchError.self) { try known.address("http://") }
    }
  }

  @Test func moreAddressesThanAreKeptAreReadToo() throws {
    var known = KnownAddresses()
    for number in 0..<1_000 { #expect(try known.address("http://a/\(number)").text == "http://a/\(number)") }
    let long = "http://a/" + String(repeating: "x", count: 5_000)
    for _ in 0..<2 { #expect(try known.address(long).text == long) }
  }
}
