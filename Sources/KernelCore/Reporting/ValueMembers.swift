import VM

/// The way from a global to a part of what it holds: `users[0].name`.
public struct ValuePath: Sendable, Hashable {
  public enum Step: Sendable, Hashable {
    /// A key of a dictionary, a field, a property that computes without effects.
    case member(String)
    case key(String)
    case index(Int)
    /// `await`: of a Deferred that has fired, what it gave.
    case awaited
  }

  public var name: String
  public var steps: [Step]

  /// A longer way is not gone.
  public static let stepLimit = 32

  public init(_ name: String, _ steps: [Step] = []) {
    self.name = name
    self.steps = steps
  }

  public func appending(_ step: Step) -> ValuePath { ValuePath(name, steps + [step]) }
}

/// What can be found behind a value by a dot.
public struct ValueMembers: Sendable, Equatable {
  /// What one value has of its own, besides the members of its type: a key of a dictionary, a field of an error.
  public struct Own: Sendable, Equatable {
    public let name: String
    /// The name of its value's type.
    public let type: String
    /// The value, cut where it is long.
    public let value: String
  }

  /// The name of the value's type.
  public let type: String
  /// That of an array's first element, of the value of a Deferred that has fired; nil where there is none.
  public let element: String?
  /// In the order of the dictionary, those that can stand behind a dot.
  public let own: [Own]
  /// The value, cut where it is long.
  public let value: String

  /// Keys that are looked at.
  public static let ownLimit = 2_000
}

extension VariableInfo {
  /// About how many bytes are shown of a value in a listing.
  static let valueLimit = 400
  /// Most globals that are proposed at once.
  public static let proposalLimit = 2_000
  /// About how many bytes are shown of a value beside a proposal.
  static let proposedValueLimit = 80
}

extension Kernel {
  /// What can be found behind a value; nil where a step leads nowhere, or might cost something.
  func members(of path: ValuePath) -> ValueMembers? {
    guard !machine.isRunning, path.steps.count <= ValuePath.stepLimit,
      let (slot, _) = machine.declaredGlobal(named: path.name), var value = machine.global(slot)?.value
    else { return nil }
    for step in path.steps {
      guard let next = part(step, of: value) else { return nil }
      value = next
    }
    return ValueMembers(
      type: machine.typeName(value), element: element(of: value).map(machine.typeName),
      own: machine.ownMembers(of: value, most: ValueMembers.ownLimit).map { name, value in
        ValueMembers.Own(
          name: name, type: machine.typeName(value),
          value: machine.repr(value, limit: VariableInfo.proposedValueLimit))
      }, value: machine.repr(value, limit: VariableInfo.valueLimit))
  }

  private func part(_ step: ValuePath.Step, of value: Value) -> Value? {
    switch step {
    case .member(let name): return machine.peek(name, of: value)
    case .key(let key):
      return machine.peek(machine.makeString(key), of: value)
    case .index(let index): return machine.peek(.int(index), of: value)
    case .awaited: return value.isDeferred ? machine.firedValue(of: value) : value
    }
  }

  private func element(of value: Value) -> Value? {
    machine.elements(of: value, most: 1)?.first ?? machine.firedValue(of: value)
  }

  /// The globals whose name begins so, in the order of their names.
  func variables(startingWith prefix: String) -> [VariableInfo] {
    let names = machine.declaredGlobals.filter { $0.kind != .builtin && $0.name.hasPrefix(prefix) }
      .map(\.name)
      .sorted().prefix(VariableInfo.proposalLimit)
    return names.compactMap { variable($0, valueLimit: VariableInfo.proposedValueLimit) }
  }
}
