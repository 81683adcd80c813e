import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import Web

/// HTTP/1.1 as RFC 9110 and RFC 9112 have it, over real sockets; the cases stand in the files beside this one.
@Suite struct ConformanceTests {
  /// All cases, by subject.
  static let cases: [ConformanceCase] =
    Self.requestLines + Self.methods + Self.targets + Self.hosts + Self.fields + Self.bodyLengths
    + Self.transferCodings + Self.connections + Self.expectations + Self.upgrades + Self.responses
    + Self.conditions + Self.limits

  @Test("Each case is answered as its section says", arguments: Self.cases)
  func conforms(_ subject: ConformanceCase) throws {
    let server = try RunningServer(limits: ConformanceServer.limits) { ConformanceServer.respond(to: $0) }
    let client = try server.client()
    try client.send(subject.bytes)
    for expected in subject.answers {
      check(
        try client.readResponse(toHead: expected.isToHead, takesInterim: expected.status < 200), expected)
    }
    if subject.stays {
      try client.send("GET /still/here HTTP/1.1\r\nHost: a\r\n\r\n")
      let response = try client.readResponse()
      #expect(response.status == 200)
      #expect(response.text == "GET /still/here ", "the connection is out of step")
    } else {
      #expect(try client.isClosedByPeer(), "more came, or the connection stayed")
    }
    #expect(try server.run { $0.heldBodyBytes } == 0)
  }

  private func check(_ response: RawHTTPClient.Response, _ expected: ConformanceCase.Answer) {
    #expect(response.status == expected.status)
    if let body = expected.body { #expect(response.text == body) }
    if let saying = expected.saying { #expect(response.text.contains(saying), "\(response.text)") }
    for (name, value) in expected.fields { #expect(response[name] == value, "\(name)") }
    for name in expected.absent { #expect(response[name] == nil, "\(name)") }
  }

  @Test("Each case is answered the same when its bytes come one by one, or in two pieces cut anywhere")
  func cuts() throws {
    for subject in Self.cases where subject.bytes.count < 1_500 {
      let whole = try answer(to: [subject.bytes[...]])
      #expect(
        try answer(to: subject.bytes.indices.map { subject.bytes[$0...$0] }) == whole, "\(subject.name)")
      for cut in subject.bytes.indices.dropFirst() {
        let pieces = [subject.bytes[..<cut], subject.bytes[cut...]]
        #expect(try answer(to: pieces) == whole, "\(subject.name), cut at \(cut)")
      }
    }
  }

  @Test("However a request is damaged, the two that read it agree on where it ends")
  func damage() throws {
    var random = SeededGenerator(seed: 9_112)
    let marks = Array(" \t\r\n:;,0aG#\u{0}/".utf8) + [0x80]
    for subject in Self.cases where subject.bytes.count < 1_500 && subject.bytes.count > 1 {
      for _ in 0..<30 {
        var bytes = subject.bytes
        for _ in 0..<Int.random(in: 1...3, using: &random) {
          let index = Int.random(in: 0..<bytes.count, using: &random)
          switch Int.random(in: 0..<3, using: &random) {
          case 0: bytes[index] = marks.randomElement(using: &random)!
          case 1: bytes.insert(marks.randomElement(using: &random)!, at: index)
          default: if bytes.count > 1 { bytes.remove(at: index) }
          }
        }
        let shown = String(decoding: bytes, as: UTF8.self)
        let whole = try answer(to: [bytes[...]])
        #expect(!whole.contains("where the request ends is not clear"), "\(shown)")
        #expect(try answer(to: bytes.indices.map { bytes[$0...$0] }) == whole, "\(shown)")
      }
    }
  }

  /// All that one connection without a socket is answered, without the dates, and whether it ends.
  private func answer(to pieces: [ArraySlice<UInt8>]) throws -> String {
    final class Echo: Responder {
      func respond(to exchange: Exchange) { ConformanceServer.respond(to: exchange) }
    }
    let loop = EmbeddedEventLoop()
    let channel = EmbeddedChannel(loop: loop)
    let server = HTTPServer(eventLoop: loop, limits: ConformanceServer.limits, responder: Echo())
    try server.adopt(channel)
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    for piece in pieces where channel.isActive { try channel.writeInbound(ByteBuffer(bytes: piece)) }
    var text = ""
    while let buffer = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: buffer) }
    // What lingers is closed after this, and what serves is not.
    loop.advanceTime(by: .seconds(3))
    text += channel.isActive ? "(stays)" : "(ends)"
    _ = try? channel.finish(acceptAlreadyClosed: true)
    return text.split(separator: "\r\n", omittingEmptySubsequences: false)
      .filter { !$0.hasPrefix("date: ") }.joined(separator: "\n")
  }

  @Test("The cases are many, each has a name of its own, and each names its section")
  func names() {
    #expect(Self.cases.count >= 150)
    #expect(Set(Self.cases.map(\.name)).count == Self.cases.count)
    for subject in Self.cases {
      #expect(
        subject.name.firstMatch(of: /^RFC (9110|9112|3986|6585) \d+(\.\d+)*: \S/) != nil, "\(subject.name)")
    }
  }
}
