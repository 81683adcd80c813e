extension Machine {
  func installDeferreds() {
    define("deferred", []) { call throws(Failure) in
      try call.withMachine { Value(Tag.deferred, $0.newDeferred(owner: call.owner)) }
    }
    for (name, kind) in [("all", ReactionObject.Kind.all), ("settled", .settled), ("race", .race)] {
      define(name, ["deferreds"]) { call throws(Failure) in
        let inputs = try call.elements(0)
        if kind == .race, inputs.isEmpty {
          throw Failure(.argument, "race() needs at least one Deferred", help: "nothing would ever end it")
            .at(.parameter(0))
        }
        return call.machine.combine(kind, inputs, owner: call.owner)
      }
    }
    defineMethod(Tag.deferred, "then", ["callback"]) { call throws(Failure) in
      call.machine.react(to: call[0].deferred, .then, try call.function(1), owner: call.owner)
    }
    defineMethod(Tag.deferred, "catch", ["callback"]) { call throws(Failure) in
      call.machine.react(to: call[0].deferred, .catch, try call.function(1), owner: call.owner)
    }
    defineMethod(Tag.deferred, "finally", ["body"]) { call throws(Failure) in
      try call.machine.finish(call[0].deferred, try call.functionWithoutArguments(1), owner: call.owner)
    }
    defineMethod(Tag.deferred, "resolve", ["value?"]) { call throws(Failure) in
      let (deferred, value) = (call[0].deferred, call[1])
      return .bool(
        try call.withMachine { machine throws(Failure) in try machine.fire(deferred, .resolved, value) })
    }
    defineMethod(Tag.deferred, "reject", ["error"]) { call throws(Failure) in
      let machine = call.machine
      var error = call[1]
      if error.isDeferred { throw call.wrongType(1, expected: "an Error or a String") }
      if error.tag != Tag.error {
        error = machine.makeError(
          kind: Failure.Kind.error.rawValue, message: machine.heap.makeString(machine.display(error)),
          fields: .nil)
      }
      machine.setOrigin(machine.callPlace(), of: error)
      return .bool(try machine.fire(call[0].deferred, .rejected, error))
    }
    defineMethod(Tag.deferred, "cancel") { call throws(Failure) in
      .bool(call.machine.cancel(call[0].deferred, Failure(.cancelled, "cancelled")))
    }
    defineProperty(Tag.deferred, "isResolved") { call throws(Failure) in
      .bool(call[0].deferred.state == DeferredObject.resolved)
    }
    defineProperty(Tag.deferred, "isFailed") { call throws(Failure) in
      .bool(call[0].deferred.state == DeferredObject.rejected)
    }
    defineProperty(Tag.deferred, "isPending") { call throws(Failure) in .bool(call[0].deferred.isPending) }
    defineProperty(Tag.deferred, "isCancelled") { call throws(Failure) in
      .bool(call[0].deferred.state == DeferredObject.cancelled)
    }
    define("__leaveIfStopped", []) { call throws(Failure) in
      try call.machine.leaveIfStopped()
      return .nil
    }
    define("__stop", []) { call throws(Failure) in
      let machine = call.machine
      if let current = machine.current { machine.stop(current, Failure(.cancelled, "cancelled")) }
      return .nil
    }
    define("__timeoutError", ["limit"], shown: "timeout") { call throws(Failure) in
      let limit = Machine.text(ofDuration: try call.duration(0))
      let error = call.machine.makeError(Failure(.timeout, "not done within \(limit)"))
      call.machine.setOrigin(call.machine.callPlace(), of: error)
      return error
    }
  }

  /// `resolve` and `reject`: false for a deferred that was cancelled, an error for one that has fired.
  private func fire(
    _ deferred: UnsafeMutablePointer<DeferredObject>, _ settlement: Settlement, _ value: Value
  ) throws(Failure) -> Bool {
    if deferred.state == DeferredObject.cancelled { return false }
    if !deferred.isPending || deferred.pointee.header.flags & DeferredObject.isFollowing != 0 {
      throw Failure(
        .argument, "this Deferred has fired already",
        help: "a Deferred fires once; make a new one with deferred()")
    }
    if deferred.pointee.header.flags & DeferredObject.isOperation != 0 || !deferred.pointee.origin.isNil {
      throw Failure(
        .argument, "this Deferred is fired by what it waits for",
        help: "only one made by deferred() is fired by hand")
    }
    if settlement == .resolved, value.tag == Tag.deferred, waits(value.deferred, for: { $0 == deferred }) {
      throw .waitsForItself
    }
    return settle(deferred, settlement, value)
  }
}
