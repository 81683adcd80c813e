import VM
import Web

/// A file of a form as the language sees it. Its name is what the client says, and nothing is opened by it.
struct UploadedFile {
  let name: String
  let type: String
  let body: [UInt8]

  /// - Parameter value: an instance of the class.
  init(_ value: Value, in machine: Machine) {
    name = machine.display(machine.field(0, of: value))
    type = machine.display(machine.field(1, of: value))
    body = machine.withBytes(of: machine.field(2, of: value)) { Array($0) } ?? []
  }

  /// Defines the class of files.
  static func define(in machine: Machine) -> InstanceClass {
    let type = machine.defineClass("File", fields: ["name", "type", "body"])
    type.describe = { [unowned machine] value in
      let count = machine.withBytes(of: machine.field(2, of: value)) { $0.count } ?? 0
      let name = machine.display(machine.field(0, of: value)).printable(limit: 100)
      return "<File \(name), \(count) \(count == 1 ? "byte" : "bytes")>"
    }
    machine.defineProperty(type, "text") { call throws(Failure) in
      call.machine.withBytes(of: call.machine.field(2, of: call[0])) { call.machine.makeString(utf8: $0) }
        ?? .nil
    }
    return type
  }

  /// A file that came with a form. One without a type is text (RFC 7578 section 4.4).
  static func make(_ part: MultipartForm.Part, _ type: InstanceClass, in machine: Machine) -> Value {
    machine.makeInstance(
      type,
      fields: [
        machine.makeString(part.fileName ?? ""), machine.makeString(part.type ?? "text/plain"),
        machine.makeBytes(part.body.readableBytesView),
      ])
  }
}
