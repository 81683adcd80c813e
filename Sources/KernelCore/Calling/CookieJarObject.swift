import Fetch
import VM

/// A cookie jar as the language sees it: `let jar = CookieJar()`.
final class CookieJarObject {
  private(set) var jar = CookieJar()

  /// Takes what an answer sets.
  ///
  /// - Parameter now: seconds since 1970.
  func take(_ headers: [(name: String, value: String)], from url: String, now: Int) {
    jar.take(
      headers.lazy.filter { $0.name.lowercased() == "set-cookie" }.map(\.value), from: url, now: now)
  }

  /// The headers of a request with the cookies that go to its address, behind those that are there already: there is
  /// one header for all (RFC 6265 section 5.4).
  func adding(
    to headers: [(name: String, value: String)], for url: String, now: Int
  ) -> [(name: String, value: String)] {
    guard let cookies = jar.header(for: url, now: now) else { return headers }
    var headers = headers
    if let place = headers.firstIndex(where: { $0.name.lowercased() == "cookie" }) {
      headers[place].value += "; " + cookies
    } else {
      headers.append(("cookie", cookies))
    }
    return headers
  }

  /// Defines the class of jars and `CookieJar`.
  ///
  /// - Parameter now: gives the seconds since 1970.
  static func define(in machine: Machine, now: @escaping () -> Int) -> InstanceClass {
    let type = machine.defineClass("CookieJar")
    let object = { [unowned machine, unowned type] (value: Value) in
      machine.payload(of: value, type) as? CookieJarObject
    }
    type.describe = { value in
      let count = object(value)?.jar.cookies(now: now()).count ?? 0
      return "<CookieJar, \(count) \(count == 1 ? "cookie" : "cookies")>"
    }
    machine.define("CookieJar", []) { [unowned type] call throws(Failure) in
      // What it holds is little, and bounded; a jar counts for what most have.
      call.machine.makeInstance(type, payload: CookieJarObject(), payloadBytes: 16 << 10)
    }
    machine.defineProperty(type, "count") { call throws(Failure) in
      .int(object(call[0])?.jar.cookies(now: now()).count ?? 0)
    }
    machine.defineProperty(type, "cookies") { call throws(Failure) in
      let machine = call.machine
      let cookies = object(call[0])?.jar.cookies(now: now()) ?? []
      return machine.makeArray(cookies.map { shown($0, in: machine) })
    }
    machine.defineMethod(type, "clear") { call throws(Failure) in
      object(call[0])?.jar.removeAll()
      return .nil
    }
    return type
  }

  private static func shown(_ cookie: Cookie, in machine: Machine) -> Value {
    machine.makeDictionary([
      ("name", machine.makeString(cookie.name)), ("value", machine.makeString(cookie.value)),
      ("domain", machine.makeString(cookie.domain)), ("path", machine.makeString(cookie.path)),
      ("expires", cookie.expires.map { .date(nanoseconds: $0.multipliedClamped(1_000_000_000)) } ?? .nil),
      ("secure", .bool(cookie.isSecure)), ("httpOnly", .bool(cookie.isHTTPOnly)),
      ("hostOnly", .bool(cookie.isHostOnly)),
    ])
  }
}
