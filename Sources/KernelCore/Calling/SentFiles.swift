import NIOCore
import VM
import Web

/// The files of a call: a Dictionary from the name of a field to a text, Bytes, a File, `["name": …, "type": …,
/// "body": …]`, or an Array of those.
struct SentFiles {
  private(set) var parts: [MultipartForm.Part] = []

  /// - Throws: a failure at the parameter for what is no file.
  init(_ call: borrowing NativeCall, _ index: Int, fileClass: InstanceClass) throws(Failure) {
    let machine = call.machine
    guard let pairs = machine.pairs(of: call[index]) else {
      throw call.wrongType(index, expected: "a Dictionary")
    }
    for pair in pairs {
      let field = machine.display(pair.key)
      for value in machine.elements(of: pair.value) ?? [pair.value] where !value.isNil {
        do throws(Failure) {
          parts.append(try Self.part(value, of: field, fileClass: fileClass, in: machine))
        } catch {
          throw error.at(parameter: index)
        }
      }
    }
  }

  private static func part(
    _ value: Value, of field: String, fileClass: InstanceClass, in machine: Machine
  ) throws(Failure) -> MultipartForm.Part {
    if machine.isInstance(value, of: fileClass) {
      let file = UploadedFile(value, in: machine)
      return MultipartForm.Part(
        name: field, fileName: file.name, type: file.type, body: ByteBuffer(bytes: file.body))
    }
    if let pairs = machine.pairs(of: value) { return try described(pairs, of: field, in: machine) }
    return MultipartForm.Part(
      name: field, fileName: field, type: type(of: value, in: machine),
      body: try content(value, of: field, in: machine))
  }

  private static func described(
    _ pairs: [(key: Value, value: Value)], of field: String, in machine: Machine
  ) throws(Failure) -> MultipartForm.Part {
    var part = MultipartForm.Part(name: field, fileName: field, body: ByteBuffer())
    var standardType: String?
    for pair in pairs where !pair.value.isNil {
      switch machine.display(pair.key) {
      case "name": part.fileName = try machine.plainText(of: pair.value, for: "the name of a file")
      case "type": part.type = try machine.plainText(of: pair.value, for: "the type of a file")
      case "body":
        part.body = try content(pair.value, of: field, in: machine)
        standardType = type(of: pair.value, in: machine)
      case let other:
        throw Failure(
          .argument, "the file \(field.printable(limit: 40)) has no \"\(other.printable(limit: 40))\"",
          help: "write [\"name\": \"a.png\", \"type\": \"image/png\", \"body\": bytes]")
      }
    }
    guard let standardType else {
      throw Failure(
        .argument, "the file \(field.printable(limit: 40)) has no body",
        help: "write [\"name\": \"a.png\", \"type\": \"image/png\", \"body\": bytes]")
    }
    part.type = part.type ?? standardType
    return part
  }

  private static func content(
    _ value: Value, of field: String, in machine: Machine
  ) throws(Failure) -> ByteBuffer {
    if let bytes = machine.withBytes(of: value, { ByteBuffer(bytes: $0) }) { return bytes }
    if value.isDeferred { throw .notAwaited("the file \(field.printable(limit: 40))") }
    throw Failure(
      .type,
      "the file \(field.printable(limit: 40)) must be a String, Bytes or a File, not \(machine.typeName(value))",
      help: "or [\"name\": \"a.png\", \"type\": \"image/png\", \"body\": bytes]")
  }

  private static func type(of content: Value, in machine: Machine) -> String {
    machine.isBytes(content) ? "application/octet-stream" : "text/plain; charset=utf-8"
  }
}
