// Looking at parts of values from outside, for somebody who is typing: no code of the language runs, nothing is
// changed, and each step takes a bounded time.

extension Machine {
  /// Of a larger value no property is computed: bytes of a text or a body, elements of a collection.
  static let peekLimit = 1 << 16

  /// `value.name`: a key, a field, or a property; nil where there is none, where it is a method, and where the value is
  /// large. Not to be called while something runs.
  public func peek(_ name: String, of value: Value) -> Value? {
    guard !isRunning else { return nil }
    bringIn(member: name)
    let member = memberNumbers[name]
    guard let member, isProperty(member, of: value) else {
      // A dictionary's own members win over its keys.
      if let member, hasMember(value, member) { return nil }
      return ownFields(of: value).flatMap { peek(heap.makeString(name), of: Value(Tag.dictionary, $0)) }
    }
    guard isSmall(value) else { return nil }
    var result = Value.nil
    let isFound = withUnsafeMutablePointer(to: &result) {
      getMember(value, member, isLenient: true, into: $0)
    }
    if !isFound { failure = nil }
    return isFound ? result : nil
  }

  /// `value[key]`: of a dictionary, an array, a text, a range or bytes; nil where there is none.
  public func peek(_ key: Value, of value: Value) -> Value? {
    guard !isRunning, value.tag != Tag.string || isSmall(value) else { return nil }
    var result = Value.nil
    let isFound = withUnsafeMutablePointer(to: &result) { getIndex(value, key, into: $0) }
    if !isFound { failure = nil }
    return isFound && !result.isNil ? result : nil
  }

  /// Whether reading it gives a value rather than a method.
  private func isProperty(_ member: Int, of value: Value) -> Bool {
    switch value.tag {
    case Tag.instance:
      let type = classes[Int(value.header.pointee.aux)]
      return type.field(member) != nil || type.property(member).tag == Tag.native
    default: return property(value.tag, member).tag == Tag.native
    }
  }

  private func isSmall(_ value: Value) -> Bool {
    switch value.tag {
    case Tag.string, Tag.html, Tag.bytes: value.string.pointee.count <= Machine.peekLimit
    case Tag.array: value.array.pointee.count <= Machine.peekLimit
    case Tag.dictionary: value.dictionary.pointee.used <= Machine.peekLimit
    case Tag.instance: value.instance.pointee.payloadBytes <= Machine.peekLimit
    default: true
    }
  }

  /// What a dictionary has under keys that can stand behind a dot, or an error as fields of its own; the first of them.
  public func ownMembers(of value: Value, most: Int) -> [(name: String, value: Value)] {
    guard let dictionary = ownFields(of: value) else { return [] }
    var found: [(name: String, value: Value)] = []
    for number in 0..<min(dictionary.pointee.used, 4 * most) where found.count < most {
      let entry = dictionary.pointee.entries[number]
      guard entry.key.tag == Tag.string, entry.key.string.pointee.count <= 100 else { continue }
      let name = heap.text(entry.key.string)
      // The members of the type win over keys of the same name.
      bringIn(member: name)
      if let member = memberNumbers[name], hasMember(value, member) { continue }
      if Machine.canStandBehindDot(name) { found.append((name, entry.value)) }
    }
    return found
  }

  /// What holds the keys that are read as members.
  private func ownFields(of value: Value) -> UnsafeMutablePointer<DictionaryObject>? {
    switch value.tag {
    case Tag.dictionary: value.dictionary
    case Tag.error where value.error.pointee.fields.tag == Tag.dictionary:
      value.error.pointee.fields.dictionary
    default: nil
    }
  }

  private static func canStandBehindDot(_ name: String) -> Bool {
    guard let first = name.unicodeScalars.first, first == "_" || first.properties.isXIDStart else {
      return false
    }
    return name.unicodeScalars.allSatisfy { $0 == "_" || $0.properties.isXIDContinue }
  }

  /// Whether a value and all that it holds are such that they change only where code of the language changes them:
  /// numbers, texts, collections of such, functions, and instances of some classes. False where there are too many
  /// parts to look at.
  ///
  /// - Parameter classes: the names of the classes whose instances do not change by themselves.
  public func isInert(_ value: Value, classes inert: Set<String>, limit: Int = 1_000) -> Bool {
    var open = [value]
    var seen = 0
    while let next = open.popLast() {
      seen += 1
      guard seen + open.count <= limit else { return false }
      switch next.tag {
      case Tag.deferred, Tag.fiber, Tag.reaction: return false
      case Tag.instance: if !inert.contains(typeName(next)) { return false }
      case Tag.array:
        guard seen + open.count + next.array.pointee.count <= limit else { return false }
        for place in 0..<next.array.pointee.count { open.append(next.array.pointee.elements[place]) }
      case Tag.dictionary:
        guard seen + open.count + next.dictionary.pointee.used <= limit else { return false }
        for place in 0..<next.dictionary.pointee.used {
          open.append(next.dictionary.pointee.entries[place].key)
          open.append(next.dictionary.pointee.entries[place].value)
        }
      case Tag.error: open.append(next.error.pointee.fields)
      default: break
      }
    }
    return true
  }

  /// What a deferred has fired with; nil for one that has not, or has failed, and for anything else.
  public func firedValue(of value: Value) -> Value? {
    guard value.tag == Tag.deferred, value.deferred.state == DeferredObject.resolved else { return nil }
    return value.deferred.pointee.value
  }

  /// The names of a function's parameters, in order; nil for what is none.
  public func parameterNames(of value: Value) -> [String]? {
    switch value.tag {
    case Tag.closure: prototype(of: value)?.function.parameterNames
    case Tag.native: natives[value.native.pointee.number].parameters.map(\.name)
    default: nil
    }
  }
}
