import NIOCore
import VM
import Web

/// `request.chunks`: the body of a request as it comes.
final class RequestChunks {
  /// Whether the handler has begun before the body was there.
  let comesInPieces: Bool
  private let reader: PieceReader

  /// - Parameters:
  ///   - body: what comes; the whole body, where it is there.
  ///   - isOutside: whether it comes over a connection.
  init(_ operations: StreamOperations, _ body: IncomingBody, comesInPieces: Bool, isOutside: Bool) {
    self.comesInPieces = comesInPieces
    let machine = operations.machine
    reader = PieceReader(operations, what: "chunk", isOutside: comesInPieces && isOutside) {
      [unowned machine] in
      body.take().map { Self.piece($0, in: machine) }
    }
    if comesInPieces { body.onArrival = { [weak reader] in reader?.arrived() } }
  }

  private static func piece(_ piece: IncomingBody.Piece, in machine: Machine) -> PieceReader.Piece {
    switch piece {
    case .bytes(let bytes): .value(machine.makeBytes(bytes.readableBytesView))
    case .end: .end
    case .failed(let failure): .failed(Self.failure(failure))
    }
  }

  /// What is wrong with a body is the client's error.
  private static func failure(_ failure: IncomingBody.Failure) -> Failure {
    let (status, message) =
      switch failure {
      case .timedOut: (408, "the body of the request has stopped coming")
      case .tooLarge(let limit):
        (413, "the body of the request is larger than the \(limit) bytes that are taken")
      case .malformed(let status, let reason):
        (Int(status), "the body of the request is malformed: \(reason)")
      case .cutOff: (400, "the body of the request ends before it is whole")
      }
    return Failure(.status, message, fields: [("status", .int(status))])
  }

  static func define(in machine: Machine) -> InstanceClass {
    let type = machine.defineClass("Chunks")
    machine.defineMethod(type, Machine.nextPiece) { [unowned type] call throws(Failure) in
      guard let chunks = call.machine.payload(of: call[0], type) as? RequestChunks else { return .nil }
      return try chunks.reader.next(owner: call.owner)
    }
    return type
  }
}
