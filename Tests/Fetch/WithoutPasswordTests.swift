import Fetch
import Testing

struct WithoutPasswordTests {
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
