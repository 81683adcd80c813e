import Foundation
import TestSupport
import Testing

@testable import Console
@testable import KernelCore

/// The log of requests, in both of its formats.
struct RequestLineTests {
  private func request(method: String = "GET", _ target: String, cell: Int? = 3) -> ServedRequest {
    ServedRequest(
      method: method, target: target, status: 200, nanoseconds: 1_234_000, bytes: 12,
      remote: "127.0.0.1", cell: cell)
  }

  private let time = LogClock().text(Date(timeIntervalSince1970: 1_790_000_000.25))

  @Test func momentsAreInUTCWithMilliseconds() {
    let clock = LogClock()
    func text(_ seconds: Double) -> String { clock.text(Date(timeIntervalSince1970: seconds)) }
    #expect(text(0) == "1970-01-01T00:00:00.000Z")
    #expect(text(0.009) == "1970-01-01T00:00:00.009Z")
    #expect(text(0.0996) == "1970-01-01T00:00:00.100Z")
    #expect(text(59.9996) == "1970-01-01T00:01:00.000Z")
    #expect(text(-0.25) == "1969-12-31T23:59:59.750Z")
    for seconds in stride(from: 1_790_000_000.123, to: 1_790_000_100, by: 0.377) {
      let date = Date(timeIntervalSince1970: (seconds * 1_000).rounded() / 1_000 + 0.0000005)
      #expect(clock.text(date) == date.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true)))
    }
  }

  @Test func aRequestIsALineOfLogfmt() {
    #expect(
      RequestLine(request("/greet/you"), time: time).logfmt
        == "time=2026-09-21T14:13:20.250Z method=GET path=/greet/you status=200 ms=1.23 bytes=12 remote=127.0.0.1 cell=3"
    )
    #expect(
      RequestLine(request("/", cell: nil)).logfmt
        == "method=GET path=/ status=200 ms=1.23 bytes=12 remote=127.0.0.1")
  }

  /// By bytes as by the description of the number.
  @Test(arguments: [0, 4, 5, 9, 10, 99, 100, 101, 150, 1_005, 12_345, 99_999, 100_000, 6_000_000])
  func timesAreWrittenAsTheNumbersThatTheyAre(hundredths: Int) throws {
    let request = ServedRequest(
      method: "GET", target: "/", status: 204, nanoseconds: hundredths * 10_000, bytes: 0,
      remote: "local",
      cell: nil)
    let line = RequestLine(request)
    #expect(line.logfmt.contains(" ms=\(Double(hundredths) / 100) bytes=0 remote=local"))
    var bytes: [UInt8] = []
    LogText.append(-hundredths, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == "\(-hundredths)")
  }

  @Test func aRequestIsAnObjectWithTheSameKeysAndNumbersAsNumbers() throws {
    let text = RequestLine(request("/a?b=\"c\""), time: time).json
    let object = try #require(try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
    #expect(object["time"] as? String == "2026-09-21T14:13:20.250Z")
    #expect(object["method"] as? String == "GET")
    #expect(object["path"] as? String == "/a?b=\"c\"")
    #expect(object["status"] as? Int == 200 && object["bytes"] as? Int == 12 && object["cell"] as? Int == 3)
    #expect(object["ms"] as? Double == 1.23)
    #expect(object["remote"] as? String == "127.0.0.1")
    #expect(object.count == 8)
    #expect(text.contains("\"status\":200"))
  }

  @Test(arguments: [
    ("/a", "/a"), ("/a?b=c", #""/a?b=c""#), ("", #""""#), ("a b", #""a b""#), (#"a"b\c"#, #""a\"b\\c""#),
    ("a\nb\tc\u{1B}[31m", #""a\nb\tc\u001b[31m""#), ("\u{7F}\u{9B}2J", #""\u007f\u009b2J""#),
    ("\u{202E}abc\u{2028}", #""\u202eabc\u2028""#), ("\u{E0001}", #""\udb40\udc01""#), ("grüße", "\"grüße\""),
    ("it's", "\"it's\""),
  ])
  func aValueThatIsNoWordStandsInQuotes(_ value: String, _ written: String) {
    var bytes: [UInt8] = []
    LogText.append(value: value, to: &bytes)
    #expect(String(decoding: bytes, as: UTF8.self) == written)
  }

  /// A reader of logfmt as the format's own library has it: words, or JSON strings.
  private func parsed(_ line: String) throws -> [String: String] {
    var fields: [String: String] = [:]
    var rest = line[...]
    while let equals = rest.firstIndex(of: "=") {
      let key = String(rest[..<equals].drop { $0 == " " })
      rest = rest[rest.index(after: equals)...]
      var end = rest.startIndex
      if rest.first == "\"" {
        end = rest.index(after: end)
        while rest[end] != "\"" { end = rest.index(end, offsetBy: rest[end] == "\\" ? 2 : 1) }
        end = rest.index(after: end)
        fields[key] = try JSONDecoder().decode(String.self, from: Data(rest[..<end].utf8))
      } else {
        end = rest.firstIndex(of: " ") ?? rest.endIndex
        fields[key] = String(rest[..<end])
      }
      rest = rest[end...]
    }
    return fields
  }

  @Test(arguments: 0..<500)
  func whateverAStrangerSendsStaysInItsValue(_ seed: Int) throws {
    var random = SeededGenerator(seed: UInt64(seed))
    let scalars: [Unicode.Scalar] = [
      "a", "/", " ", "=", "\"", "\\", "\n", "\r", "\t", "\0", "\u{1B}", "\u{7F}", "\u{85}", "\u{9B}",
      "\u{2028}",
      "\u{202E}", "\u{FEFF}", "\u{E0041}", "ü", "🎈", "'", "{", "}", "u", "%",
    ]
    func text() -> String {
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...12, using: &random) {
        text.append(scalars[Int.random(in: 0..<scalars.count, using: &random)])
      }
      return String(text)
    }
    let (method, target) = (text(), text())
    let line = RequestLine(request(method: method, target), time: time)
    let fields = try parsed(line.logfmt)
    #expect(fields["method"].map { isSame($0, method) } == true)
    #expect(fields["path"].map { isSame($0, target) } == true)
    #expect(fields["cell"] == "3" && fields.count == 8)
    let object = try JSONSerialization.jsonObject(with: Data(line.json.utf8)) as? [String: Any]
    #expect((object?["path"] as? String).map { isSame($0, target) } == true)
    for written in [line.logfmt, line.json] {
      #expect(!written.unicodeScalars.contains { Sanitizer.isControl($0.value) })
    }
  }

  @Test func whatACellPrintsIsOneObjectHoweverManyLinesItHas() throws {
    let message = try #require(ServerLog.Message(.output(cell: 3, text: "one\ntwo\u{1B}[2J"), time: time))
    #expect(
      message.json
        == #"{"cell":3,"level":"info","message":"one\ntwo\u001b[2J","time":"2026-09-21T14:13:20.250Z"}"#)
    #expect(ServerLog.Message(.cellStarted(1), time: time) == nil)
    let opening = try #require(ServerLog.Message(.open(url: "http://127.0.0.1:1/"), time: time))
    #expect(opening.json.contains(#""message":"open http://127.0.0.1:1/""#))
  }
}
