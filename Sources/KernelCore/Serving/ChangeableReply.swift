import NIOCore
import NIOHTTP1
import VM
import Web

/// `response` in the body of `after`: a Reply of which status, headers and body can be changed.
extension ReplyMaker {
  /// Places of a reply's fields.
  enum Field {
    static let status = 0
    static let headers = 1
    static let body = 2
    static let cookies = 3
    /// The content type that its body has by itself, where its headers say that one.
    static let type = 4
    /// The body of which `type` is told: another that is set later has its own.
    static let typed = 6
    /// Whether its status was written, and so counts in the place of another.
    static let hasStatus = 5
  }

  static let fields = ["status", "headers", "body", "__cookies", "__type", "__hasStatus", "__typed"]

  static func defineSetters(_ type: InstanceClass, in machine: Machine) {
    machine.defineSetter(type, "status") { call throws(Failure) in
      let machine = call.machine
      guard let status = call[1].asInt, machine.typeName(call[1]) == "Int" else {
        throw call[1].isDeferred
          ? .notAwaited("the status")
          : Failure(.type, "the status of a response must be an Int, not \(machine.typeName(call[1]))")
      }
      guard (200...599).contains(status) else {
        throw Failure(.argument, "\(status) is no status of a response", help: "use 200 to 599")
      }
      machine.setField(Field.status, of: call[0], to: .int(status))
      machine.setField(Field.hasStatus, of: call[0], to: .bool(true))
      return .nil
    }
    machine.defineSetter(type, "headers") { call throws(Failure) in
      guard call.machine.pairs(of: call[1]) != nil else {
        throw call[1].isDeferred
          ? .notAwaited("what the headers are set to")
          : Failure(
            .type, "the headers of a response must be a Dictionary, not \(call.machine.typeName(call[1]))")
      }
      call.machine.setField(Field.headers, of: call[0], to: call[1])
      return .nil
    }
    machine.defineSetter(type, "body") { call throws(Failure) in
      if call[1].isDeferred { throw .notAwaited("what the body is set to") }
      call.machine.setField(Field.body, of: call[0], to: call[1])
      return .nil
    }
  }

  /// What a function gave as a reply of its own, with all headers by their names in small letters.
  ///
  /// - Parameter page: a reply whose status counts where the value does not say one; nil for none.
  /// - Throws: a failure for a value that cannot be sent.
  func changeable(_ value: Value, inPlaceOf page: Value) throws(Failure) -> Value {
    var fields: [Value]
    if machine.isInstance(value, of: replyClass) {
      fields = (0..<Self.fields.count).map { machine.field($0, of: value) }
      if machine.field(Field.hasStatus, of: value).asBool != true, !page.isNil {
        fields[Field.status] = machine.field(Field.status, of: page)
      }
      let headers = (machine.pairs(of: fields[Field.headers]) ?? []).filter { !$0.value.isNil }.map {
        (machine.display($0.key).lowercased(), $0.value)
      }
      for (name, value) in headers { try checkHeader(name, value) }
      fields[Field.headers] = machine.makeDictionary(headers)
      if let payload = machine.payload(of: fields[Field.body], responseClass) as? ResponseObject,
        !fields[Field.body].isIdentical(to: fields[Field.typed])
      {
        let passedOn = passedOn(payload, fields[Field.body])
        fields[Field.body] = machine.field(Field.body, of: passedOn)
        if fields[Field.hasStatus].asBool != true {
          fields[Field.status] = machine.field(Field.status, of: passedOn)
        }
        let own = machine.pairs(of: machine.field(Field.headers, of: passedOn)) ?? []
        fields[Field.headers] = machine.makeDictionary(
          own.map { (machine.display($0.key), $0.value) } + headers)
        fields[Field.typed] = machine.field(Field.typed, of: passedOn)
        return machine.makeInstance(replyClass, fields: fields)
      }
    } else if let payload = machine.payload(of: value, responseClass) as? ResponseObject {
      return passedOn(payload, value)
    } else {
      let status = page.isNil ? .int(value.isNil ? 204 : 200) : machine.field(Field.status, of: page)
      fields = [status, machine.makeDictionary([]), value, .nil, .nil, .nil, .nil]
    }
    let type = try contentType(of: fields[Field.body])
    let name = machine.makeString("content-type")
    let own = machine.pairs(of: fields[Field.headers])?.first { machine.string($0.key) == "content-type" }?
      .value
    let isTyped = own != nil && fields[Field.body].isIdentical(to: fields[Field.typed])
    // One that only told what another body was, tells what this one is.
    if !isTyped, own == nil || own.flatMap(machine.string) == machine.string(fields[Field.type]) {
      fields[Field.type] = type.map(machine.makeString) ?? .nil
      if let type {
        machine.setElement(name, of: fields[Field.headers], to: machine.makeString(type))
      } else if own != nil {
        let rest = (machine.pairs(of: fields[Field.headers]) ?? []).filter {
          machine.string($0.key) != "content-type"
        }
        fields[Field.headers] = machine.makeDictionary(rest.map { (machine.display($0.key), $0.value) })
      }
    } else if !isTyped {
      fields[Field.type] = .nil
    }
    dropFileFields(&fields)
    fields[Field.typed] = fields[Field.type].isNil ? .nil : fields[Field.body]
    return machine.makeInstance(replyClass, fields: fields)
  }

  /// Where a body stands in the place of a file, what told of the file goes with it.
  private func dropFileFields(_ fields: inout [Value]) {
    guard let slice = fileSlice(fields[Field.typed]), fileSlice(fields[Field.body]) == nil else { return }
    let isPart = fields[Field.status].asInt == 206
    if isPart { fields[Field.status] = .int(200) }
    let told = Dictionary(uniqueKeysWithValues: slice.file.fields)
    let rest = (machine.pairs(of: fields[Field.headers]) ?? []).map { (machine.display($0.key), $0.value) }
      .filter { name, value in
        name == "content-range" ? !isPart : told[name] == nil || told[name] != machine.string(value)
      }
    fields[Field.headers] = machine.makeDictionary(rest)
  }

  /// The answer of another service as a reply; a body that comes in pieces stays that.
  private func passedOn(_ payload: ResponseObject, _ value: Value) -> Value {
    let reply = changeable(forwarded(payload))
    if stream(in: value) != nil {
      machine.setField(Field.body, of: reply, to: value)
      machine.setField(Field.typed, of: reply, to: value)
    }
    return reply
  }

  /// An answer that is finished, as a reply that can be changed.
  func changeable(_ response: Response) -> Value {
    let headers = NamedValues.grouped(response.headers.map { (name: $0.name.lowercased(), value: $0.value) })
      .map { name, values in
        let texts = values.map(machine.makeString)
        return (name, texts.count == 1 ? texts[0] : machine.makeArray(texts))
      }
    let type = response.headers.first(name: "content-type")
    let bytes = response.body.readableBytesView
    let body: Value =
      if let slice = response.file { makeFile(slice) } else {
        bytes.isEmpty && type == nil
          ? .nil
          : type?.hasPrefix("text/") == true ? machine.makeString(utf8: bytes) : machine.makeBytes(bytes)
      }
    let known = type.map(machine.makeString) ?? .nil
    return machine.makeInstance(
      replyClass,
      fields: [
        .int(Int(response.status.code)), machine.makeDictionary(headers), body, .nil, known, .bool(true),
        body,
      ])
  }

  /// A reply as it is sent: what is to be JSON is written.
  ///
  /// - Throws: a failure for what cannot be sent.
  func sealed(_ reply: Value) throws(Failure) -> Value {
    let sealed = try changeable(reply, inPlaceOf: .nil)
    let body = machine.field(Field.body, of: sealed)
    if stream(in: body) != nil {
      try checkStreams(
        with: HTTPResponseStatus(statusCode: machine.field(Field.status, of: sealed).asInt ?? 200))
    }
    if machine.elements(of: body) != nil || machine.pairs(of: body) != nil {
      machine.setField(Field.body, of: sealed, to: machine.makeBytes(try machine.writeJSON(body)))
    }
    return sealed
  }

  private func checkHeader(_ name: String, _ value: Value) throws(Failure) {
    for value in machine.elements(of: value) ?? [value] where !value.isNil {
      let text = try machine.plainText(of: value, for: name)
      if let problem = HeaderRules.problem(name: name, value: text) { throw Failure(.argument, problem) }
    }
  }
}
