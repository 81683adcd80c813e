import Foundation
import NIOCore
import VM
import Web

/// What a call sends: one of `body`, `json`, and `form` with or without `files`.
struct CallBody {
  /// Empty where it is written as the other side takes it.
  let bytes: [UInt8]
  let type: String
  /// What writes it: the function of `stream { out in … }`.
  var writes: PinnedValue?

  /// The places of a call's parameters that make a body.
  struct Places {
    let body: Int
    let json: Int
    let form: Int
    let files: Int
  }

  /// The first parameter that makes a body; nil where there is none.
  static func first(_ call: borrowing NativeCall, _ places: Places) -> Int? {
    [places.body, places.json, places.form, places.files].first { call.has($0) && !call[$0].isNil }
  }

  /// Reads the body of a call; nil where none is given.
  ///
  /// - Throws: a failure at the parameter that is wrong.
  static func read(
    _ call: borrowing NativeCall, _ places: Places, fileClass: InstanceClass, streamClass: InstanceClass,
    makeBoundary: () -> String
  ) throws(Failure) -> CallBody? {
    var given: [Int] = []
    for place in [places.body, places.json, places.form, places.files]
    where call.has(place) && !call[place].isNil { given.append(place) }
    if given.count > 1, given != [places.form, places.files] {
      throw Failure(.argument, "a call has one body: give body, json, or form and files").at(
        parameter: given[1])
    }
    switch given.last {
    case places.body:
      if let stream = call.machine.payload(of: call[places.body], streamClass) as? StreamObject {
        let function = call.machine.field(0, of: call[places.body])
        return CallBody(bytes: [], type: stream.type, writes: PinnedValue(function, in: call.machine))
      }
      guard let bytes = call.machine.withBytes(of: call[places.body], { Array($0) }) else {
        throw call.wrongType(places.body, expected: "a String, Bytes or a stream")
      }
      let isBytes = call.machine.isBytes(call[places.body])
      return CallBody(
        bytes: bytes, type: isBytes ? "application/octet-stream" : "text/plain; charset=utf-8")
    case places.json:
      return CallBody(bytes: try call.machine.writeJSON(call[places.json]), type: "application/json")
    case places.form:
      let fields = try pairs(call, places.form).map { "\(encoded($0.name))=\(encoded($0.value))" }
      return CallBody(
        bytes: Array(fields.joined(separator: "&").utf8), type: "application/x-www-form-urlencoded")
    case places.files:
      return try multipart(call, places, fileClass: fileClass, makeBoundary: makeBoundary)
    default: return nil
    }
  }

  private static func multipart(
    _ call: borrowing NativeCall, _ places: Places, fileClass: InstanceClass, makeBoundary: () -> String
  ) throws(Failure) -> CallBody {
    var parts: [MultipartForm.Part] = []
    if call.has(places.form), !call[places.form].isNil {
      for (name, value) in try pairs(call, places.form) {
        parts.append(MultipartForm.Part(name: name, body: ByteBuffer(string: value)))
      }
    }
    parts += try SentFiles(call, places.files, fileClass: fileClass).parts
    for part in parts {
      guard let problem = MultipartForm.problem(part) else { continue }
      throw Failure(.argument, problem).at(parameter: part.fileName == nil ? places.form : places.files)
    }
    let (bytes, boundary) = MultipartForm(parts: parts).encoded(makeBoundary: makeBoundary)
    return CallBody(bytes: bytes, type: "multipart/form-data; boundary=\(boundary)")
  }

  /// The pairs of a dictionary of texts, an Array giving its name several times. Nil leaves a name out: what a
  /// Dictionary does not have is no `n=nil`.
  static func pairs(_ call: borrowing NativeCall, _ index: Int) throws(Failure) -> [(
    name: String, value: String
  )] {
    guard let pairs = call.machine.pairs(of: call[index]) else {
      throw call.wrongType(index, expected: "a Dictionary")
    }
    var texts: [(name: String, value: String)] = []
    for pair in pairs {
      let name = call.machine.display(pair.key)
      for value in call.machine.elements(of: pair.value) ?? [pair.value] where !value.isNil {
        do throws(Failure) {
          texts.append((name, try call.machine.plainText(of: value, for: name)))
        } catch {
          throw error.at(parameter: index)
        }
      }
    }
    return texts
  }

  /// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
  static func encoded(_ text: String) -> String {
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
  }
}
