// What `for await` goes over. It asks for one piece after the other by a method `__next`, which gives an Array of
// one, nil at the end, or a Deferred of either. Hosts define it for what comes bit by bit: `request.chunks`, a socket.

extension Machine {
  /// The method that `for await` calls.
  public static let nextPiece = "__next"

  func installPieces() {
    let walk = defineClass("Elements", fields: ["__array", "__place"])
    defineMethod(walk, Machine.nextPiece) { call throws(Failure) in
      let machine = call.machine
      let place = machine.field(1, of: call[0]).asInt ?? 0
      let array = machine.field(0, of: call[0]).array
      guard place < array.pointee.count else { return .nil }
      machine.setField(1, of: call[0], to: .int(place + 1))
      return machine.makeArray([array.pointee.elements[place]])
    }
    let next = memberNumber(Machine.nextPiece)
    define("__pieces", ["sequence"], shown: "for await") { [unowned walk] call throws(Failure) in
      let machine = call.machine
      let value = call[0]
      if value.tag == Tag.array { return machine.makeInstance(walk, fields: [value, .int(0)]) }
      if value.tag == Tag.instance,
        machine.classes[Int(value.header.pointee.aux)].method(next).tag != Tag.unset
      {
        return value
      }
      throw Failure(
        .type, "for await cannot go over \(machine.typeName(value))",
        help:
          "it takes what comes bit by bit, as request.chunks or a socket, and an Array, whose Deferreds it awaits"
      ).at(.parameter(0))
    }
  }
}
