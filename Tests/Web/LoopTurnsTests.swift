import NIOCore
import NIOPosix
import Testing

@testable import Web

/// Turns between what would go on at once and the sockets of a loop.
final class LoopTurnsTests {
  private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
  private let loop: any EventLoop
  private let turns: NIOLoopBound<LoopTurns>

  /// What was called, in order; confined to the loop.
  private final class Log {
    var lines: [String] = []
    let done: EventLoopPromise<[String]>
    init(_ done: EventLoopPromise<[String]>) { self.done = done }
  }

  init() throws {
    let loop = group.next()
    self.loop = loop
    turns = try loop.submit { NIOLoopBound(LoopTurns(eventLoop: loop), eventLoop: loop) }.wait()
  }

  deinit { group.shutdownGracefully { _ in } }

  private func lines(_ work: @escaping @Sendable (LoopTurns, Log) -> Void) throws -> [String] {
    let (loop, turns) = (loop, turns)
    return try loop.flatSubmit {
      let log = Log(loop.makePromise())
      work(turns.value, log)
      log.lines.append("planned")
      return log.done.futureResult
    }.wait()
  }

  @Test func whatIsPlannedComesLaterInItsOrder() throws {
    let lines = try lines { turns, log in
      for number in 1...3 { turns.next { log.lines.append("\(number)") } }
      turns.next { log.done.succeed(log.lines) }
    }
    #expect(lines == ["planned", "1", "2", "3"])
  }

  @Test func whatPlansItselfAgainLeavesTheRestOfTheTurnToOthers() throws {
    let lines = try lines { turns, log in
      turns.next {
        log.lines.append("first")
        turns.next {
          log.lines.append("first again")
          log.done.succeed(log.lines)
        }
      }
      turns.next { log.lines.append("second") }
    }
    #expect(lines == ["planned", "first", "second", "first again"])
  }

  @Test func aTurnIsJoinedWhereOneIsPlannedAndNotWaitedForWhereNoneIs() throws {
    let lines = try lines { turns, log in
      turns.nowOrNext { log.lines.append("now") }
      turns.next { log.lines.append("next") }
      turns.nowOrNext {
        log.lines.append("joined")
        log.done.succeed(log.lines)
      }
    }
    #expect(lines == ["now", "planned", "next", "joined"])
  }

  /// Each of them alone would be due again whenever the others are through.
  @Test func socketsHaveTheirTurnBesideAnyNumberThatGoOnAtOnce() throws {
    let (loop, turns) = (loop, turns)
    let server = try ServerBootstrap(group: loop).bind(host: "127.0.0.1", port: 0).wait()
    let isOver = try loop.submit { NIOLoopBoundBox(false, eventLoop: loop) }.wait()
    let accepted = loop.makePromise(of: Void.self)
    try loop.submit {
      try server.pipeline.syncOperations.addHandler(Accepting(accepted))
      for _ in 0..<20 { Self.goOn(turns.value, until: isOver) }
    }.wait()
    let guardian = loop.scheduleTask(in: .seconds(20)) { isOver.value = true }
    let client = try ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(to: server.localAddress!).wait()
    try accepted.futureResult.wait()
    #expect(try loop.submit { !isOver.value }.wait())
    try loop.submit { isOver.value = true }.wait()
    guardian.cancel()
    try client.close().wait()
    try server.close().wait()
  }

  private static func goOn(_ turns: LoopTurns, until isOver: NIOLoopBoundBox<Bool>) {
    let end = NIODeadline.now() + .microseconds(200)
    while NIODeadline.now() < end {}
    if !isOver.value { turns.next { goOn(turns, until: isOver) } }
  }

  private final class Accepting: ChannelInboundHandler {
    typealias InboundIn = any Channel
    private let accepted: EventLoopPromise<Void>
    init(_ accepted: EventLoopPromise<Void>) { self.accepted = accepted }
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      accepted.succeed()
      context.fireChannelRead(data)
    }
  }
}
