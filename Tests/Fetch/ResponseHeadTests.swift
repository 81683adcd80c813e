import Testing

@testable import Fetch

struct ResponseHeadTests {
  private func head(_ lines: String...) -> ResponseHead {
    var head = ResponseHead()
    for line in lines { _ = Array((line + "\r\n").utf8).withUnsafeBufferPointer { head.take($0) } }
    return head
  }

  @Test func linesBecomeFields() {
    let head = head("HTTP/1.1 200 All is well", "A:1", "B: \t two words \t", "C:", "A: x:y", "")
    #expect(head.status == 200 && head.reason == "All is well" && head.isComplete)
    #expect(head.headers.map(\.name) == ["A", "B", "C", "A"])
    #expect(head.headers.map(\.value) == ["1", "two words", "", "x:y"])
    #expect(head.first("a") == "1")
  }

  @Test func aFoldedLineGoesOnWithItsValue() {
    #expect(head("HTTP/1.1 200 OK", "A: one", "  two", "").headers.map(\.value) == ["one two"])
    #expect(head("HTTP/1.1 200 OK", " stray", "").headers.isEmpty)
  }

  @Test func anInformationalResponseGivesWayAndTrailersAreLeftOut() {
    let head = head("HTTP/1.1 100 Continue", "A: 1", "", "HTTP/2 404 ", "B: 2", "", "Trailer: 3", "")
    #expect(head.status == 404 && head.reason.isEmpty)
    #expect(head.headers.map(\.name) == ["B"])
  }

  @Test(
    arguments: [
      ([], nil, false), (["12"], 12, false), (["\t 007 "], 7, false), (["5", "5"], 5, false),
      (["5, 5"], 5, false),
      (["9223372036854775807"], Int.max, false), (["9223372036854775808"], nil, true), ([""], nil, true),
      (["5,"], 5, true), ([","], nil, true), (["-1"], nil, true), (["+1"], nil, true), (["1 2"], nil, true),
      (["0x1"], nil, true), (["5", "6"], 5, true), (["5, 6"], 5, true), (["١"], nil, true),
    ] as [([String], Int?, Bool)])
  func theAnnouncedLengthIsOneNumberOrUnsound(values: [String], length: Int?, isUnsound: Bool) {
    var head = ResponseHead()
    let lines = ["HTTP/1.1 200 OK"] + values.map { "Content-Length: \($0)" } + [""]
    for line in lines { _ = Array((line + "\r\n").utf8).withUnsafeBufferPointer { head.take($0) } }
    #expect(head.hasUnsoundLength == isUnsound)
    #expect(head.contentLength == length)
    // What comes in its place announces nothing.
    _ = Array("HTTP/1.1 200 OK\r\n".utf8).withUnsafeBufferPointer { head.take($0) }
    #expect(head.contentLength == nil && !head.hasUnsoundLength)
  }

  @Test func aBodyInChunksHasNoAnnouncedLength() {
    let head = head("HTTP/1.1 200 OK", "Transfer-Encoding: chunked", "Content-Length: x", "")
    #expect(head.contentLength == nil && !head.hasUnsoundLength)
  }

  @Test func bytesThatAreNotUTF8AreLatin1() {
    var head = ResponseHead()
    _ = [UInt8]("HTTP/1.1 200 OK\r\n".utf8).withUnsafeBufferPointer { head.take($0) }
    _ = ([UInt8]("A: caf".utf8) + [0xE9, 13, 10]).withUnsafeBufferPointer { head.take($0) }
    #expect(head.headers.first?.value == "café")
  }

  @Test(arguments: [
    "", "HTTP/", "HTTP/1.1", "HTTP/1.1 ", "HTTP/1.1 99999999999999999999999", "no colon", ":",
  ])
  func oddLinesDoNoHarm(line: String) {
    let head = head(line, line)
    #expect(!head.isComplete)
  }
}

struct WebAddressTests {
  @Test(arguments: [
    ("http://Example.COM", "http://Example.COM/", "example.com:80"),
    ("HTTPS://a/../b?c#d", "https://a/b?c#d", "a:443"),
    ("http://[::1]:8080/x", "http://[::1]:8080/x", "[::1]:8080"),
    ("http://user:pass@h:1/", "http://user:pass@h:1/", "h:1"),
  ])
  func anAddressIsNormalised(written: String, text: String, authority: String) throws {
    let address = try WebAddress(written)
    #expect(address.text == text)
    #expect(address.authority == authority)
  }

  @Test(arguments: [
    ("localhost", true), ("LOCALHOST", true), ("a.localhost", true), ("127.0.0.1", true), ("127.1.2.3", true),
    ("127.1", true), ("2130706433", true), ("0.0.0.0", true), ("[::1]", true), ("[::ffff:127.0.0.1]", true),
    ("128.0.0.1", false), ("localhost.example.com", false), ("127.example.com", false), ("[::2]", false),
  ])
  func thisMachineIsKnownByAllItsNames(host: String, expected: Bool) throws {
    #expect(try WebAddress("http://\(host)/").isLoopback == expected)
  }

  @Test(arguments: [
    (Duration.seconds(2), "2 s"), (.milliseconds(1_500), "1.5 s"), (.milliseconds(250), "250 ms"),
    (.milliseconds(1_005), "1.005 s"), (.microseconds(100), "100 µs"),
    (.microseconds(1_500), "1.5 ms"), (.microseconds(999_900), "999.9 ms"), (.nanoseconds(400), "0.4 µs"),
    (.zero, "0 ms"),
  ])
  func durationsAreWrittenAsPeopleDo(duration: Duration, expected: String) {
    #expect(inWords(duration) == expected)
  }

  @Test func whatIsQuotedCannotReachTheTerminal() {
    #expect(quoted("a\u{1b}[2J\"\u{202e}") == "\"a\\u{1b}[2J\\\"\\u{202e}\"")
    #expect(quoted(String(repeating: "x", count: 300)).count == 203)
  }
}
