import KernelCore
import Language

/// What is known of a value that has not been computed.
struct TypeGuess {
  /// The name of its type.
  var type: String
  /// That of an array's elements, of what a Deferred gives.
  var element: String?
  /// Where the kernel has it.
  var path: ValuePath?
  /// What this one value has besides the members of its type.
  var own: [ValueMembers.Own] = []
  /// The value itself, where the kernel has it.
  var value: String?
  /// The literal that it is.
  var literal: Expression?

  init(_ type: String, of element: String? = nil, literal: Expression? = nil) {
    self.type = type
    self.element = element
    self.literal = literal
  }

  init(_ members: ValueMembers, at path: ValuePath) {
    type = members.type
    element = members.element
    own = members.own
    value = members.value
    self.path = path
  }

  /// What `await` makes of it.
  var awaited: TypeGuess? {
    if type != "Deferred" { return self }
    return element.map { TypeGuess($0) }
  }
}

/// Finds the type of an expression without running anything: literals by their kind, globals by asking the kernel for
/// their value, calls of the language's functions by what the catalogue says they give.
struct TypeInference {
  let names: [ScopeName]
  /// Asks the kernel for a value.
  let ask: (ValuePath) -> ValueMembers?
  /// Whether the notebook has declared a global of that name.
  let isDeclared: (String) -> Bool
  /// An expression that is nested deeper, and a chain of names that stand for one another, are not looked at.
  static let depthLimit = 24

  func guess(_ value: Expression) -> TypeGuess? { guess(value, depth: 0) }

  func guess(_ name: ScopeName) -> TypeGuess? { guess(name, depth: 0) }

  private func guess(_ value: Expression, depth: Int) -> TypeGuess? {
    guard depth < Self.depthLimit else { return nil }
    if let path = path(of: value, depth: depth), let members = ask(path) {
      return TypeGuess(members, at: path)
    }
    let depth = depth + 1
    switch value.kind {
    case .bool: return TypeGuess("Bool")
    case .integer: return TypeGuess("Int")
    case .double: return TypeGuess("Double")
    case .duration: return TypeGuess("Duration")
    case .string: return TypeGuess("String")
    case .interpolation(_, let isHTML): return TypeGuess(isHTML ? "HTML" : "String")
    case .range: return TypeGuess("Range", of: "Int")
    case .closure: return TypeGuess("Function")
    case .async: return TypeGuess("Deferred")
    case .array(let elements):
      return TypeGuess("Array", of: elements.first.flatMap { guess($0, depth: depth)?.type }, literal: value)
    case .dictionary: return TypeGuess("Dictionary", literal: value)
    case .name(let reference):
      guard let name = names.first(where: { $0.name == reference.name }) else { return nil }
      if let guess = guess(name, depth: depth) { return guess }
      // What the text does not say, the run before this one may.
      let path = ValuePath(name.name)
      return name.isGlobal ? ask(path).map { TypeGuess($0, at: path) } : nil
    case .await(let operand): return guess(operand, depth: depth)?.awaited
    case .optionalChain(let operand), .unary(.negate, let operand): return guess(operand, depth: depth)
    case .unary(.not, _): return TypeGuess("Bool")
    case .ternary(_, let then, _): return guess(then, depth: depth)
    case .binary(let sign, let left, let right, _): return guess(sign, left, right, depth: depth)
    case .member(let base, let name, _, _): return member(name, of: base, depth: depth)
    case .index(let base, let key, _, _): return element(of: base, at: key, depth: depth)
    case .call(let callee, _): return result(of: callee, depth: depth)
    case .conditional, .nilLiteral, .invalid: return nil
    }
  }

  // MARK: Values that the kernel has

  /// The way to a value that is part of a global, if it is one; what the text declares itself is none.
  private func path(of value: Expression, depth: Int) -> ValuePath? {
    guard depth < Self.depthLimit else { return nil }
    switch value.kind {
    case .name(let reference):
      let isLocal = names.contains { $0.name == reference.name && ($0.value != nil || !$0.isGlobal) }
      return isLocal ? nil : ValuePath(reference.name)
    case .member(let base, let name, _, _):
      return path(of: base, depth: depth + 1)?.appending(.member(name))
    case .index(let base, let key, _, _):
      guard let path = path(of: base, depth: depth + 1) else { return nil }
      switch key.kind {
      case .integer(let index): return path.appending(.index(index))
      case .string(let key): return path.appending(.key(key))
      default: return nil
      }
    case .optionalChain(let operand): return path(of: operand, depth: depth + 1)
    case .await(let operand): return path(of: operand, depth: depth + 1)?.appending(.awaited)
    default: return nil
    }
  }

  // MARK: Names of the text

  private func guess(_ name: ScopeName, depth: Int) -> TypeGuess? {
    switch name.kind {
    case .parameter: return nil
    case .routeParameter(let converter):
      return TypeGuess(["int": "Int", "float": "Double"][converter] ?? "String")
    case .socket: return TypeGuess("Socket")
    case .request: return TypeGuess("Request")
    case .response: return TypeGuess("Reply")
    case .error: return TypeGuess("Error")
    case .function: return TypeGuess("Function")
    case .closureParameter(let place):
      guard case .member(let base, let method, _, _)? = name.value?.kind else { return nil }
      return parameter(place, ofClosureGivenTo: method, of: base, depth: depth)
    case .loopVariable:
      guard let sequence = name.value.flatMap({ guess($0, depth: depth) }) else { return nil }
      return elementType(of: sequence, depth: depth)
    case .let, .var: return name.value.flatMap { guess($0, depth: depth) }
    }
  }

  /// What a member gives the function that it is given: `map` the elements, `then` the value, `catch` the error.
  private func parameter(_ place: Int, ofClosureGivenTo method: String, of base: Expression, depth: Int)
    -> TypeGuess?
  {
    guard let receiver = guess(base, depth: depth) else { return nil }
    switch (receiver.type, method) {
    case ("Deferred", "then"): return receiver.awaited
    case ("Deferred", "catch"): return TypeGuess("Error")
    case ("Deferred", _), ("Dictionary", _): return nil
    // What there is already, and then the next element.
    case (_, "reduce") where place == 0: return nil
    default: return elementType(of: receiver, depth: depth)
    }
  }

  /// What a loop over it, or an index, gives.
  private func elementType(of sequence: TypeGuess, depth: Int) -> TypeGuess? {
    switch sequence.type {
    case "String": return TypeGuess("String")
    case "Bytes", "Range": return TypeGuess("Int")
    case "Array":
      if let path = sequence.path?.appending(.index(0)), let members = ask(path) {
        return TypeGuess(members, at: path)
      }
      if case .array(let elements)? = sequence.literal?.kind, let first = elements.first {
        return guess(first, depth: depth + 1)
      }
      return sequence.element.map { TypeGuess($0) }
    default: return nil
    }
  }

  // MARK: Parts and results

  private func guess(_ sign: BinaryOperator, _ left: Expression, _ right: Expression, depth: Int)
    -> TypeGuess?
  {
    switch sign {
    case .equal, .notEqual, .less, .lessOrEqual, .greater, .greaterOrEqual, .and, .or:
      return TypeGuess("Bool")
    case .coalesce: return guess(left, depth: depth) ?? guess(right, depth: depth)
    case .add, .subtract, .multiply, .divide, .remainder:
      guard let left = guess(left, depth: depth), let right = guess(right, depth: depth) else { return nil }
      if left.type == "Date", right.type == "Date" { return TypeGuess("Duration") }
      if left.type == "Int", ["Double", "Duration"].contains(right.type) { return TypeGuess(right.type) }
      if left.type == "Duration", right.type == "Duration", sign == .divide { return TypeGuess("Double") }
      return TypeGuess(left.type, of: left.element)
    }
  }

  private func member(_ name: String, of base: Expression, depth: Int) -> TypeGuess? {
    guard var receiver = guess(base, depth: depth) else {
      if case .name(let type) = base.kind {
        return given(name, by: Catalogue.members(ofTypeItself: type.name))
      }
      return nil
    }
    if Catalogue.member(name, of: receiver.type) == nil, receiver.type == "Deferred" {
      guard let value = receiver.awaited else { return nil }
      receiver = value
    }
    if receiver.type == "Dictionary", case .dictionary(let pairs)? = receiver.literal?.kind {
      for pair in pairs {
        if case .string(name) = pair.key.kind { return guess(pair.value, depth: depth) }
      }
    }
    guard let entry = Catalogue.member(name, of: receiver.type), entry.isProperty else { return nil }
    return result(entry, receiver, depth: depth)
  }

  private func element(of base: Expression, at key: Expression, depth: Int) -> TypeGuess? {
    guard let receiver = guess(base, depth: depth) else { return nil }
    if case .range = key.kind { return TypeGuess(receiver.type, of: receiver.element) }
    if case .dictionary(let pairs)? = receiver.literal?.kind, case .string(let name) = key.kind {
      for pair in pairs {
        if case .string(name) = pair.key.kind { return guess(pair.value, depth: depth) }
      }
    }
    return elementType(of: receiver, depth: depth)
  }

  private func result(of callee: Expression, depth: Int) -> TypeGuess? {
    switch callee.kind {
    case .name(let reference):
      // A function of the notebook may give anything.
      let isOwn = names.contains { $0.name == reference.name } || isDeclared(reference.name)
      return isOwn ? nil : given(reference.name, by: Catalogue.functions)
    case .member(let base, let name, _, _):
      guard var receiver = guess(base, depth: depth) else {
        if case .name(let type) = base.kind {
          return Catalogue.members(ofTypeItself: type.name).contains { $0.name == name }
            ? TypeGuess(type.name) : nil
        }
        return nil
      }
      if Catalogue.member(name, of: receiver.type) == nil, let value = receiver.awaited { receiver = value }
      return Catalogue.member(name, of: receiver.type).flatMap { result($0, receiver, depth: depth) }
    default: return nil
    }
  }

  private func given(_ name: String, by entries: [HelpEntry]) -> TypeGuess? {
    entries.first { $0.name == name }?.gives.map { TypeGuess($0.type, of: $0.element) }
  }

  /// What a member of a value gives, `Element` being what the value consists of.
  private func result(_ entry: HelpEntry, _ receiver: TypeGuess, depth: Int) -> TypeGuess? {
    guard let gives = entry.gives else { return nil }
    if gives.type == "Element" { return elementType(of: receiver, depth: depth) }
    if gives.type == "Array", gives.element == nil, receiver.type == "Array",
      !["map", "compactMap", "flatMap"].contains(entry.name)
    {
      return TypeGuess("Array", of: receiver.element)
    }
    return TypeGuess(gives.type, of: gives.element)
  }
}
