import NIOHTTP1
import VM
import Web

/// `request` in a handler.
final class RequestObject {
  let request: Request
  let params: [(String, Value)]
  /// What hands on its body as it comes.
  let chunks: RequestChunks
  /// What was opened to answer it, and is closed when it has been.
  var opened: StaticFile?
  /// The body as a form, once it was read.
  private lazy var form = Result<MultipartForm, MultipartError>(
    catching: { [request] () throws(MultipartError) in try request.multipartForm() })

  init(_ request: Request, params: [(String, Value)], chunks: RequestChunks) {
    self.request = request
    self.params = params
    self.chunks = chunks
  }

  /// Defines the class of `request` and its members.
  ///
  /// Its hidden fields keep the files of a form once they were asked for.
  static func define(in machine: Machine, fileClass: InstanceClass) -> InstanceClass {
    let type = machine.defineClass(
      "Request", fields: ["params", "__files", "__fileLists", "__chunks", "__state"])
    type.describe = { [unowned machine, unowned type] value in
      guard let object = machine.payload(of: value, type) as? RequestObject else { return "<Request>" }
      return "<Request \(object.request.method.rawValue) \(object.request.target.printable(limit: 200))>"
    }
    func property(_ name: String, _ body: @escaping (Request, Machine) throws(Failure) -> Value) {
      machine.defineProperty(type, name) { [unowned type] call throws(Failure) in
        guard let object = call.machine.payload(of: call[0], type) as? RequestObject else { return .nil }
        return try body(object.request, call.machine)
      }
    }
    property("method") { request, machine throws(Failure) in machine.makeString(request.method.rawValue) }
    property("path") { request, machine throws(Failure) in
      machine.makeString((try? request.pathSegments).map { "/" + $0.joined(separator: "/") } ?? request.path)
    }
    property("target") { request, machine throws(Failure) in machine.makeString(request.target) }
    property("query") { request, machine throws(Failure) in
      machine.makeDictionary(request.queryItems.map { ($0.name, machine.makeString($0.value)) })
    }
    property("queryLists") { request, machine throws(Failure) in
      NamedValues.lists(request.queryItems, in: machine)
    }
    property("headerLists") { request, machine throws(Failure) in
      NamedValues.lists(NamedValues.lowercased(request.headers.lazy.map { ($0.name, $0.value) }), in: machine)
    }
    property("headers") { request, machine throws(Failure) in
      NamedValues.merged(request.headers.lazy.map { ($0.name, $0.value) }, in: machine)
    }
    property("cookies") { request, machine throws(Failure) in
      // Of two with one name the client sends the one with the longer path first (RFC 6265, section 5.4): that counts.
      machine.makeDictionary(
        NamedValues.grouped(request.cookies).map { ($0.name, machine.makeString($0.values[0])) })
    }
    property("cookieLists") { request, machine throws(Failure) in
      NamedValues.lists(request.cookies, in: machine)
    }
    func bodyProperty(
      _ name: String, _ body: @escaping (Request, Machine) throws(Failure) -> Value
    ) {
      machine.defineProperty(type, name) { [unowned type] call throws(Failure) in
        guard let object = call.machine.payload(of: call[0], type) as? RequestObject else { return .nil }
        try object.checkWhole(name)
        return try body(object.request, call.machine)
      }
    }
    bodyProperty("body") { request, machine throws(Failure) in
      machine.makeBytes(request.body.readableBytesView)
    }
    bodyProperty("text") { request, machine throws(Failure) in
      let bytes = request.body.readableBytesView
      if let encoding = request.headers.first(name: "content-type").flatMap(BodyEncoding.named),
        let text = String(bytes: bytes, encoding: encoding)
      {
        return machine.makeString(text)
      }
      return machine.makeString(utf8: bytes)
    }
    bodyProperty("json") { request, machine throws(Failure) in
      do throws(Failure) {
        return try machine.parseJSON(Array(request.body.readableBytesView))
      } catch {
        // What a client sent wrong is the client's error.
        throw Failure(
          .status, "the request's body is \(error.message)",
          fields: [("status", .int(400))])
      }
    }
    property("remote") { request, machine throws(Failure) in
      machine.makeString(request.remoteHost ?? "127.0.0.1")
    }
    let chunksClass = RequestChunks.define(in: machine)
    machine.defineProperty(type, "chunks") { [unowned type, unowned chunksClass] call throws(Failure) in
      let machine = call.machine
      guard let object = machine.payload(of: call[0], type) as? RequestObject else { return .nil }
      let known = machine.field(3, of: call[0])
      if !known.isNil { return known }
      let made = machine.makeInstance(chunksClass, payload: object.chunks)
      machine.setField(3, of: call[0], to: made)
      return made
    }
    machine.defineProperty(type, "state") { call throws(Failure) in
      let known = call.machine.field(4, of: call[0])
      if !known.isNil { return known }
      let made = call.machine.makeDictionary([])
      call.machine.setField(4, of: call[0], to: made)
      return made
    }
    defineForms(type, fileClass, in: machine)
    return type
  }

  // MARK: Forms

  private static func defineForms(
    _ type: InstanceClass, _ fileClass: InstanceClass, in machine: Machine
  ) {
    func property(_ name: String, _ body: @escaping (RequestObject, Value, Machine) throws(Failure) -> Value)
    {
      machine.defineProperty(type, name) { [unowned type] call throws(Failure) in
        guard let object = call.machine.payload(of: call[0], type) as? RequestObject else { return .nil }
        return try body(object, call[0], call.machine)
      }
    }
    /// Files are made once: their contents are copies.
    func kept(_ place: Int, of value: Value, in machine: Machine, _ make: () throws(Failure) -> Value)
      throws(Failure) -> Value
    {
      let known = machine.field(place, of: value)
      if !known.isNil { return known }
      let made = try make()
      machine.setField(place, of: value, to: made)
      return made
    }
    property("form") { object, _, machine throws(Failure) in
      machine.makeDictionary(try object.fields().map { ($0.name, machine.makeString($0.value)) })
    }
    property("formLists") { object, _, machine throws(Failure) in
      NamedValues.lists(try object.fields(), in: machine)
    }
    property("files") { [unowned fileClass] object, value, machine throws(Failure) in
      try kept(1, of: value, in: machine) { () throws(Failure) in
        machine.makeDictionary(
          try object.files().map { ($0.name, UploadedFile.make($0, fileClass, in: machine)) })
      }
    }
    property("fileLists") { [unowned fileClass] object, value, machine throws(Failure) in
      try kept(2, of: value, in: machine) { () throws(Failure) in
        let files = try object.files().map { ($0.name, UploadedFile.make($0, fileClass, in: machine)) }
        return machine.makeDictionary(
          NamedValues.grouped(files).map { ($0.name, machine.makeArray($0.values)) })
      }
    }
  }

  /// Whether the whole body is there.
  private func checkWhole(_ member: String) throws(Failure) {
    guard chunks.comesInPieces else { return }
    throw Failure(
      .argument, "request.\(member) is not there where request.chunks reads the body as it comes",
      help: "collect the chunks, or leave request.chunks to another route")
  }

  /// Whether the body may be a form: one that says it is something else is the client's error.
  private func checkForm(_ member: String) throws(Failure) {
    guard request.body.readableBytes > 0, let type = request.otherTypeThanForm else { return }
    let instead =
      type == "application/json" || type.hasSuffix("+json")
      ? "request.json reads it"
      : type.hasPrefix("text/") ? "request.text is what it says" : "request.body has its bytes"
    throw Failure(
      .status, "request.\(member) needs a form, but the body is \(type.printable(limit: 100)): \(instead)",
      fields: [("status", .int(400))])
  }

  private func fields() throws(Failure) -> [(name: String, value: String)] {
    try checkWhole("form")
    try checkForm("form")
    if request.isMultipartForm { return try multipart().fields }
    let limit = MultipartForm.Limits().maxParts
    guard request.body.readableBytesView.lazy.filter({ $0 == UInt8(ascii: "&") }).count < limit else {
      throw Failure(
        .status, "the request's body is a form of more than the \(limit) fields that are taken",
        fields: [("status", .int(413))])
    }
    return Request.formItems(String(decoding: request.body.readableBytesView, as: UTF8.self))
  }

  private func files() throws(Failure) -> [MultipartForm.Part] {
    try checkWhole("files")
    try checkForm("files")
    return request.isMultipartForm ? try multipart().files : []
  }

  /// The body as a form with files. One that is none is the client's error.
  private func multipart() throws(Failure) -> MultipartForm {
    do throws(MultipartError) {
      return try form.get()
    } catch {
      throw Failure(
        .status, "the request's body is \(error.message)",
        fields: [("status", .int(error.isTooLarge ? 413 : 400))])
    }
  }
}
