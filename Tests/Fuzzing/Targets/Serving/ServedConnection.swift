import NIOCore
import NIOEmbedded
import Web

/// A server's side of one connection, without a socket and with time of its own.
final class ServedConnection {
  let responder: FuzzResponder
  private let loop = EmbeddedEventLoop()
  private let channel: EmbeddedChannel
  private let server: HTTPServer
  private var written: [UInt8] = []

  private static var limits: ServerLimits {
    var limits = ServerLimits()
    limits.maxBodyBytes = 500
    limits.maxStreamedBodyBytes = 1_000
    limits.maxHeaderBytes = 1_000
    limits.maxHeaderCount = 10
    limits.maxTargetBytes = 200
    limits.maxMessageBytes = 300
    limits.maxPipelinedBytes = 2_000
    return limits
  }

  init() {
    channel = EmbeddedChannel(loop: loop)
    responder = FuzzResponder(loop)
    server = HTTPServer(eventLoop: loop, limits: Self.limits, responder: responder)
    responder.server = server
    do {
      try server.adopt(channel)
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    } catch {
      fatalError("there is no connection: \(error)")
    }
  }

  /// Sends bytes in pieces, then waits, goes, and looks at all that came back.
  ///
  /// - Parameter cuts: the lengths of the pieces, over and over; without any there is one. The highest bit means that the
  ///   client stops to take what comes, or takes it again.
  func run(_ bytes: [UInt8], cuts: [UInt8]) {
    var rest = bytes[...]
    var turn = 0
    while !rest.isEmpty, channel.isActive {
      var size = rest.count
      if !cuts.isEmpty {
        let cut = cuts[turn % cuts.count]
        if cut >= 128 { setWritable(!channel.isWritable) }
        size = max(Int(cut & 0x7F), 1)
      }
      send(Array(rest.prefix(size)))
      rest = rest.dropFirst(size)
      turn += 1
    }
    setWritable(true)
    let mayStay = responder.isWaiting
    // Longer than each of the limits of time.
    for _ in 0..<20 where channel.isActive { pass(.seconds(30)) }
    promise(
      !channel.isActive || mayStay || responder.isWaiting, "a connection stays though nothing is done on it")
    _ = try? channel.finish(acceptAlreadyClosed: true)
    loop.advanceTime(by: .seconds(1))
    collect()
    check()
  }

  func send(_ bytes: [UInt8]) {
    _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
    pass(.milliseconds(2))
    // Of a WebSocket a message that has come in part is held, and a frame of it with its head.
    let most = max(Self.limits.maxBodyBytes, 2 * Self.limits.maxMessageBytes + 14) + bytes.count
    promise(server.heldBodyBytes <= most, "\(server.heldBodyBytes) bytes are held")
  }

  private func pass(_ time: TimeAmount) {
    loop.advanceTime(by: time)
    collect()
  }

  private func setWritable(_ isWritable: Bool) {
    if channel.isWritable == isWritable || !channel.isActive { return }
    channel.isWritable = isWritable
    channel.pipeline.fireChannelWritabilityChanged()
    pass(.milliseconds(2))
  }

  private func collect() {
    while let buffer = try? channel.readOutbound(as: ByteBuffer.self) { written += buffer.readableBytesView }
  }

  // MARK: The promises

  private func check() {
    var reader = AnswerReader(written)
    for (number, request) in responder.asked.enumerated() {
      guard request.wasAnswered else {
        promise(number == responder.asked.count - 1, "another request is taken before one is answered")
        return promise(reader.isAtEnd, "a request that nobody has answered is answered")
      }
      let answer = reader.next(toHead: request.isHead)
      promise(answer != nil, "the answer to request \(number) is missing")
      promise(
        answer?.status == request.status || request.status == nil,
        "request \(number) is answered with \(answer?.status ?? 0)")
      promise(answer?.isWhole == true || request.mayBeCut, "the answer to request \(number) is not whole")
      if answer?.status == 101 {
        promise(number == responder.asked.count - 1, "a request is taken from a WebSocket")
        FrameReader.check(reader.rest, echoes: responder.echoes)
        return checkEnd()
      }
      if answer?.isLast == true || answer?.isWhole == false {
        promise(number == responder.asked.count - 1, "a request is taken behind the last answer")
        promise(reader.isAtEnd, "more comes behind the last answer")
      }
    }
    if server.refusedCount > 0 {
      promise(server.refusedCount == 1, "a connection is refused \(server.refusedCount) times")
      let refusal = reader.next(toHead: nil)
      promise(refusal?.isLast == true, "a refusal does not close the connection")
      promise((refusal?.status ?? 0) >= 400, "a refusal has the status \(refusal?.status ?? 0)")
    }
    promise(reader.isAtEnd, "more comes than was asked for")
    checkEnd()
  }

  private func checkEnd() {
    promise(server.connectionCount == 0, "\(server.connectionCount) connections are left")
    promise(server.requestsInFlight == 0, "\(server.requestsInFlight) requests are under way")
    promise(server.heldBodyBytes == 0, "\(server.heldBodyBytes) bytes of bodies are held")
    promise(server.heldAnswerBytes == 0, "\(server.heldAnswerBytes) bytes of answers are held")
  }
}
