import Testing

@testable import Fetch

struct CookieDateTests {
  @Test(arguments: [
    ("Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777), ("Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
    ("Sun Nov  6 08:49:37 1994", 784_111_777), ("8:49:37 6 november 94", 784_111_777),
    ("Thu, 01 Jan 1970 00:00:00 GMT", 0), ("29 Feb 2024 0:0:0", 1_709_164_800),
    ("31 Dec 69 23:59:59", 3_155_759_999), ("1 Jan 70 0:0:0", 0), ("1 Jan 1601 00:00:00", -11_644_473_600),
  ])
  func datesInTheirManyWritings(text: String, seconds: Int) {
    #expect(CookieDate.seconds(of: text) == seconds)
  }

  @Test(arguments: [
    "", "Session", "06 Nov 1994", "08:49:37", "32 Jan 2024 0:0:0", "30 Feb 2024 0:0:0", "29 Feb 2023 0:0:0",
    "31 Apr 2024 0:0:0", "1 Jan 2024 24:00:00", "1 Jan 2024 0:60:0", "1 Jan 2024 0:0:60", "1 Jan 1600 0:0:0",
    "1 Jxn 2024 0:0:0", "1 Jan 2024 0:0", "123 Jan 2024 0:0:0", "1 Jan 20245 0:0:0", "1 Jan 2024 000:0:0",
  ])
  func whatIsNoDate(text: String) {
    #expect(CookieDate.seconds(of: text) == nil)
  }

  @Test func aServerMayAskToWait() {
    func wait(_ value: String?) -> Int? {
      FetchResponse(
        status: 503, reason: "", headers: value.map { [("Retry-After", $0)] } ?? [], body: [], url: "",
        elapsed: .zero
      ).retryAfter(now: 784_111_700)
    }
    #expect(wait("120") == 120)
    #expect(wait("Sun, 06 Nov 1994 08:49:37 GMT") == 77)
    #expect(wait("Sun, 06 Nov 1993 08:49:37 GMT") == 0)
    #expect(wait("99999999999999999999") == .max)
    for text in [nil, "", "-1", "soon", "1.5"] { #expect(wait(text) == nil) }
  }
}
