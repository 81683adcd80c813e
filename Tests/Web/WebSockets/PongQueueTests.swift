import NIOCore
import Testing

@testable import Web

/// RFC 6455, section 5.5.3: which pings are answered.
@Suite struct PongQueueTests {
  private static func data(_ number: Int) -> ByteBuffer { ByteBuffer(integer: number) }

  @Test("each ping is answered while the client takes the pongs")
  func each() {
    var queue = PongQueue()
    for number in 0..<100 {
      #expect(queue.answer(Self.data(number)) == Self.data(number))
      #expect(queue.taken() == nil)
    }
  }

  @Test("while as many wait as may, the last one counts, and comes as soon as there is room")
  func last() {
    var queue = PongQueue()
    for number in 0..<PongQueue.most { #expect(queue.answer(Self.data(number)) != nil) }
    for number in 100..<200 { #expect(queue.answer(Self.data(number)) == nil) }
    #expect(queue.taken() == Self.data(199))
    for _ in 0..<PongQueue.most { #expect(queue.taken() == nil) }
    #expect(queue.answer(Self.data(1)) != nil)
  }
}
