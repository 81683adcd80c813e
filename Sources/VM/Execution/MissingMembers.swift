import Language

// What to say of a member that is not there: what was probably meant, and what there is.

extension Machine {
  func missingKey(_ name: String, _ dictionary: UnsafeMutablePointer<DictionaryObject>) -> Failure {
    // Of a large dictionary the first few hundred will do.
    let keys = heap.pairs(of: dictionary).prefix(500).map { display($0.key) }
    let listed = keys.isEmpty ? "it has no keys" : "its keys are \(Machine.listed(keys))"
    let lenient = "write ?.\(name) for nil where the key is missing"
    let help =
      if let near = Suggestion.nearest(to: name, among: keys) {
        "did you mean \"\(near)\"?"
      } else if let advice = ForeignMembers.advice(on: name, of: "Dictionary") {
        "\(advice), or ?.\(name) where the key may be missing"
      } else if let near = Suggestion.nearest(to: name, among: memberNames(of: Tag.dictionary)) {
        "did you mean \"\(near)\"?"
      } else {
        lenient
      }
    return Failure(.key, "the dictionary has no key \"\(name)\": \(listed)", help: help)
  }

  func noMember(_ name: String, _ object: Value) -> Failure {
    switch object.tag {
    case Tag.nil:
      return .ofNil("nil has no member \"\(name)\"", help: "write ?.\(name) where the value may be nil")
    case Tag.native, Tag.closure, Tag.boundMethod: return noMember(name, ofFunction: object)
    default: break
    }
    var names = memberNames(of: object.tag)
    if object.tag == Tag.instance { names = memberNames(of: classes[Int(object.header.pointee.aux)]) }
    names += ownFields(of: object).filter { !names.contains($0) }
    let help =
      ForeignMembers.advice(on: name, of: typeName(object))
      ?? Suggestion.nearest(to: name, among: names).map { "did you mean \"\($0)\"?" }
    if object.isDeferred, help == nil {
      return Failure(
        .type, "a Deferred has no member \"\(name)\": it was not awaited", help: "write await before it")
    }
    return Failure(
      .type, "\(typeName(object)) has no member \"\(name)\"",
      help: help ?? (names.isEmpty ? nil : "its members are \(Machine.listed(names.sorted()))"))
  }

  /// The fields that an error was made with.
  private func ownFields(of object: Value) -> [String] {
    guard object.tag == Tag.error, object.error.pointee.fields.tag == Tag.dictionary else { return [] }
    return heap.pairs(of: object.error.pointee.fields.dictionary).prefix(500).map { display($0.key) }
  }

  /// `String.count`, `json.loads`, `xs.sorted.first`: the function was to be called first.
  private func noMember(_ name: String, ofFunction function: Value) -> Failure {
    let own = functionName(of: function)
    let members = own.flatMap { typeMembers[$0] } ?? []
    let subject = own.map { "\($0) is a function and" } ?? "a function"
    let isMember = function.tag == Tag.boundMethod
    let call = "\(isMember ? "." : "")\(own ?? "f")(\(isMember ? "" : "…"))"
    let shown = members.filter { $0 != "init" }.sorted()
    let listed = shown.isEmpty ? "" : "; its own members are \(Machine.listed(shown))"
    return Failure(
      .type, "\(subject) has no member \"\(name)\"",
      help: own.flatMap { ForeignMembers.advice(on: name, of: "\($0)()") }
        ?? Suggestion.nearest(to: name, among: members).map { "did you mean \"\($0)\"?" }
        ?? ForeignMembers.advice(on: name, of: "Function") ?? "call it first: \(call).\(name)\(listed)")
  }

  /// What a function is called where it is called; nil for a closure.
  private func functionName(of function: Value) -> String? {
    switch function.tag {
    case Tag.boundMethod: return functionName(of: function.boundMethod.pointee.function)
    case Tag.native:
      return natives[function.native.pointee.number].name.split(separator: ".").last.map(String.init)
    default:
      guard let prototype = prototype(of: function), prototype.function.role == .function else { return nil }
      return prototype.name.hasSuffix("()") ? String(prototype.name.dropLast(2)) : prototype.name
    }
  }

  func memberNames(of tag: UInt) -> [String] {
    let unmentioned = unmentionedMembers {
      if case .method(_, tag: tag, label: nil) = $0 { true } else { false }
    }
    return (0..<min(Machine.memberCapacity, memberNames.count)).compactMap { member in
      let name = memberNames[member]
      let isMember =
        method(tag, member).tag != Tag.unset || property(tag, member).tag != Tag.unset
        || unmentioned.contains(name)
      return isMember && !name.hasPrefix("__") ? name : nil
    }
  }

  /// The names of all instance members of a class.
  private func memberNames(of type: InstanceClass) -> [String] {
    let unmentioned = unmentionedMembers {
      if case .methodOfClass(_, let other) = $0 { other === type } else { false }
    }
    return type.memberNames(self) + unmentioned
  }

  private func unmentionedMembers(whose isWanted: (UnmentionedFunction.Role) -> Bool) -> Set<String> {
    Set(unmentionedMembers.filter { $0.value.contains { isWanted($0.role) } }.keys)
  }

  /// The first few of a list, and how many more there are.
  static func listed(_ names: [String]) -> String {
    let shown = names.prefix(12).joined(separator: ", ")
    return names.count > 12 ? "\(shown) and \(names.count - 12) more" : shown
  }
}
