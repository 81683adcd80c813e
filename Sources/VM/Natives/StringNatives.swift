import Foundation

extension Machine {
  func installStrings() {
    for tag in [Tag.string, Tag.html] {
      defineProperty(tag, "count") { call throws(Failure) in .int(call.machine.characterCount(call[0].string))
      }
      defineProperty(tag, "isEmpty") { call throws(Failure) in .bool(call[0].string.pointee.count == 0) }
    }
    text("uppercased") { $0.uppercased() }
    text("lowercased") { $0.lowercased() }
    text("capitalized") { $0.capitalized }
    text("trimmed") { $0.trimmingCharacters(in: .whitespacesAndNewlines) }
    text("reversed") { String($0.reversed()) }
    defineProperty(Tag.string, "first") { call throws(Failure) in
      try call.string(0).first.map { call.machine.heap.makeString(String($0)) } ?? .nil
    }
    defineProperty(Tag.string, "last") { call throws(Failure) in
      try call.string(0).last.map { call.machine.heap.makeString(String($0)) } ?? .nil
    }
    defineProperty(Tag.string, "utf8") { call throws(Failure) in
      call.machine.heap.makeBytes(call[0].string.buffer)
    }
    defineProperty(Tag.string, "lines") { call throws(Failure) in
      var lines = try call.string(0).split(omittingEmptySubsequences: false) { $0.isNewline }
      if lines.last?.isEmpty == true { lines.removeLast() }
      return call.machine.heap.makeArray(lines.map { call.machine.heap.makeString(String($0)) })
    }
    defineMethod(Tag.string, "hasPrefix", ["prefix"]) { call throws(Failure) in
      .bool(try call.string(0).utf8.starts(with: try call.string(1).utf8))
    }
    defineMethod(Tag.string, "hasSuffix", ["suffix"]) { call throws(Failure) in
      .bool(try call.string(0).utf8.reversed().starts(with: try call.string(1).utf8.reversed()))
    }
    defineMethod(Tag.string, "contains", ["text"]) { call throws(Failure) in
      let part = try call.string(1)
      return .bool(part.isEmpty ? true : try call.string(0).contains(part))
    }
    defineMethod(Tag.string, "split", ["separator?"]) { call throws(Failure) in
      let text = try call.string(0)
      let parts: [String]
      if call.has(1) {
        let separator = try call.string(1)
        if separator.isEmpty { throw Failure(.argument, "the separator of split() is empty") }
        parts = text.components(separatedBy: separator)
      } else {
        parts = text.split(whereSeparator: \.isWhitespace).map(String.init)
      }
      try call.machine.heap.checkCount(parts.count)
      return call.machine.heap.makeArray(parts.map { call.machine.heap.makeString($0) })
    }
    defineMethod(Tag.string, "replacing", ["text", "with"]) { call throws(Failure) in
      let part = try call.string(1)
      let text = try call.string(0)
      if part.isEmpty { return call[0] }
      let pieces = text.components(separatedBy: part)
      let replacement = try call.string(2)
      try call.machine.heap.checkLength(text.utf8.count + (pieces.count - 1) * replacement.utf8.count)
      return call.machine.heap.makeString(pieces.joined(separator: replacement))
    }
    defineMethod(Tag.string, "repeated", ["count"]) { call throws(Failure) in
      let count = try call.int(1)
      if count < 0 { throw Failure(.argument, "a string cannot be repeated \(count) times") }
      let (length, overflow) = call[0].string.pointee.count.multipliedReportingOverflow(by: count)
      try call.machine.heap.checkLength(overflow ? .max : length)
      return call.machine.heap.makeString(String(repeating: try call.string(0), count: count))
    }
    for (name, isPrefix) in [("prefix", true), ("suffix", false)] {
      defineMethod(Tag.string, name, ["count"]) { call throws(Failure) in
        let count = try call.int(1)
        if count < 0 { throw Failure(.argument, "\(name)(\(count)): the count must not be negative") }
        let text = try call.string(0)
        return call.machine.heap.makeString(String(isPrefix ? text.prefix(count) : text.suffix(count)))
      }
    }
  }

  private func text(_ name: String, _ body: @escaping (String) -> String) {
    defineMethod(Tag.string, name) { call throws(Failure) in
      call.machine.heap.makeString(body(try call.string(0)))
    }
  }

  func characterCount(_ string: UnsafeMutablePointer<StringObject>) -> Int {
    heap.isSimple(string) ? string.pointee.count : heap.text(string).count
  }
}
