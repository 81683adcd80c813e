import NIOCore
import NIOEmbedded
import Testing

@testable import Web

@Suite struct AcceptPauseTests {
  @Test("An error of accept does not close the listener, and the error ends there")
  func staysOpen() throws {
    let channel = EmbeddedChannel()
    try channel.pipeline.syncOperations.addHandler(AcceptPause())
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    for _ in 0..<3 { channel.pipeline.fireErrorCaught(IOError(errnoCode: 24, reason: "accept")) }
    try channel.throwIfErrorCaught()
    channel.embeddedEventLoop.advanceTime(by: .seconds(1))
    #expect(channel.isActive)
    _ = try? channel.finish()
  }
}
