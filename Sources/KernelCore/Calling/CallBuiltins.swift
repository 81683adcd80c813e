import Foundation
import VM
import Web

extension OutboundCalls {
  /// Defines `get`, `post`, `put`, `patch`, `delete` and `head`.
  func define(in machine: Machine) {
    let parameters = [
      "url", "query?", "headers?", "body?", "json?", "form?", "timeout?", "follow?", "check?",
    ]
    for method in ["get", "post", "put", "patch", "delete", "head"] {
      machine.define(method, parameters) { [unowned self] call throws(Failure) in
        var url = try call.string(0)
        if call.has(1), !call[1].isNil { url = appending(try Self.pairs(call, 1), to: url) }
        let options = try Self.options(call)
        if method == "head", let place = Self.bodies(call).first {
          throw Failure(.argument, "a HEAD request carries no body", help: "leave it out, or use post").at(
            parameter: place)
        }
        return try start(method.uppercased(), url, options, owner: call.owner, depth: call.requestDepth)
      }
    }
  }

  private static func options(_ call: borrowing NativeCall) throws(Failure) -> Options {
    var options = Options()
    if call.has(2), !call[2].isNil { options.headers = try pairs(call, 2) }
    for (name, value) in options.headers {
      if let problem = HeaderRules.problem(name: name, value: value) {
        throw Failure(.argument, problem).at(parameter: 2)
      }
    }
    try setBody(call, &options)
    if call.has(6), !call[6].isNil {
      let timeout = try call.duration(6)
      guard timeout > 0 else {
        throw Failure(.argument, "the timeout of a call must be longer than 0").at(parameter: 6)
      }
      options.timeout = timeout
    }
    options.followsRedirects = try call.bool(7, default: true)
    options.checks = try call.bool(8, default: true)
    return options
  }

  /// Which parameters that make a body are given.
  private static func bodies(_ call: borrowing NativeCall) -> [Int] {
    [3, 4, 5].filter { call.has($0) && !call[$0].isNil }
  }

  private static func setBody(_ call: borrowing NativeCall, _ options: inout Options) throws(Failure) {
    let given = bodies(call)
    if given.count > 1 {
      throw Failure(.argument, "a call has one body: give body, json or form").at(parameter: given[1])
    }
    let machine = call.machine
    var type: String?
    switch given.first {
    case 3:
      guard let bytes = machine.withBytes(of: call[3], { Array($0) }) else {
        throw call.wrongType(3, expected: "a String or Bytes")
      }
      options.body = bytes
      type = machine.isBytes(call[3]) ? "application/octet-stream" : "text/plain; charset=utf-8"
    case 4:
      options.body = try machine.writeJSON(call[4])
      type = "application/json"
    case 5:
      let fields = try pairs(call, 5).map { "\(encoded($0.name))=\(encoded($0.value))" }
      options.body = Array(fields.joined(separator: "&").utf8)
      type = "application/x-www-form-urlencoded"
    default: break
    }
    if let type, !options.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      options.headers.append(("content-type", type))
    }
  }

  /// The pairs of a dictionary of texts, an Array giving its name several times. Nil leaves a name out: what a
  /// Dictionary does not have is no `n=nil`.
  private static func pairs(_ call: borrowing NativeCall, _ index: Int) throws(Failure) -> [(
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

  private func appending(_ items: [(name: String, value: String)], to url: String) -> String {
    if items.isEmpty { return url }
    let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let query = items.map { "\(Self.encoded($0.name))=\(Self.encoded($0.value))" }.joined(separator: "&")
    let fragment = parts.count > 1 ? "#" + parts[1] : ""
    return "\(parts[0])\(parts[0].contains("?") ? "&" : "?")\(query)\(fragment)"
  }

  /// Percent-encodes all but the unreserved characters (RFC 3986 section 2.3).
  private static func encoded(_ text: String) -> String {
    let unreserved = CharacterSet(
      charactersIn: "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
    return text.addingPercentEncoding(withAllowedCharacters: unreserved) ?? text
  }
}
