import Language

extension Machine {
  /// How many a value has that knows it at once: what is asked for most often.
  @inline(__always) private func count(of object: Value) -> Int? {
    switch object.tag {
    case Tag.array: object.array.pointee.count
    case Tag.dictionary: object.dictionary.pointee.live
    case Tag.string where heap.isSimple(object.string): object.string.pointee.count
    default: nil
    }
  }

  /// Reads `object.member`. Lenient, as after `?.`: a key that a dictionary lacks gives nil.
  @inline(never) func getMember(_ object: Value, _ member: Int, isLenient: Bool, into target: ValuePointer)
    -> Bool
  {
    if member == countMember, let count = count(of: object) {
      target.pointee = .int(count)
      return true
    }
    let own = property(object.tag, member)
    if own.tag == Tag.native { return callNative(own, receiver(object), 1, nil, owner, into: target) }
    switch object.tag {
    case Tag.dictionary:
      // A dictionary's own members win over its keys.
      let method = method(object.tag, member)
      if method.tag != Tag.unset { return bind(method, object, into: target) }
      let value = heap.value(of: memberStrings[member], in: object.dictionary)
      if value.tag != Tag.unset {
        target.pointee = value
        return true
      }
      if let place = Int(memberNames[member]), let element = element(place, ofPair: object.dictionary) {
        target.pointee = element
        return true
      }
      if isLenient {
        target.pointee = .nil
        return true
      }
      failure = missingKey(memberNames[member], object.dictionary)
      return false
    case Tag.instance:
      let type = classes[Int(object.header.pointee.aux)]
      if let field = type.field(member) {
        target.pointee = object.instance.fields[field]
        return true
      }
      let property = type.property(member)
      if property.tag == Tag.native {
        return callNative(property, receiver(object), 1, nil, owner, into: target)
      }
      let method = type.method(member)
      if method.tag != Tag.unset { return bind(method, object, into: target) }
    case Tag.error:
      if object.error.pointee.fields.tag == Tag.dictionary {
        let value = heap.value(of: memberStrings[member], in: object.error.pointee.fields.dictionary)
        if value.tag != Tag.unset {
          target.pointee = value
          return true
        }
      }
      fallthrough
    default:
      let method = method(object.tag, member)
      if method.tag != Tag.unset { return bind(method, object, into: target) }
      if object.tag == Tag.array, let place = Int(memberNames[member]) {
        return getIndex(object, .int(place), into: target)
      }
    }
    failure = noMember(memberNames[member], object)
    return false
  }

  /// On whose behalf a property is read.
  private var owner: UInt32 { current?.pointee.owner ?? 0 }

  /// The receiver where a native looks for its arguments.
  private func receiver(_ object: Value) -> ValuePointer {
    scratch.pointee = object
    return scratch
  }

  private func bind(_ function: Value, _ receiver: Value, into target: ValuePointer) -> Bool {
    let bound = heap.allocate(MemoryLayout<BoundMethodObject>.size, Tag.boundMethod)
      .assumingMemoryBound(to: BoundMethodObject.self)
    bound.pointee.receiver = receiver
    bound.pointee.function = function
    target.pointee = Value(Tag.boundMethod, bound)
    return true
  }

  /// Whether the type itself has the member, whatever a dictionary's keys are.
  func hasMember(_ object: Value, _ member: Int) -> Bool {
    method(object.tag, member).tag != Tag.unset || property(object.tag, member).tag != Tag.unset
  }

  /// Whether the value is a dictionary that has no such member, and nothing under such a key.
  @inline(never) func lacksKey(_ object: Value, _ member: Int) -> Bool {
    guard object.tag == Tag.dictionary, !hasMember(object, member) else { return false }
    let value = heap.value(of: memberStrings[member], in: object.dictionary)
    return value.tag == Tag.unset || value.isNil
  }

  @inline(never) func setMember(_ object: Value, _ member: Int, _ value: Value) -> Bool {
    switch object.tag {
    case Tag.dictionary:
      if hasMember(object, member) {
        failure = Failure(
          .key, "\"\(memberNames[member])\" is a member of Dictionary and cannot be assigned",
          help: "write [\"\(memberNames[member])\"] for the key")
        return false
      }
      do throws(Failure) {
        try heap.set(value, for: memberStrings[member], in: object.dictionary)
        return true
      } catch {
        failure = error
        return false
      }
    case Tag.array:
      if let place = Int(memberNames[member]) { return setIndex(object, .int(place), value, keepsNil: false) }
      failure = Failure(.type, "members of Array cannot be assigned")
    case Tag.instance: return setMember(ofInstance: object, member, value)
    case Tag.deferred: failure = .notAwaited("what is assigned to")
    case Tag.nil: failure = .ofNil("members of nil cannot be assigned")
    default: failure = Failure(.type, "members of \(typeName(object)) cannot be assigned")
    }
    return false
  }

  private func setMember(ofInstance object: Value, _ member: Int, _ value: Value) -> Bool {
    let type = classes[Int(object.header.pointee.aux)]
    let setter = type.setter(member)
    guard setter.tag == Tag.native else {
      let names = type.settableNames(self)
      failure = Failure(
        .type,
        names.isEmpty
          ? "members of \(type.name) cannot be assigned"
          : "\"\(memberNames[member])\" of \(type.name) cannot be assigned",
        help: names.isEmpty ? nil : "those that can are \(names.joined(separator: ", "))")
      return false
    }
    scratch[0] = object
    scratch[1] = value
    return callNative(setter, scratch, 2, nil, owner, into: scratch)
  }

  // MARK: Index

  @inline(never) func getIndex(_ object: Value, _ key: Value, into target: ValuePointer) -> Bool {
    switch object.tag {
    case Tag.array:
      if key.tag == Tag.range { return slice(object.array, key.range, into: target) }
      guard let place = checkedPlace(key, count: object.array.pointee.count, "array") else { return false }
      target.pointee = object.array.pointee.elements[place]
      return true
    case Tag.dictionary:
      guard Heap.isKey(key) else {
        failure =
          (key.isDeferred
          ? .notAwaited("a key") : Failure(.key, "\(typeName(key)) cannot be a key of a Dictionary"))
          .at(.operand(1))
        return false
      }
      let value = heap.value(of: key, in: object.dictionary)
      target.pointee = value.tag == Tag.unset ? .nil : value
      return true
    case Tag.string: return index(string: object.string, key, into: target)
    case Tag.range:
      guard let count = Machine.count(of: object.range) else {
        failure = Failure(.limit, "the range is too long to be indexed")
        return false
      }
      guard let place = checkedPlace(key, count: count, "range") else { return false }
      target.pointee = .int(object.range.pointee.lower + place)
      return true
    case Tag.bytes:
      if key.tag == Tag.range {
        let bytes = object.string
        guard let bounds = checkedBounds(key.range, count: bytes.pointee.count, "bytes") else { return false }
        target.pointee = heap.makeBytes(bytes.buffer[bounds])
        return true
      }
      guard let place = checkedPlace(key, count: object.string.pointee.count, "bytes") else { return false }
      target.pointee = .int(Int(object.string.bytes[place]))
      return true
    case Tag.nil:
      failure = .ofNil("nil cannot be indexed", help: "write ?[…] where the value may be nil")
    case Tag.deferred: failure = .notAwaited("what is indexed").at(.operand(0))
    case Tag.error, Tag.instance:
      let name = key.tag == Tag.string ? heap.text(key.string) : "name"
      failure = Failure(.type, "\(typeName(object)) cannot be indexed", help: "write .\(name)")
    default: failure = Failure(.type, "\(typeName(object)) cannot be indexed")
    }
    return false
  }

  /// `object[key] = value`. A literal's entries keep nil, which otherwise takes the key away.
  @inline(never) func setIndex(_ object: Value, _ key: Value, _ value: Value, keepsNil: Bool) -> Bool {
    switch object.tag {
    case Tag.array:
      if key.tag == Tag.range { return setSlice(object.array, key.range, value) }
      guard let place = checkedPlace(key, count: object.array.pointee.count, "array") else { return false }
      heap.store(value, at: object.array.pointee.elements + place, in: object.array)
      return true
    case Tag.dictionary:
      do throws(Failure) {
        // As in Swift, assigning nil takes the key away.
        if value.isNil, !keepsNil, Heap.isKey(key) {
          _ = heap.remove(key, from: object.dictionary)
        } else {
          try heap.set(value, for: key, in: object.dictionary)
        }
        return true
      } catch {
        failure = error.kind == .type ? error.at(.operand(1)) : error
        return false
      }
    case Tag.deferred: failure = .notAwaited("what is indexed").at(.operand(0))
    case Tag.nil: failure = .ofNil("elements of nil cannot be assigned")
    case Tag.string:
      failure = Failure(.type, "characters of a String cannot be assigned", help: "make a new String")
    default: failure = Failure(.type, "elements of \(typeName(object)) cannot be assigned")
    }
    return false
  }

  /// `array[1..<3] = other`, which may be shorter or longer.
  private func setSlice(
    _ array: UnsafeMutablePointer<ArrayObject>, _ range: UnsafeMutablePointer<RangeObject>, _ value: Value
  ) -> Bool {
    guard let bounds = checkedBounds(range, count: array.pointee.count, "array") else { return false }
    guard let elements = elements(of: value) else {
      failure =
        (value.isDeferred
        ? .notAwaited("what is assigned")
        : Failure(.type, "a part of an array takes an Array, not \(typeName(value))"))
        .at(.operand(2))
      return false
    }
    do throws(Failure) {
      try replace(bounds, of: array, with: elements)
      return true
    } catch {
      failure = error
      return false
    }
  }

  private func checkedPlace(_ key: Value, count: Int, _ what: String) -> Int? {
    guard key.isInt else {
      failure =
        (key.isDeferred
        ? .notAwaited("an index")
        : Failure(.type, "an index of \(Failure.indefinite(what)) must be an Int, not \(typeName(key))"))
        .at(.operand(1))
      return nil
    }
    guard key.int >= 0, key.int < count else {
      failure = .index(key.int, count: count, what: what)
      return nil
    }
    return key.int
  }

  private func slice(
    _ array: UnsafeMutablePointer<ArrayObject>, _ range: UnsafeMutablePointer<RangeObject>,
    into target: ValuePointer
  ) -> Bool {
    guard let bounds = checkedBounds(range, count: array.pointee.count, "array") else { return false }
    do throws(Failure) { try heap.reserve(bounds.count * 16) } catch {
      failure = error
      return false
    }
    let result = heap.newArray(capacity: bounds.count)
    result.pointee.elements.update(from: array.pointee.elements + bounds.lowerBound, count: bounds.count)
    result.pointee.count = bounds.count
    target.pointee = Value(Tag.array, result)
    return true
  }

  func checkedBounds(
    _ range: UnsafeMutablePointer<RangeObject>, count: Int, _ what: String
  ) -> Range<Int>? {
    let lower = range.pointee.lower
    // `array[2...]` goes up to the end.
    let isOpen = range.pointee.upper == .max && range.pointee.isClosed == 0
    if isOpen, lower >= 0, lower <= count { return lower..<count }
    let (upper, overflow) = range.pointee.upper.addingReportingOverflow(range.pointee.isClosed)
    guard !overflow, lower >= 0, upper <= count else {
      let sign = range.pointee.isClosed == 1 || isOpen ? "..." : "..<"
      let end = isOpen ? "" : "\(range.pointee.upper)"
      failure = Failure(
        .index,
        "\(lower)\(sign)\(end) is out of range: the \(what) \(Failure.has(what)) \(count) element\(count == 1 ? "" : "s")"
      )
      return nil
    }
    return lower..<upper
  }

  private func index(string: UnsafeMutablePointer<StringObject>, _ key: Value, into target: ValuePointer)
    -> Bool
  {
    if heap.isSimple(string), key.isInt {
      guard let place = checkedPlace(key, count: string.pointee.count, "string") else { return false }
      target.pointee = asciiString(string.bytes[place])
      return true
    }
    if heap.isSimple(string), key.tag == Tag.range {
      guard let bounds = checkedBounds(key.range, count: string.pointee.count, "string") else { return false }
      target.pointee = heap.makeString(
        utf8: UnsafeBufferPointer(start: string.bytes + bounds.lowerBound, count: bounds.count))
      return true
    }
    do throws(Failure) { try spend(string.pointee.count) } catch {
      failure = error
      return false
    }
    let text = heap.text(string)
    let count = characterCount(string)
    if key.tag == Tag.range {
      guard let bounds = checkedBounds(key.range, count: count, "string") else { return false }
      let start = text.index(text.startIndex, offsetBy: bounds.lowerBound)
      let end = text.index(start, offsetBy: bounds.count)
      target.pointee = heap.makeString(String(text[start..<end]))
      return true
    }
    guard let place = checkedPlace(key, count: count, "string") else { return false }
    target.pointee = heap.makeString(String(text[text.index(text.startIndex, offsetBy: place)]))
    return true
  }

  // MARK: Failures

  /// What went wrong last, for a native that throws it.
  func takeFailure() -> Failure {
    defer { failure = nil }
    return failure ?? Failure(.type, "the values do not fit")
  }
}

extension Failure {
  fileprivate static func has(_ what: String) -> String { what == "bytes" ? "have" : "has" }

  fileprivate static func indefinite(_ what: String) -> String {
    switch what {
    case "bytes": what
    case "array": "an array"
    default: "a \(what)"
    }
  }

  /// nil stood where a value was needed.
  static func ofNil(_ message: String, help: String? = nil) -> Failure {
    var failure = Failure(.type, message, help: help)
    failure.isOfNil = true
    return failure
  }

  static func insertion(_ place: Int, count: Int) -> Failure {
    Failure(
      .index, "index \(place) is out of range: of an array of \(count) an element can be put at 0 to \(count)"
    )
  }

  static func index(_ place: Int, count: Int, what: String) -> Failure {
    let extent =
      switch count {
      case 0: "the \(what) \(what == "bytes" ? "were" : "was") empty"
      case 1: "the \(what) \(has(what)) 1 element, at 0"
      default: "the \(what) \(has(what)) \(count) elements, 0 to \(count - 1)"
      }
    return Failure(
      .index, "index \(place) is out of range: \(extent)",
      help: place == -1 && count > 0
        ? "write .last" : place < 0 && place >= -count ? "write [xs.count - \(-place)]" : nil)
  }
}
