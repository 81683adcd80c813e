import NIOCore
import Web

extension FuzzTarget {
  /// The first line is a boundary, the rest a body: what is read as a form lies within the body, and is written and read as
  /// the same.
  static let multipart = FuzzTarget(name: "multipart") { bytes in
    let line = bytes.prefix { $0 != 10 }
    let body = ByteBuffer(bytes: bytes.dropFirst(line.count + 1))
    let boundary = String(decoding: line, as: UTF8.self)
    guard let form = try? MultipartForm(body, boundary: boundary) else { return }
    promise(form.parts.count <= MultipartForm.Limits().maxParts, "there are \(form.parts.count) parts")
    let contents = form.parts.reduce(0) { $0 + $1.body.readableBytes }
    promise(contents <= body.readableBytes, "the contents are longer than the body")
    promise(form.fields.count + form.files.count <= form.parts.count, "a part is field and file")
    for part in form.parts { promise(MultipartForm.problem(part) == nil, "\(part) cannot be sent") }
    var number = 0
    let (written, fresh) = form.encoded {
      number += 1
      return "fuzz-\(number)"
    }
    guard let again = try? MultipartForm(ByteBuffer(bytes: written), boundary: fresh) else {
      fatalError("what was written cannot be read: \(String(decoding: written, as: UTF8.self))")
    }
    promise(again.parts == form.parts, "written and read, it differs: \(form.parts), \(again.parts)")
  }
}
