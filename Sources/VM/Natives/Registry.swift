import Language

extension Machine {
  /// Defines a global function. A parameter that ends in `?` may be left out. One that takes any number of
  /// arguments may take more with labels, its `options`. What only the prelude calls has a name that begins with
  /// `__`; messages then say `shown`.
  public func define(
    _ name: String, _ parameters: [String], variadic: Bool = false, options: [String] = [],
    shown: String? = nil,
    _ body: @escaping NativeBody
  ) {
    let function = makeNative(
      shown ?? name, parameters, isVariadic: variadic, options: options, isMember: false, body)
    for name in [name, Machine.hidden(name)] {
      guard let slot = try? slot(of: name) else { continue }
      setGlobal(slot, (function, .builtin))
    }
  }

  func makeNative(
    _ name: String, _ parameters: [String], isVariadic: Bool = false, options: [String] = [],
    isMember: Bool, _ body: @escaping NativeBody
  ) -> Value {
    natives.append(
      NativeFunction(
        name: name, parameters: NativeParameter.list(parameters), isVariadic: isVariadic, options: options,
        isMember: isMember, body: body))
    let object = heap.allocate(MemoryLayout<NativeObject>.size, Tag.native).assumingMemoryBound(
      to: NativeObject.self)
    object.pointee.number = natives.count - 1
    object.pointee.function = .passUnretained(natives[natives.count - 1])
    return Value(Tag.native, object)
  }

  /// Lets a method be another function when it is called with a label, or with a function as its last
  /// argument where the label is empty: `append(contentsOf:)`, `contains { … }`.
  func setVariant(_ label: String, of name: String, _ tag: UInt, _ function: Value) {
    let member = memberNumber(name)
    let method = method(tag, member)
    memberFunctions.append(function)
    memberVariants[MemberKey(tag: tag, member: member), default: [:]][label] = function
    if label.isEmpty, method.tag == Tag.native {
      method.native.pointee.header.aux = NativeObject.takesFunction
    }
  }

  /// Defines `value.name(…)` for values of a tag. The receiver is the call's first argument. Of a name that begins
  /// with `__`, which is for the prelude alone, messages say `shown`.
  func defineMethod(
    _ tag: UInt, _ name: String, _ parameters: [String] = [], shown: String? = nil,
    _ body: @escaping NativeBody
  ) {
    let function = makeNative("\(Tag.name(tag)).\(shown ?? name)", parameters, isMember: true, body)
    setMethod(name, of: tag, function)
  }

  /// Defines what the method `name` is when it is called with a label.
  func defineVariant(
    _ label: String, of name: String, _ tag: UInt, _ parameters: [String], _ body: @escaping NativeBody
  ) {
    let function = makeNative("\(Tag.name(tag)).\(name)", parameters, isMember: true, body)
    setVariant(label, of: name, tag, function)
  }

  /// Defines `value.name` for values of a tag.
  func defineProperty(_ tag: UInt, _ name: String, _ body: @escaping NativeBody) {
    setProperty(name, of: tag, makeNative("\(Tag.name(tag)).\(name)", [], isMember: true, body))
  }

  func installNatives() {
    countMember = memberNumber("count")
    asciiStrings = (0..<128).map { heap.makeString(String(Unicode.Scalar(UInt8($0)))) }
    installStrings()
    installStringSearch()
    installArrays()
    installDictionaries()
    installNumbers()
    installDeferreds()
    installErrors()
    installText()
    installEncodings()
    installRandom()
    installPieces()
  }

  // MARK: Values for hosts

  public func makeString(_ text: String) -> Value { heap.makeString(text) }
  public func makeString(utf8 bytes: some Collection<UInt8>) -> Value {
    let valid = String(decoding: bytes, as: UTF8.self)
    return heap.makeString(valid)
  }
  public func makeBytes(_ bytes: some Collection<UInt8>) -> Value { heap.makeBytes(bytes) }
  public func makeArray(_ values: [Value]) -> Value { heap.makeArray(values) }

  /// A dictionary of strings to values, in order; a name given twice keeps its last value.
  public func makeDictionary(_ pairs: [(String, Value)]) -> Value {
    let dictionary = heap.newDictionary(capacity: pairs.count)
    for (name, value) in pairs { try? heap.set(value, for: heap.makeString(name), in: dictionary) }
    return Value(Tag.dictionary, dictionary)
  }

  /// The text of a string, HTML included; nil for anything else.
  public func string(_ value: Value) -> String? {
    value.tag == Tag.string || value.tag == Tag.html ? heap.text(value.string) : nil
  }

  /// The bytes of a string, of HTML or of Bytes, where they lie; nil for anything else.
  public func withBytes<Result>(of value: Value, _ body: (UnsafeRawBufferPointer) -> Result) -> Result? {
    guard value.tag == Tag.string || value.tag == Tag.html || value.tag == Tag.bytes else { return nil }
    return body(UnsafeRawBufferPointer(value.string.buffer))
  }

  public func isHTML(_ value: Value) -> Bool { value.tag == Tag.html }
  public func isBytes(_ value: Value) -> Bool { value.tag == Tag.bytes }
  public func isError(_ value: Value) -> Bool { value.tag == Tag.error }

  /// The elements of an array, or the first of them; nil for anything else.
  public func elements(of value: Value, most: Int = .max) -> [Value]? {
    guard value.tag == Tag.array else { return nil }
    let array = value.array.pointee
    return Array(UnsafeBufferPointer(start: array.elements, count: min(most, array.count)))
  }

  /// How many elements an array or a dictionary has; nil for anything else.
  public func elementCount(of value: Value) -> Int? {
    switch value.tag {
    case Tag.array: value.array.pointee.count
    case Tag.dictionary: heap.pairs(of: value.dictionary).count
    default: nil
    }
  }

  /// The pairs of a dictionary in order; nil for anything else.
  public func pairs(of value: Value) -> [(key: Value, value: Value)]? {
    value.tag == Tag.dictionary ? heap.pairs(of: value.dictionary) : nil
  }

  /// Sets a key of a dictionary; does nothing where that cannot be.
  public func setElement(_ key: Value, of dictionary: Value, to value: Value) {
    guard dictionary.tag == Tag.dictionary else { return }
    try? heap.set(value, for: key, in: dictionary.dictionary)
  }

  public func removeElement(_ key: Value, of dictionary: Value) {
    if dictionary.tag == Tag.dictionary { _ = heap.remove(key, from: dictionary.dictionary) }
  }

  /// Whether this is a deferred that has not fired.
  public func isPending(_ value: Value) -> Bool { value.tag == Tag.deferred && value.deferred.isPending }

  /// How a function was called in the text, for messages: `GET /greet/<user>`.
  public func functionName(_ value: Value) -> String? {
    value.tag == Tag.closure ? prototype(of: value)?.function.name : nil
  }
}
