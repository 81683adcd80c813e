import NIOCore
import NIOHTTP1
import VM
import Web

/// Runs what surrounds the handlers of routes.
///
/// The order of things stands in the library, which is written in the language, since each of them may wait. What
/// values and errors come to is said here.
final class SurroundedRequests {
  private let machine: Machine
  private let replies: ReplyMaker
  private let planClass: InstanceClass
  /// The page of an error, which is told where nobody asked for it.
  private let page: (_ error: Value, RouteRecord, Request) -> Response

  /// What the library knows a request by.
  private final class Plan {
    let route: RouteRecord
    let request: Request
    /// The answer where neither a route nor a `notFound` gives one.
    let standard: Response

    init(_ route: RouteRecord, _ request: Request, standard: Response) {
      self.route = route
      self.request = request
      self.standard = standard
    }
  }

  init(
    machine: Machine, replies: ReplyMaker, page: @escaping (_ error: Value, RouteRecord, Request) -> Response
  ) {
    self.machine = machine
    self.replies = replies
    self.page = page
    planClass = machine.defineClass("Plan")
    define()
  }

  /// What is to be run for a request, and what it is to be given.
  ///
  /// - Parameters:
  ///   - handler: that of the route with its arguments, the request last; nil where there is none.
  ///   - missing: what may answer in the place of `standard`.
  ///   - request: `request` in all of them.
  func call(
    _ route: RouteRecord, _ exchange: Exchange, handler: [Value]?, missing: [Around.Step], _ around: Around,
    request: Value, standard: Response
  ) -> (function: Value, arguments: [Value]) {
    let plan = machine.makeInstance(
      planClass, payload: Plan(route, exchange.request, standard: standard))
    func steps(_ steps: [Around.Step]) -> Value {
      machine.makeArray(
        steps.map { step in
          self.step(step.surrounding.record.handler.value, step.values.map(machine.value) + [request])
        })
    }
    return (
      machine.libraryFunction(named: "__surround") ?? .nil,
      [
        plan, handler == nil ? machine.makeArray([]) : steps(around.befores),
        handler.map { step(route.handler.value, $0) } ?? .nil, steps(missing), steps(around.onErrors),
        steps(around.afters),
      ]
    )
  }

  /// The same for a request that asks for a WebSocket: what is run gives nil where it may be opened, otherwise the answer
  /// that refuses it.
  func admission(_ route: RouteRecord, _ exchange: Exchange, _ around: Around, request: Value) -> (
    function: Value, arguments: [Value]
  ) {
    var (_, arguments) = call(
      route, exchange, handler: [], missing: [], around, request: request,
      standard: Response(status: .noContent))
    // Neither a handler nor what takes the place of one is run.
    arguments.removeSubrange(2...3)
    return (machine.libraryFunction(named: "__admit") ?? .nil, arguments)
  }

  /// What is to be run where an answer has failed beyond what surrounds it: what its error comes to.
  func recovery(
    _ route: RouteRecord, _ exchange: Exchange, _ around: Around, request: Value, error: Value
  ) -> (function: Value, arguments: [Value]) {
    let (_, arguments) = call(
      route, exchange, handler: nil, missing: [], around, request: request,
      standard: Response(status: .noContent))
    return (
      machine.libraryFunction(named: "__recover") ?? .nil,
      [arguments[0], arguments[4], arguments[5], error]
    )
  }

  private func step(_ function: Value, _ arguments: [Value]) -> Value {
    machine.makeArray([function, machine.makeArray(arguments)])
  }

  // MARK: What the library asks

  private func define() {
    machine.define("__reply", ["value", "function", "page"]) { [unowned self] call throws(Failure) in
      do throws(Failure) {
        return try replies.changeable(call[0], inPlaceOf: call[2])
      } catch {
        // No code has thrown this: it is what the function gave that is wrong.
        var failure = error
        let place = call.machine.place(of: call[1])
        if let place, place.role == .hook {
          failure.message = failure.message.replacing("a handler gave", with: "\(place.function) gave")
        }
        let error = call.machine.makeErrorValue(failure)
        call.machine.setOrigin(place, of: error)
        return error
      }
    }
    machine.define("__isFailed", ["value"]) { call throws(Failure) in .bool(call.machine.isError(call[0])) }
    machine.define("__page", ["plan"]) { [unowned self] call throws(Failure) in
      guard let plan = plan(call[0]) else { return .nil }
      return replies.changeable(plan.standard)
    }
    machine.define("__failure", ["plan", "error"]) { [unowned self] call throws(Failure) in
      guard let plan = plan(call[0]) else { return .nil }
      return replies.changeable(page(call[1], plan.route, plan.request))
    }
    machine.define("__sealed", ["reply"]) { [unowned self] call throws(Failure) in
      try replies.sealed(call[0])
    }
  }

  private func plan(_ value: Value) -> Plan? { machine.payload(of: value, planClass) as? Plan }

  /// Written in the language, since each of its steps may wait. A step is an Array of a function and its arguments.
  static let library = """
    func __surround(plan, befores, handler, missing, errors, afters) {
        var reply = nil
        do {
            reply = __inner(plan, befores, handler, missing)
        } catch error {
            reply = __recovered(plan, errors, error)
        }
        __outer(plan, reply, errors, afters)
    }
    func __admit(plan, befores, errors, afters) {
        var reply = nil
        do {
            for step in befores {
                let given = await __call(step[0], step[1])
                if given != nil {
                    reply = __checked(given, step[0], nil)
                    break
                }
            }
        } catch error {
            reply = __recovered(plan, errors, error)
        }
        reply == nil ? nil : __outer(plan, reply, errors, afters)
    }
    func __outer(plan, inner, errors, afters) {
        let reply = __changed(plan, inner, errors, afters)
        do {
            return __sealed(reply)
        } catch error {
            // The answer in its place is one as any other, and has the headers of all.
            let another = __changed(plan, __recovered(plan, errors, error), errors, afters)
            do {
                return __sealed(another)
            } catch error {
                return __failure(plan, error)
            }
        }
    }
    func __changed(plan, inner, errors, afters) {
        var reply = inner
        for step in afters {
            do {
                let given = await __call(step[0], step[1] + [reply])
                reply = __checked(given == nil ? reply : given, step[0], nil)
            } catch error {
                reply = __recovered(plan, errors, error)
            }
        }
        reply
    }
    func __recover(plan, errors, afters, error) {
        __outer(plan, __recovered(plan, errors, error), errors, afters)
    }
    func __inner(plan, befores, handler, missing) {
        for step in befores {
            let given = await __call(step[0], step[1])
            if given != nil { return __checked(given, step[0], nil) }
        }
        if handler != nil {
            let given = await __call(handler[0], handler[1])
            if !__isAbsent(given) { return __checked(given, handler[0], nil) }
        }
        let page = __page(plan)
        for step in missing {
            let given = await __call(step[0], step[1])
            if given != nil { return __checked(given, step[0], page) }
        }
        page
    }
    func __recovered(plan, errors, error) {
        let page = __failure(plan, error)
        do {
            for step in errors {
                let given = await __call(step[0], step[1] + [error])
                if given != nil { return __checked(given, step[0], page) }
            }
        } catch another {
            return __failure(plan, another)
        }
        page
    }
    func __checked(value, function, page) {
        let reply = __reply(value, function, page)
        if __isFailed(reply) { throw reply }
        reply
    }
    \(calling)
    """

  /// A call with the elements of an array as arguments: as many as a pattern has parameters, and two more.
  private static let calling: String = {
    let lines = (0...RoutePattern.maxParameters + 2).map { count in
      let arguments = (0..<count).map { "arguments[\($0)]" }.joined(separator: ", ")
      return "    if arguments.count == \(count) { return function(\(arguments)) }"
    }
    return "func __call(function, arguments) {\n\(lines.joined(separator: "\n"))\n}"
  }()
}

extension Machine {
  /// The value of a path's parameter.
  func value(_ value: PathValue) -> Value {
    switch value {
    case .string(let text): makeString(text)
    case .int(let number): .int(number)
    case .float(let number): .double(number)
    }
  }
}
