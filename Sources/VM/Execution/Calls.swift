import Language

// Calls that need more than pushing a frame: labels, defaults, natives, methods found at run time.

extension Machine {
  /// The labels of the call whose `labels` instruction lies at `ip`.
  private func labels(_ fiber: UnsafeMutablePointer<FiberObject>) -> [String?]? {
    guard let prototype = prototype(of: fiber.pointee.registers[-2]) else { return nil }
    guard case .labels(let labels) = prototype.plainConstants[fiber.pointee.ip.pointee.wide] else {
      return nil
    }
    return labels
  }

  /// A call of anything, with the arguments behind the callee at `base`. The fiber's `ip` and `registers`
  /// say where it goes on. False with `failure` set where it cannot be made.
  @inline(never) func callSlowly(
    _ fiber: UnsafeMutablePointer<FiberObject>, _ base: ValuePointer, _ count: Int, hasLabels: Bool
  ) -> Bool {
    var labels: [String?]?
    if hasLabels {
      labels = self.labels(fiber)
      fiber.pointee.ip += 1
    }
    return enter(fiber, base, count, labels)
  }

  private func enter(
    _ fiber: UnsafeMutablePointer<FiberObject>, _ base: ValuePointer, _ count: Int, _ labels: [String?]?
  ) -> Bool {
    switch base.pointee.tag {
    case Tag.native: return callNative(base.pointee, base + 2, count, labels, fiber.pointee.owner, into: base)
    case Tag.closure: return enterClosure(fiber, base, count, labels)
    case Tag.boundMethod:
      // The receiver becomes the first argument.
      let method = base.pointee.boundMethod.pointee
      guard let base = makeRoom(fiber, base, count + 1) else { return false }
      for place in stride(from: count, to: 0, by: -1) { base[2 + place] = base[1 + place] }
      base[2] = method.receiver
      base.pointee = method.function
      let isEntered = enter(fiber, base, count + 1, labels.map { [nil] + $0 })
      isPastRetrying = !isEntered
      return isEntered
    case Tag.deferred: failure = .notAwaited("what is called")
    default: failure = noFunction(base.pointee, fiber)
    }
    return false
  }

  /// For a call of what is no function. Where a member called what it was given, that argument is wrong.
  private func noFunction(_ value: Value, _ fiber: UnsafeMutablePointer<FiberObject>) -> Failure {
    let registers = fiber.pointee.registers
    if let prototype = prototype(of: registers[-2]), prototype.unit.isPrelude {
      let parameters = prototype.function.parameterNames
      for (place, name) in parameters.enumerated()
      where name != "self" && registers[place].tag == value.tag && registers[place].bits == value.bits {
        return Failure(
          .type, "\"\(name)\" of \(prototype.name) must be a function, as { … }, not \(typeName(value))"
        ).at(.value(value))
      }
    }
    return Failure(.type, "\(typeName(value)) cannot be called: it is no function")
  }

  /// Room for arguments beyond those that the frame was made for. The stack may move: gives the new base.
  private func makeRoom(
    _ fiber: UnsafeMutablePointer<FiberObject>, _ base: ValuePointer, _ count: Int
  ) -> ValuePointer? {
    if base + 2 + count < fiber.pointee.limit { return base }
    let offset = base - fiber.pointee.registers
    guard let registers = growStack(fiber, fiber.pointee.registers, offset + 3 + count) else { return nil }
    fiber.pointee.registers = registers
    return registers + offset
  }

  private func enterClosure(
    _ fiber: UnsafeMutablePointer<FiberObject>, _ base: ValuePointer, _ count: Int, _ labels: [String?]?
  ) -> Bool {
    guard let prototype = prototype(of: base.pointee) else { return false }
    let width = prototype.function.registerCount
    guard let base = makeRoom(fiber, base, max(width, count) + 1) else { return false }
    guard arrange(base + 2, count, labels, for: prototype) else { return false }
    base[1] = Value(tag: Tag.frame, bits: UInt(bitPattern: fiber.pointee.ip))
    fiber.pointee.registers = base + 2
    fiber.pointee.ip = prototype.entry
    return true
  }

  /// Brings arguments into the order of the parameters; what is left out becomes `missing`.
  private func arrange(
    _ arguments: ValuePointer, _ count: Int, _ labels: [String?]?, for prototype: Prototype
  ) -> Bool {
    let function = prototype.function
    let parameters = function.parameterNames
    // A pair spreads over the two parameters of a closure: `dictionary.map { key, value in … }`.
    if count == 1, parameters.count == 2, function.role == .closure, labels == nil,
      function.required == [true, true],
      let (first, second) = pair(arguments[0])
    {
      arguments[0] = first
      arguments[1] = second
      return true
    }
    if function.takesAnyCount {
      if count >= parameters.count { return true }
      failure = .tooFewAnonymous(parameters.count, given: count)
      return false
    }
    do throws(Failure) {
      let isMethod = prototype.unit.isPrelude && parameters.first == "self"
      var order = try Machine.order(
        count: count, labels: labels, parameters: parameters, required: function.required, of: prototype.name,
        hidden: isMethod ? 1 : 0)
      // A body that stands last goes to the parameter that needs it: `retry { … }` of retry(times = 3, body).
      if count > 0, labels?[count - 1] == nil, arguments[count - 1].isFunction,
        let place = order.lastIndex(of: count - 1), !function.required[place],
        let wanted = parameters.indices.last(where: { function.required[$0] && order[$0] == nil })
      {
        order[place] = nil
        order[wanted] = count - 1
      }
      for place in parameters.indices where function.required[place] && order[place] == nil {
        throw Failure(
          .argument, "\"\(parameters[place])\" of \(prototype.name) is missing",
          help: function.role == .closure
            ? fewer(count, than: parameters) : Machine.listed(parameters, hidden: isMethod ? 1 : 0))
      }
      let given = (0..<count).map { arguments[$0] }
      for (place, source) in order.enumerated() { arguments[place] = source.map { given[$0] } ?? .missing }
      return true
    } catch {
      failure = error
      return false
    }
  }

  /// For each parameter the argument that goes to it, or nil.
  static func order(
    count: Int, labels: [String?]?, parameters: [String], required: [Bool], of name: String, hidden: Int
  ) throws(Failure) -> [Int?] {
    var order = [Int?](repeating: nil, count: parameters.count)
    var next = 0
    for argument in 0..<count {
      if let label = labels?[argument] {
        guard let place = parameters.firstIndex(of: label) else {
          let near = Suggestion.nearest(to: label, among: Array(parameters.dropFirst(hidden)))
            .map { "did you mean \"\($0):\"?" }
          throw Failure(
            .argument, "\(name) has no parameter \"\(label)\"",
            help: ForeignLabels.advice(on: label, of: parameters) ?? near
              ?? listed(parameters, hidden: hidden)
          ).at(.label(argument - hidden))
        }
        guard order[place] == nil else {
          throw Failure(.argument, "\"\(label)\" of \(name) is given twice").at(.label(argument - hidden))
        }
        order[place] = argument
      } else {
        // To the first that is still free, labels or not: respond(status: 201, body).
        while next < parameters.count, order[next] != nil { next += 1 }
        guard next < parameters.count else {
          let least = required.count(where: \.self)
          throw Failure(
            .argument, counted(name, parameters.count - hidden, least - hidden, count - hidden),
            help: listed(parameters, hidden: hidden)
          ).at(.argument(argument - hidden))
        }
        order[next] = argument
        next += 1
      }
    }
    return order
  }

  /// - Parameter most: nil where there is no end to it.
  private static func counted(_ name: String, _ most: Int?, _ least: Int, _ given: Int) -> String {
    let wanted =
      if let most { most == least ? "\(most)" : "\(least) to \(most)" } else { "at least \(least)" }
    return "\(name) takes \(wanted) argument\((most ?? least) == 1 ? "" : "s"), not \(given)"
  }

  /// What to do about a closure that has more parameters than it is given arguments.
  private func fewer(_ count: Int, than parameters: [String]) -> String {
    let names = parameters.prefix(count).joined(separator: ", ")
    let own =
      "it is called with \(count) argument\(count == 1 ? "" : "s"): write { \(names.isEmpty ? "" : names + " in ")… }"
    let caller = current.flatMap { prototype(of: $0.pointee.registers[-2]) }
    return count == 1 && parameters.count == 2 && caller?.unit.isPrelude == true
      ? own + "; for the place too go over xs.enumerated()" : own
  }

  private static func listed(_ parameters: [String], hidden: Int) -> String? {
    let shown = parameters.dropFirst(hidden)
    return switch shown.first {
    case nil: nil
    case "$0": "\\.name takes one value; write a closure for more, as in { $0.name < $1.name }"
    case "deferreds"?: "write them in an array: [a, b]"
    case let only? where shown.count == 1: "its parameter is \(only)"
    default: "its parameters are \(shown.joined(separator: ", "))"
    }
  }

  // MARK: Natives

  @inline(never) func callNative(
    _ callee: Value, _ arguments: ValuePointer, _ count: Int, _ labels: [String?]?, _ owner: UInt32,
    into target: ValuePointer
  ) -> Bool {
    callee.native.pointee.function._withUnsafeGuaranteedRef { native in
      do throws(Failure) {
        if labels == nil, count >= native.leastPlain, count <= native.mostPlain {
          target.pointee = try native.body(
            NativeCall(
              machine: self, heap: heap, base: arguments, count: count, owner: owner, function: native))
          return true
        }
        if native.isVariadic, let labels, labels.contains(where: { $0 != nil }) {
          let (plain, given) = try takeOptions(arguments, count, labels, of: native)
          target.pointee = try native.body(
            NativeCall(
              machine: self, heap: heap, base: arguments, count: plain, owner: owner, function: native,
              given: given))
          return true
        }
        if let full = arrangePlainly(arguments, count, labels, for: native) {
          target.pointee = try native.body(
            NativeCall(
              machine: self, heap: heap, base: scratch, count: full, owner: owner, function: native))
          return true
        }
        let arranged = try arrange(arguments, count, labels, for: native, hidden: native.isMember ? 1 : 0)
        target.pointee = try native.body(
          NativeCall(
            machine: self, heap: heap, base: arranged.base, count: arranged.count, owner: owner,
            function: native))
        return true
      } catch {
        if thrown.tag == Tag.unset { failure = placed(error, native, count, labels) }
        return false
      }
    }
  }

  /// Puts the arguments in their places in `scratch`, as `order` has it, and gives how many there are with those that
  /// were left out; nil where something is wrong with them, which `arrange` tells.
  private func arrangePlainly(
    _ arguments: ValuePointer, _ count: Int, _ labels: [String?]?, for native: NativeFunction
  ) -> Int? {
    guard !native.isVariadic, let masks = native.masks else { return nil }
    let full = native.parameters.count + (native.isMember ? 1 : 0)
    guard count <= full else { return nil }
    var given: UInt64 = 0
    var next = 0
    for argument in 0..<count {
      var place = next
      if let label = labels?[argument] {
        guard let named = native.place(of: label) else { return nil }
        place = named
      } else {
        while place < full, given & (1 << UInt64(place)) != 0 { place += 1 }
        guard place < full, masks.named & (1 << UInt64(place)) == 0 else { return nil }
        next = place + 1
      }
      guard given & (1 << UInt64(place)) == 0 else { return nil }
      given |= 1 << UInt64(place)
      scratch[place] = arguments[argument]
    }
    guard masks.required & ~given == 0 else { return nil }
    for place in 0..<full where given & (1 << UInt64(place)) == 0 { scratch[place] = .missing }
    return full
  }

  private func arrange(
    _ arguments: ValuePointer, _ count: Int, _ labels: [String?]?, for native: NativeFunction, hidden: Int
  ) throws(Failure) -> (base: ValuePointer, count: Int) {
    if native.isVariadic {
      guard count - hidden >= native.requiredCount else {
        throw Failure(
          .argument,
          Machine.counted("\(native.name)()", nil, native.requiredCount, count - hidden))
      }
      return (arguments, count)
    }
    let names = (hidden == 1 ? ["self"] : []) + native.parameters.map(\.name)
    let required = Array(repeating: true, count: hidden) + native.parameters.map(\.isRequired)
    let order = try Machine.order(
      count: count, labels: labels, parameters: names, required: required, of: "\(native.name)()",
      hidden: hidden)
    for place in names.indices where required[place] && order[place] == nil {
      throw Failure(
        .argument, "\"\(names[place])\" of \(native.name)() is missing",
        help: Machine.listed(names, hidden: hidden))
    }
    for (place, parameter) in native.parameters.enumerated() where parameter.isNamed {
      if let source = order[place + hidden], labels?[source] == nil {
        throw Failure(
          .argument, "the \"\(parameter.name):\" of \(native.name)() must be written",
          help: Machine.labelled(parameter.name, of: native)
        ).at(.argument(source - hidden))
      }
    }
    for (place, source) in order.enumerated() { scratch[place] = source.map { arguments[$0] } ?? .missing }
    return (scratch, order.count)
  }

  /// How a call is written whose label was left out.
  private static func labelled(_ label: String, of native: NativeFunction) -> String {
    switch (native.name.split(separator: ".").last.map(String.init) ?? "", label) {
    case ("remove", _): "write remove(at: i) for a place, removeAll { $0 == x } for a value"
    case (let member, "at"): "write \(member)(x, at: i)"
    case (let name, "repeating"), (let name, "count"): "write \(name)(repeating: x, count: n)"
    case ("files", _): "write files(\"/assets\", from: \"public\")"
    case (let name, _): "write \(name)(\(label): x)"
    }
  }

  /// Tells the labelled arguments of a native that takes any number of others from those, which then stand first.
  private func takeOptions(
    _ arguments: ValuePointer, _ count: Int, _ labels: [String?], of native: NativeFunction
  ) throws(Failure) -> (plain: Int, given: [Value]) {
    let receiver = native.isMember ? 1 : 0
    var given = [Value](repeating: .missing, count: native.options.count)
    for place in labels.indices {
      guard let label = labels[place] else { continue }
      guard let option = native.options.firstIndex(of: label) else {
        throw unknownOption(label, of: native).at(.label(place - receiver))
      }
      guard given[option].tag == Tag.missing else {
        throw Failure(.argument, "\"\(label)\" of \(native.name)() is given twice").at(
          .label(place - receiver))
      }
      given[option] = arguments[place]
    }
    let plain = labels.indices.filter { labels[$0] == nil }
    guard plain.count >= native.requiredCount + receiver else {
      throw Failure(
        .argument,
        Machine.counted(
          "\(native.name)()", native.requiredCount, native.requiredCount, plain.count - receiver))
    }
    for (place, source) in plain.enumerated() { arguments[place] = arguments[source] }
    return (plain.count, given)
  }

  private func unknownOption(_ label: String, of native: NativeFunction) -> Failure {
    let known = native.options
    let near = Suggestion.nearest(to: label, among: known).map { "did you mean \"\($0):\"?" }
    let all: String? =
      switch known.count {
      case 0: "its arguments have no labels"
      case 1: "only \"\(known[0]):\" is labelled"
      default: "its labels are \(known.joined(separator: ", "))"
      }
    return Failure(
      .argument, "\(native.name)() has no parameter \"\(label)\"",
      help: ForeignLabels.advice(on: label, of: known) ?? near ?? all)
  }

  // MARK: Methods

  /// What is called instead of a method, by the label of its first argument or by a function as its last.
  private func variants(_ tag: UInt, _ member: Int) -> [String: Value]? {
    memberVariants[MemberKey(tag: tag, member: member)]
  }

  /// `receiver.member(…)` where the type has no method of that name or the arguments need arranging. The
  /// receiver lies at `base + 2` and counts as an argument.
  @inline(never) func invokeSlowly(
    _ fiber: UnsafeMutablePointer<FiberObject>, _ base: ValuePointer, _ count: Int, member: Int,
    hasLabels: Bool
  ) -> Bool {
    var labels: [String?]?
    if hasLabels {
      labels = self.labels(fiber)
      fiber.pointee.ip += 1
    }
    let receiver = base[2]
    var function = method(receiver.tag, member)
    if receiver.tag == Tag.instance { function = classes[Int(receiver.header.pointee.aux)].method(member) }
    if let label = labels?.first, let label, let variant = variants(receiver.tag, member)?[label] {
      function = variant
      labels?[0] = nil
    } else if base[1 + count].isFunction, let variant = variants(receiver.tag, member)?[""] {
      function = variant
    }
    if function.tag != Tag.unset {
      if count == 1, labels == nil, property(receiver.tag, member).tag != Tag.unset,
        requiresArguments(function)
      {
        return failProperty(receiver, member)
      }
      base.pointee = function
      return enter(fiber, base, count, labels.map { [nil] + $0 })
    }
    // What the member holds may itself be a function.
    guard getMember(receiver, member, isLenient: false, into: base) else {
      if receiver.tag == Tag.dictionary, failure?.kind == .key,
        let advice = ForeignMembers.advice(on: memberNames[member], of: "Dictionary")
      {
        failure = Failure(
          .type, "Dictionary has no member \"\(memberNames[member])\", and this one no such key", help: advice
        )
      }
      return false
    }
    guard base.pointee.isFunction else { return failProperty(base.pointee, member) }
    for place in 1..<count { base[1 + place] = base[2 + place] }
    let isEntered = enter(fiber, base, count - 1, labels)
    isPastRetrying = !isEntered
    return isEntered
  }

  /// A member that is a value was called.
  private func failProperty(_ value: Value, _ member: Int) -> Bool {
    failure = Failure(
      .type, "\"\(memberNames[member])\" is no function",
      help: "write .\(memberNames[member]) without parentheses")
    return false
  }

  /// Whether a method needs more than its receiver.
  private func requiresArguments(_ function: Value) -> Bool {
    if function.tag == Tag.closure {
      return prototype(of: function)?.function.required.dropFirst().contains(true) ?? false
    }
    return function.tag == Tag.native && natives[function.native.pointee.number].requiredCount > 0
  }
}

extension Failure {
  /// For a closure without a list of parameters that reads more of them than it is given.
  static func tooFewAnonymous(_ wanted: Int, given: Int) -> Failure {
    let amount = given == 0 ? "no arguments" : "\(given) argument\(given == 1 ? "" : "s")"
    return Failure(
      .argument, "the closure uses $\(wanted - 1), but is called with \(amount)",
      help: given == 0 ? "to read what a closure around it is given, name that: { x in … }" : nil)
  }
}
