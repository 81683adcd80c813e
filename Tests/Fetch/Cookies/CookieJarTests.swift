import Testing

@testable import Fetch

struct CookieJarTests {
  private static let now = 1_000_000

  /// What a jar that took a field from one address sends to another.
  private func sent(_ field: String, from: String, to: String, after seconds: Int = 0) -> String? {
    var jar = CookieJar()
    jar.take([field], from: from, now: Self.now)
    return jar.header(for: to, now: Self.now + seconds)
  }

  @Test(arguments: [
    ("a=b", "http://h.com/", "http://h.com/x", true), ("a=b", "http://h.com/", "http://H.COM:81/", true),
    ("a=b", "http://h.com/", "http://x.h.com/", false), ("a=b", "http://h.com/", "http://g.com/", false),
    ("a=b; Domain=h.com", "http://x.h.com/", "http://h.com/", true),
    ("a=b; domain=.H.com", "http://h.com/", "http://x.y.h.com/", true),
    ("a=b; Domain=h.com", "http://h.com/", "http://xh.com/", false),
    ("a=b; Domain=g.com", "http://h.com/", "http://g.com/", false),
    ("a=b; Domain=x.h.com", "http://h.com/", "http://x.h.com/", false),
    ("a=b; Domain=com", "http://h.com/", "http://h.com/", false),
    ("a=b; Domain=com", "http://h.com/", "http://g.com/", false),
    ("a=b; Domain=", "http://h.com/", "http://x.h.com/", false),
    ("a=b; Domain=localhost", "http://localhost/", "http://localhost/", true),
    ("a=b; Domain=localhost", "http://localhost/", "http://x.localhost/", false),
    ("a=b; Domain=10.0.0.1", "http://10.0.0.1/", "http://10.0.0.1/", true),
    ("a=b; Domain=0.0.1", "http://10.0.0.1/", "http://10.0.0.1/", false),
  ])
  func aCookieGoesToTheHostsThatItIsFor(field: String, from: String, to: String, goes: Bool) {
    #expect((sent(field, from: from, to: to) != nil) == goes)
  }

  @Test(arguments: [
    ("a=b", "/x/y", "/x", true), ("a=b", "/x/y", "/x/z", true), ("a=b", "/x/y", "/", false),
    ("a=b", "/x/y", "/xz", false), ("a=b", "/x", "/", true), ("a=b", "", "/z?q", true),
    ("a=b; Path=/x", "/y", "/x/z", true), ("a=b; Path=/x", "/y", "/xz", false),
    ("a=b; Path=/x/", "/y", "/x", false), ("a=b; Path=/x/", "/y", "/x/z", true),
    ("a=b; Path=x", "/y/z", "/y", true), ("a=b; Path", "/y/z", "/y?a#b", true),
    ("a=b; Path=/x; Path=/", "/y", "/", true),
  ])
  func aCookieGoesToThePathsThatItIsFor(field: String, from: String, to: String, goes: Bool) {
    #expect((sent(field, from: "http://h.com\(from)", to: "http://h.com\(to)") != nil) == goes)
  }

  @Test(arguments: [
    ("a=b", 10_000_000, true), ("a=b; Max-Age=10", 9, true), ("a=b; Max-Age=10", 10, false),
    ("a=b; Max-Age=0", 0, false), ("a=b; Max-Age=-5", 0, false), ("a=b; Max-Age=x", 99, true),
    ("a=b; Expires=Mon, 12 Jan 1970 13:46:50 GMT", 9, true),
    ("a=b; Expires=Mon, 12 Jan 1970 13:46:50 GMT", 10, false),
    ("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT", 0, false), ("a=b; Expires=never", 99, true),
    ("a=b; Expires=Thu, 01 Jan 1970 00:00:00 GMT; Max-Age=10", 9, true),
    ("a=b; Max-Age=99999999999999999999999", 400 * 86_400 - 1, true),
    ("a=b; Max-Age=99999999999999999999999", 400 * 86_400, false),
    ("a=b; Expires=Fri, 01 Jan 2100 00:00:00 GMT", 400 * 86_400, false),
  ])
  func aCookieLastsAsLongAsItSays(field: String, seconds: Int, goes: Bool) {
    #expect((sent(field, from: "http://h.com/", to: "http://h.com/", after: seconds) != nil) == goes)
  }

  @Test(arguments: [
    ("a=b; Secure", "https://h.com/", "https://h.com/", true),
    ("a=b; Secure", "https://h.com/", "http://h.com/", false),
    ("a=b; Secure", "http://h.com/", "https://h.com/", false),
    ("a=b; Secure", "http://127.0.0.1/", "http://127.0.0.1:8080/", true),
    ("__Secure-a=b", "https://h.com/", "https://h.com/", false),
    ("__Secure-a=b; Secure", "https://h.com/", "https://h.com/", true),
    ("__Host-a=b; Secure; Path=/", "https://h.com/", "https://h.com/", true),
    ("__host-a=b; Path=/", "https://h.com/", "https://h.com/", false),
    ("__Host-a=b; Secure; Path=/x", "https://h.com/", "https://h.com/x", false),
    ("__Host-a=b; Secure; Path=/; Domain=h.com", "https://h.com/", "https://h.com/", false),
  ])
  func secureCookiesStaySecure(field: String, from: String, to: String, goes: Bool) {
    #expect((sent(field, from: from, to: to) != nil) == goes)
  }

  @Test(arguments: [
    ("a=b", "a=b"), (" a = b c ; x", "a=b c"), ("a=\"b\"", "a=\"b\""), ("a=b=c", "a=b=c"), ("a=", "a="),
    ("=b", nil), ("b", nil), ("", nil), ("a=b\u{1}", nil), ("a\u{7F}=b", nil),
    ("a=" + String(repeating: "b", count: 4_096), nil), ("a=b; x=\u{9}y", "a=b"),
  ])
  func whatIsNoCookieIsIgnored(field: String, header: String?) {
    #expect(sent(field, from: "http://h.com/", to: "http://h.com/") == header)
  }

  @Test func longerPathsComeFirstThenOlderCookies() {
    var jar = CookieJar()
    jar.take(["a=1; Path=/", "b=2; Path=/x", "c=3; Path=/"], from: "http://h.com/x/y", now: Self.now)
    // One that takes another's place keeps its age.
    jar.take(["a=4; Path=/"], from: "http://h.com/", now: Self.now)
    #expect(jar.header(for: "http://h.com/x", now: Self.now) == "b=2; a=4; c=3")
    #expect(jar.cookies(now: Self.now).map(\.name) == ["a", "b", "c"])
    jar.take(["c=; Path=/; Max-Age=0"], from: "http://h.com/", now: Self.now)
    #expect(jar.header(for: "http://h.com/", now: Self.now) == "a=4")
    jar.removeAll()
    #expect(jar.header(for: "http://h.com/x", now: Self.now) == nil)
    #expect(jar.size == 0)
  }

  @Test func ofOneHostTheLongestUnusedGoes() {
    var jar = CookieJar()
    for number in 0..<CookieJar.hostLimit {
      jar.take(["c\(number)=1; Path=/\(number)"], from: "http://h.com/", now: Self.now)
    }
    jar.take(["other=1"], from: "http://g.com/", now: Self.now)
    _ = jar.header(for: "http://h.com/0", now: Self.now)
    jar.take(["new=1"], from: "http://h.com/", now: Self.now)
    let names = jar.cookies(now: Self.now).map(\.name)
    #expect(names.count == CookieJar.hostLimit + 1)
    #expect(names.contains("c0") && names.contains("other") && names.contains("new"))
    #expect(!names.contains("c1"))
  }

  @Test func whatHasExpiredGoesBeforeWhatHasNot() {
    var jar = CookieJar()
    for number in 0..<CookieJar.hostLimit {
      jar.take(["c\(number)=1\(number == 30 ? "; Max-Age=1" : "")"], from: "http://h.com/", now: Self.now)
    }
    jar.take(["new=1"], from: "http://h.com/", now: Self.now + 2)
    let names = jar.cookies(now: Self.now + 2).map(\.name)
    #expect(names.count == CookieJar.hostLimit)
    #expect(!names.contains("c30") && names.contains("c0"))
  }

  @Test func allTogetherAreBounded() {
    var jar = CookieJar()
    for number in 0..<(CookieJar.countLimit + 10) {
      jar.take(["a=1"], from: "http://h\(number).com/", now: Self.now)
    }
    #expect(jar.cookies(now: Self.now).count == CookieJar.countLimit)
    let long = String(repeating: "x", count: 4_000)
    for number in 0..<1_200 { jar.take(["a=\(long)"], from: "http://h\(number).com/", now: Self.now) }
    #expect(jar.size <= CookieJar.byteLimit)
    #expect(jar.size == jar.cookies(now: Self.now).reduce(0) { $0 + $1.size })
    #expect(jar.header(for: "http://h1199.com/", now: Self.now) == "a=\(long)")
  }

  @Test func ofOneAnswerABoundedNumberIsTaken() {
    var jar = CookieJar()
    jar.take((0..<200).map { "a=1; Path=/\($0)" }, from: "http://h.com/", now: Self.now)
    jar.take((0..<200).map { _ in "junk" } + ["late=1"], from: "http://g.com/", now: Self.now)
    #expect(jar.cookies(now: Self.now).count == CookieJar.hostLimit)
    #expect(jar.header(for: "http://g.com/", now: Self.now) == nil)
  }
}
