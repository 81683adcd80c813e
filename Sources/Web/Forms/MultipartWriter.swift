import NIOCore

extension MultipartForm {
  /// What is wrong with a part that is to be sent, as a sentence; nil for a sound one.
  public static func problem(_ part: Part) -> String? {
    for (what, text) in [("field", part.name), ("file", part.fileName ?? "")] {
      if !escaped(text).utf8.allSatisfy(HeaderRules.isValueByte) {
        return "the name of a \(what), \"\(text.printable(limit: 80))\", has a control character in it"
      }
    }
    return part.type.flatMap { HeaderRules.problem(name: "content-type", value: $0) }
  }

  /// The body that a client sends, and the boundary in it; the parts are sound.
  ///
  /// - Parameter makeBoundary: gives a boundary by chance, another one each time. It is asked again where the one
  ///   before stands in some content. Each takes up as much of it as it is long, which bounds that.
  public func encoded(makeBoundary: () -> String) -> (body: [UInt8], boundary: String) {
    var boundary = makeBoundary()
    while parts.contains(where: { Self.contains($0.body.readableBytesView, boundary) }) {
      boundary = makeBoundary()
    }
    var body: [UInt8] = []
    body.reserveCapacity(parts.reduce(256) { $0 + $1.body.readableBytes + 256 })
    for part in parts {
      body += Array(
        "--\(boundary)\r\nContent-Disposition: form-data; name=\"\(Self.escaped(part.name))\"".utf8)
      if let name = part.fileName { body += Array("; filename=\"\(Self.escaped(name))\"".utf8) }
      if let type = part.type { body += Array("\r\nContent-Type: \(type)".utf8) }
      body += Array("\r\n\r\n".utf8)
      body += part.body.readableBytesView
      body += [0x0D, 0x0A]
    }
    body += Array("--\(boundary)--\r\n".utf8)
    return (body, boundary)
  }

  /// As browsers write names, and with backslashes doubled, so that one at the end does not escape the quote.
  private static func escaped(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "\\": text += "\\\\"
      case "\"": text += "%22"
      case "\r": text += "%0D"
      case "\n": text += "%0A"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  private static func contains(_ bytes: ByteBufferView, _ boundary: String) -> Bool {
    guard let first = boundary.utf8.first else { return true }
    var start = bytes.startIndex
    while let found = bytes[start...].firstIndex(of: first) {
      if bytes[found...].starts(with: boundary.utf8) { return true }
      start = found + 1
    }
    return false
  }
}
