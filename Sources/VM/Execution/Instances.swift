/// A class of objects that the host defines: requests, responses, timers. Its instances have fields, and
/// may hold a Swift object.
public final class InstanceClass {
  public let name: String
  public let fields: [String]
  let number: Int
  /// How an instance shows itself; nil for `<Name>`.
  public var describe: ((Value) -> String)?
  private var members: [Int: Member] = [:]
  /// What assigns to a member.
  private var setters: [Int: Value] = [:]

  private enum Member {
    case field(Int)
    case property(Value)
    case method(Value)
  }

  init(name: String, fields: [String], number: Int) {
    self.name = name
    self.fields = fields
    self.number = number
  }

  func field(_ member: Int) -> Int? {
    if case .field(let place) = members[member] { place } else { nil }
  }

  func property(_ member: Int) -> Value {
    if case .property(let value) = members[member] { value } else { .unset }
  }

  func method(_ member: Int) -> Value {
    if case .method(let value) = members[member] { value } else { .unset }
  }

  func setter(_ member: Int) -> Value { setters[member] ?? .unset }

  func add(setter: Value, member: Int) { setters[member] = setter }
  func add(field place: Int, member: Int) { members[member] = .field(place) }
  func add(property: Value, member: Int) { members[member] = .property(property) }
  func add(method: Value, member: Int) { members[member] = .method(method) }

  func memberNames(_ machine: Machine) -> [String] {
    members.keys.map { machine.memberNames[$0] }.filter { !$0.hasPrefix("__") }
  }

  /// The members that can be assigned to, in the order of their names.
  func settableNames(_ machine: Machine) -> [String] { setters.keys.map { machine.memberNames[$0] }.sorted() }

  func eachMember(_ body: (Value) -> Void) {
    setters.values.forEach(body)
    for member in members.values {
      switch member {
      case .property(let value), .method(let value): body(value)
      case .field: break
      }
    }
  }
}

extension Machine {
  /// Defines a class. Fields are read as members.
  public func defineClass(_ name: String, fields: [String] = []) -> InstanceClass {
    let type = InstanceClass(name: name, fields: fields, number: classes.count)
    classes.append(type)
    for (place, field) in fields.enumerated() { type.add(field: place, member: memberNumber(field)) }
    return type
  }

  public func defineProperty(_ type: InstanceClass, _ name: String, _ body: @escaping NativeBody) {
    type.add(
      property: makeNative("\(type.name).\(name)", [], isMember: true, body), member: memberNumber(name))
  }

  /// Defines what an assignment to a member does: the call's first argument is the instance, the second what is assigned.
  public func defineSetter(_ type: InstanceClass, _ name: String, _ body: @escaping NativeBody) {
    let setter = makeNative("\(type.name).\(name)", ["value"], isMember: true, body)
    type.add(setter: setter, member: memberNumber(name))
  }

  /// - Parameter shown: what messages say in place of a name that begins with `__`, which is for a library alone.
  public func defineMethod(
    _ type: InstanceClass, _ name: String, _ parameters: [String] = [], shown: String? = nil,
    _ body: @escaping NativeBody
  ) {
    type.add(
      method: makeNative("\(type.name).\(shown ?? name)", parameters, isMember: true, body),
      member: memberNumber(name)
    )
  }

  /// An object of a class with its fields in order, holding a Swift object if it is given one.
  ///
  /// - Parameter payloadBytes: what the Swift object counts for in the memory limit: a body, a buffer.
  public func makeInstance(
    _ type: InstanceClass, fields: [Value] = [], payload: AnyObject? = nil, payloadBytes: Int = 0
  ) -> Value {
    let instance = heap.allocate(32 + 16 * type.fields.count, Tag.instance)
      .assumingMemoryBound(to: InstanceObject.self)
    instance.pointee.header.aux = UInt32(type.number)
    instance.pointee.payload = payload.map(payloads.add) ?? -1
    instance.pointee.payloadBytes = payloadBytes
    heap.charge(payloadBytes)
    instance.pointee.fieldCount = type.fields.count
    for place in type.fields.indices {
      heap.initialize(instance.fields + place, to: place < fields.count ? fields[place] : .nil)
    }
    return Value(Tag.instance, instance)
  }

  /// The Swift object that an instance of the class holds.
  public func payload(of value: Value, _ type: InstanceClass) -> AnyObject? {
    guard value.tag == Tag.instance, value.header.pointee.aux == UInt32(type.number) else { return nil }
    return payloads[value.instance.pointee.payload]
  }

  /// Lets go of the Swift objects of all instances, some of which hold the machine: for when it is not used again.
  public func releasePayloads() { payloads.removeAll() }

  public func isInstance(_ value: Value, of type: InstanceClass) -> Bool {
    value.tag == Tag.instance && value.header.pointee.aux == UInt32(type.number)
  }

  /// A field of an instance, by its place.
  public func field(_ place: Int, of value: Value) -> Value {
    guard value.tag == Tag.instance, place < value.instance.pointee.fieldCount else { return .nil }
    return value.instance.fields[place]
  }

  public func setField(_ place: Int, of value: Value, to content: Value) {
    guard value.tag == Tag.instance, place < value.instance.pointee.fieldCount else { return }
    heap.store(content, at: value.instance.fields + place, in: value.instance)
  }
}
