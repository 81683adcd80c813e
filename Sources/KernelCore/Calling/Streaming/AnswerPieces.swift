import VM

/// `response.chunks`, `response.lines` and `response.events`.
enum AnswerPieces {
  /// Defines what they give.
  static func define(in machine: Machine) -> InstanceClass {
    let type = machine.defineClass("Pieces")
    type.describe = { [unowned machine, unowned type] value in
      guard let body = machine.payload(of: value, type) as? AnswerBody else { return "<Pieces>" }
      return "<Pieces of \(body.call)>"
    }
    machine.defineMethod(type, Machine.nextPiece) { [unowned type] call throws(Failure) in
      guard let body = call.machine.payload(of: call[0], type) as? AnswerBody else { return .nil }
      return try body.nextPiece(owner: call.owner, task: call.task)
    }
    return type
  }
}
