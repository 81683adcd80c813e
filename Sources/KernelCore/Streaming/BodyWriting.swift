import VM
import Web

/// What it takes to start the body of a streamed answer.
struct BodyWriting {
  let operations: StreamOperations
  let clock: any Clock
  let writerClass: InstanceClass
  /// Nobody keeps a connection open by comments where time is virtual: they would let it run on for ever.
  let hasHeartbeats: Bool

  /// Where a body is written to.
  ///
  /// - Parameter head: gives the head when it goes out.
  func writer(
    for exchange: Exchange, head: @escaping () -> Response, _ stream: StreamObject
  ) -> StreamWriter {
    StreamWriter(
      operations, clock: clock, heartbeat: hasHeartbeats ? stream.heartbeat : nil,
      isOutside: exchange.isOverConnection
    ) {
      exchange.begin(head())
    }
  }

  /// It as the language sees it.
  func value(of writer: StreamWriter) -> Value {
    operations.machine.makeInstance(writerClass, payload: writer)
  }
}
