import NIOCore
import Testing

@testable import Web

/// How the bytes of a connection are cut for the decoder.
@Suite struct ConnectionInputTests {
  private func input(_ text: String) -> ConnectionInput {
    var input = ConnectionInput(limits: ServerLimits())
    input.hold(ByteBuffer(string: text))
    return input
  }

  private func next(_ input: inout ConnectionInput) -> String {
    switch input.next() {
    case .nothing: "nothing"
    case .bytes(let bytes): String(buffer: bytes)
    case .malformed(let problem): "\(problem)"
    }
  }

  private func headHasCome(_ input: inout ConnectionInput, _ body: ConnectionInput.BodyFraming) -> Bool {
    input.headHasCome(body: body)
  }

  private func endHasCome(_ input: inout ConnectionInput) -> Bool { input.endHasCome() }

  private static let head = "POST / HTTP/1.1\r\nHost: a\r\n\r\n"

  @Test("The decoder gets a head, then its body, and the next head only after the end")
  func cuts() {
    var input = input(Self.head + "hello" + Self.head + "wor")
    #expect(next(&input) == Self.head)
    #expect(headHasCome(&input, .length(5)))
    #expect(next(&input) == "hello")
    #expect(endHasCome(&input))
    #expect(next(&input) == Self.head)
    #expect(headHasCome(&input, .length(5)))
    #expect(next(&input) == "wor")
    #expect(next(&input) == "nothing")
    #expect(!endHasCome(&input))
    input.hold(ByteBuffer(string: "ld\r\n"))
    #expect(next(&input) == "ld")
    #expect(endHasCome(&input))
    #expect(next(&input) == "nothing")
    #expect(!input.isWithinHead)
    #expect(input.isExhausted)
  }

  @Test("Half a head is kept until it is whole")
  func halfHead() {
    var input = input("POST / HT")
    #expect(next(&input) == "nothing")
    #expect(input.isWithinHead)
    #expect(input.isExhausted)
    input.hold(ByteBuffer(string: "TP/1.1\r\nHost: a\r\n\r\nx"))
    #expect(next(&input) == Self.head)
  }

  @Test("A decoder that finds another end of a request is not believed")
  func disagreement() {
    var input = input(Self.head + "12345" + Self.head)
    #expect(!endHasCome(&input))
    #expect(!headHasCome(&input, .chunked))
    #expect(next(&input) == Self.head)
    // It has not told of the head that it was given.
    #expect(next(&input) == "endsDiffer")
    #expect(!endHasCome(&input))
    #expect(headHasCome(&input, .length(5)))
    // It has told of the end before it was given the body.
    #expect(!endHasCome(&input))
    #expect(next(&input) == "12345")
    // It has not told of the end.
    #expect(next(&input) == "endsDiffer")
  }

  @Test("Who disagrees is answered 400, and the connection ends")
  func disagreementPage() {
    let response = StandardPages.refusal(of: .endsDiffer, limits: ServerLimits())
    #expect(response.status == .badRequest)
    #expect(String(buffer: response.body) == "Bad request: where the request ends is not clear.\n")
  }
}
