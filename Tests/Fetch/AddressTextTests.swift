import Fetch
import Testing

struct AddressTextTests {
  @Test(
    arguments: [
      ("http://host/a", "host/a"), ("://", ""), ("a://b://c", "b://c"), ("://\u{301}x", "\u{301}x"),
      ("é://x", "x"),
      ("", nil), ("/", nil), (":/", nil), ("http:/host", nil), ("a:b:/c//", nil),
    ] as [(String, String?)])
  func whatIsBehindTheSchemeIsFound(url: String, rest: String?) {
    // Where a letter goes on behind a slash, the two are one character.
    #expect(url.endOfScheme.map { Array(url.utf8[$0...]) } == rest.map { Array($0.utf8) })
  }

  @Test(arguments: [
    ("http://me:secret@host:80/a?b#c", "http://me:…@host:80/a?b#c"),
    ("HTTPS://me:@host", "HTTPS://me:…@host"),
    ("http:///me:secret@host", "http:///me:…@host"), ("http:me:secret@host", "http:me:…@host"),
    ("http:/me:secret@host", "http:/me:…@host"), ("//me:secret@host/x", "//me:…@host/x"),
    ("me:secret@host", "me:…@host"), ("http://me:a:b@c@host/", "http://me:…@host/"),
    ("http://me@host:80/", "http://me@host:80/"), ("http://host:80/a:b@c", "http://host:80/a:b@c"),
    ("http://host?a:b@c", "http://host?a:b@c"), ("/own/a:b@c", "/own/a:b@c"), ("", ""), ("http:", "http:"),
  ])
  func anAddressIsShownWithoutIt(url: String, shown: String) {
    #expect(url.withoutPassword == shown)
  }
}
