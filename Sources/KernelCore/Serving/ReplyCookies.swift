import VM
import Web

/// `Cookie` and `expiredCookie`, and what `respond` and `redirect` take as `cookies`.
struct ReplyCookies {
  private let cookieClass: InstanceClass

  private final class Payload {
    let cookie: SetCookie
    init(_ cookie: SetCookie) { self.cookie = cookie }
  }

  init(in machine: Machine) {
    let type = machine.defineClass("Cookie")
    cookieClass = type
    type.describe = { [unowned machine, unowned type] value in
      let cookie = (machine.payload(of: value, type) as? Payload)?.cookie
      return "<Cookie \(Machine.quoted((cookie?.value ?? "").printable(limit: 40)))>"
    }
    machine.define(
      "Cookie",
      [
        "value", "path?", "domain?", "expires?", "maxAge?", "secure?", "httpOnly?", "sameSite?",
        "partitioned?",
      ]
    ) { [unowned type] call throws(Failure) in
      if call[0].isNil {
        throw Failure(
          .argument, "a cookie of nil has no value",
          help: "leave its name out, as cookies: [\"id\": nil] does; expiredCookie() deletes one"
        ).at(parameter: 0)
      }
      var cookie = SetCookie(value: try call.machine.plainText(of: call[0], for: "a cookie"))
      // Whether the value is sound does not depend on the name.
      if let problem = SetCookie.problem(name: "value", value: cookie.value) {
        throw Self.refusal(problem, 0)
      }
      try Self.readPlace(call, path: 1, domain: 2, &cookie)
      try Self.readLife(call, expires: 3, maxAge: 4, &cookie)
      cookie.isSecure = try call.bool(5, default: false)
      cookie.isHTTPOnly = try call.bool(6, default: false)
      cookie.sameSite = try Self.sameSite(call, 7)
      cookie.isPartitioned = try call.bool(8, default: false)
      if let problem = cookie.problem(name: "value") {
        throw Self.refusal(problem, cookie.isPartitioned ? 8 : 7)
      }
      return call.machine.makeInstance(type, payload: Payload(cookie))
    }
    machine.define("expiredCookie", ["path?", "domain?", "secure?", "partitioned?"]) {
      [unowned type] call throws(Failure) in
      var cookie = SetCookie.expired
      try Self.readPlace(call, path: 0, domain: 1, &cookie)
      cookie.isSecure = try call.bool(2, default: false)
      cookie.isPartitioned = try call.bool(3, default: false)
      if let problem = cookie.problem(name: "value") { throw Self.refusal(problem, 3) }
      return call.machine.makeInstance(type, payload: Payload(cookie))
    }
  }

  // MARK: One cookie

  private static func refusal(_ problem: String, _ index: Int) -> Failure {
    // The name is not known yet.
    let message = problem.replacing("the cookie value", with: "a cookie")
    let help =
      message.contains("in it") && index == 0 ? "write value.percentEncoded(), or .base64Encoded()" : nil
    return Failure(.argument, message, help: help).at(parameter: index)
  }

  private static func readPlace(
    _ call: borrowing NativeCall, path: Int, domain: Int, _ cookie: inout SetCookie
  ) throws(Failure) {
    cookie.path = try call.string(path, default: "/")
    if let problem = SetCookie.problem(path: cookie.path) {
      throw Failure(.argument, problem).at(parameter: path)
    }
    guard call.has(domain), !call[domain].isNil else { return }
    let host = try call.string(domain).lowercased()
    if let problem = SetCookie.problem(domain: host) {
      throw Failure(.argument, problem).at(parameter: domain)
    }
    cookie.domain = host
  }

  private static func readLife(
    _ call: borrowing NativeCall, expires: Int, maxAge: Int, _ cookie: inout SetCookie
  ) throws(Failure) {
    if call.has(expires), !call[expires].isNil {
      guard let nanoseconds = call[expires].asDate else {
        throw call.wrongType(expires, expected: "a Date, as now() + 1h")
      }
      cookie.expires = Int((Double(nanoseconds) / 1e9).rounded(.down))
    }
    guard call.has(maxAge), !call[maxAge].isNil else { return }
    let seconds = try call.duration(maxAge) / 1_000_000_000
    guard seconds > 0 else {
      throw Failure(
        .argument, "a cookie lasts a second at least", help: "expiredCookie() deletes one, and takes its path"
      ).at(parameter: maxAge)
    }
    cookie.maxAge = seconds
  }

  private static func sameSite(_ call: borrowing NativeCall, _ index: Int) throws(Failure)
    -> SetCookie.SameSite
  {
    let text = try call.string(index, default: "lax")
    if let found = SetCookie.SameSite.allCases.first(where: { $0.rawValue.lowercased() == text.lowercased() })
    {
      return found
    }
    throw Failure(
      .argument, "\"\(text.printable(limit: 40))\" is no value of sameSite",
      help: "write \"strict\", \"lax\" or \"none\""
    ).at(parameter: index)
  }

  // MARK: Those of a reply

  /// The values of the `Set-Cookie` headers that an argument stands for: a Dictionary from names to texts, numbers,
  /// cookies, or an Array of those; nil leaves a name out.
  ///
  /// - Throws: a failure at the parameter.
  func lines(_ call: borrowing NativeCall, _ index: Int) throws(Failure) -> Value {
    if !call.has(index) || call[index].isNil { return .nil }
    let machine = call.machine
    guard let pairs = machine.pairs(of: call[index]) else {
      throw call.wrongType(index, expected: "a Dictionary")
    }
    var lines: [Value] = []
    for pair in pairs {
      let name = machine.display(pair.key)
      for value in machine.elements(of: pair.value) ?? [pair.value] where !value.isNil {
        do throws(Failure) {
          lines.append(machine.makeString(try line(name, value, in: machine)))
        } catch {
          throw error.at(parameter: index)
        }
      }
    }
    return machine.makeArray(lines)
  }

  private func line(_ name: String, _ value: Value, in machine: Machine) throws(Failure) -> String {
    let payload = machine.payload(of: value, cookieClass) as? Payload
    if payload == nil, machine.pairs(of: value) != nil {
      throw Failure(
        .type, "the cookie \(name.printable(limit: 40)) must be a text, a number or a cookie, not Dictionary",
        help: "write Cookie(value, maxAge: 24h, httpOnly: true)")
    }
    let text = payload == nil ? try machine.plainText(of: value, for: name) : ""
    let cookie = payload?.cookie ?? SetCookie(value: text)
    if let problem = cookie.problem(name: name) {
      let isValue = problem.hasSuffix("in it")
      throw Failure(
        .argument, problem, help: isValue ? "write value.percentEncoded(), or .base64Encoded()" : nil)
    }
    return cookie.text(name: name)
  }
}
