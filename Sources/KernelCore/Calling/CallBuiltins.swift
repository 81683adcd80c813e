import Fetch
import VM
import Web

extension OutboundCalls {
  /// Defines `get`, `post`, `put`, `patch`, `delete`, `head`, and `http` for any other method.
  func define(in machine: Machine) {
    let parameters = [
      "url", "query?", "headers?", "body?", "json?", "form?", "timeout?", "follow?", "check?",
      "files?", "retry?", "cookies?", "connectTimeout?", "insecure?", "stream?",
    ]
    for method in ["get", "post", "put", "patch", "delete", "head"] {
      machine.define(method, parameters) { [unowned self] call throws(Failure) in
        try start(call, method: method.uppercased())
      }
    }
    machine.define("http", parameters + ["method?"]) { [unowned self] call throws(Failure) in
      let method = try call.string(15, default: "GET")
      guard HeaderRules.isToken(method), method.uppercased() != "CONNECT" else {
        throw Failure(
          .argument, "\"\(method.printable(limit: 40))\" is no method of a call",
          help: "write method: \"OPTIONS\", or another word of HTTP"
        ).at(parameter: 15)
      }
      return try start(call, method: method.uppercased())
    }
  }

  private func start(_ call: borrowing NativeCall, method: String) throws(Failure) -> Value {
    var url = try call.string(0)
    if call.has(1), !call[1].isNil { url = appending(try CallBody.pairs(call, 1), to: url) }
    let options = try options(call, method: method)
    if method == "HEAD", let place = CallBody.first(call, Self.bodies) {
      throw Failure(.argument, "a HEAD request carries no body", help: "leave it out, or use post").at(
        parameter: place)
    }
    return try start(method, url, options, owner: call.owner, requests: call.requests, task: call.task)
  }

  /// Which parameters make a body.
  private static let bodies = CallBody.Places(body: 3, json: 4, form: 5, files: 9)

  private func options(_ call: borrowing NativeCall, method: String) throws(Failure) -> Options {
    var options = Options()
    if call.has(2), !call[2].isNil { options.headers = try CallBody.pairs(call, 2) }
    for (name, value) in options.headers {
      if let problem = HeaderRules.problem(name: name, value: value) {
        throw Failure(.argument, problem).at(parameter: 2)
      }
    }
    try setBody(call, &options)
    options.timeout = try Self.span(call, 6, "timeout")
    options.connectTimeout = try Self.span(call, 12, "connectTimeout")
    options.isInsecure = try call.bool(13, default: false)
    options.followsRedirects = try call.bool(7, default: true)
    options.checks = try call.bool(8, default: true)
    options.isStreamed = try call.bool(14, default: false)
    options.retries = try Self.retries(call, 10, method: method)
    if options.retries > 0, options.writes != nil {
      throw Failure(
        .argument, "a call whose body is a stream is not made again: what was written is gone",
        help: "leave retry out, or send the body whole"
      ).at(parameter: 10)
    }
    try setCookies(call, 11, &options)
    return options
  }

  /// A length of time that is longer than 0; nil where none is given.
  private static func span(
    _ call: borrowing NativeCall, _ index: Int, _ name: String
  ) throws(Failure) -> Int? {
    guard call.has(index), !call[index].isNil else { return nil }
    let span = try call.duration(index)
    guard span > 0 else {
      throw Failure(.argument, "the \(name) of a call must be longer than 0").at(parameter: index)
    }
    return span
  }

  private func setBody(_ call: borrowing NativeCall, _ options: inout Options) throws(Failure) {
    let body = try CallBody.read(call, Self.bodies, fileClass: fileClass, streamClass: streams.stream) {
      random.boundary()
    }
    guard let body else { return }
    options.writes = body.writes
    if body.writes == nil { options.body = body.bytes }
    if !options.headers.contains(where: { $0.name.lowercased() == "content-type" }) {
      options.headers.append(("content-type", body.type))
    } else if call.has(Self.bodies.files), !call[Self.bodies.files].isNil {
      throw Failure(
        .argument, "files come with a Content-Type of their own, which names what stands between them",
        help: "leave the header Content-Type out"
      ).at(parameter: 2)
    }
  }

  /// How many times a call is made again.
  private static func retries(
    _ call: borrowing NativeCall, _ index: Int, method: String
  ) throws(Failure) -> Int {
    let count = try call.int(index, default: 0)
    guard (0...RepeatedAttempts.limit).contains(count) else {
      throw Failure(
        .argument, "a call is made again 0 to \(RepeatedAttempts.limit) times, not \(count)"
      ).at(parameter: index)
    }
    guard count == 0 || FetchRequest.idempotentMethods.contains(method) else {
      throw Failure(
        .argument, "a \(method) is not made again: what it does, it would do twice",
        help: "retry is for get, head, put and delete; or catch the error and decide"
      ).at(parameter: index)
    }
    return count
  }

  /// A jar, or a Dictionary of cookies for this call alone.
  private func setCookies(
    _ call: borrowing NativeCall, _ index: Int, _ options: inout Options
  ) throws(Failure) {
    if !call.has(index) || call[index].isNil { return }
    if let jar = call.machine.payload(of: call[index], jarClass) as? CookieJarObject {
      options.jar = jar
      return
    }
    guard call.machine.pairs(of: call[index]) != nil else {
      throw call.wrongType(index, expected: "a CookieJar or a Dictionary")
    }
    let cookies = try CallBody.pairs(call, index)
    for (name, value) in cookies {
      if let problem = SetCookie.problem(name: name, value: value) {
        throw Failure(.argument, problem).at(parameter: index)
      }
    }
    if cookies.isEmpty { return }
    if options.headers.contains(where: { $0.name.lowercased() == "cookie" }) {
      throw Failure(.argument, "a call takes its cookies from cookies: or from the header, not from both").at(
        parameter: index)
    }
    options.headers.append(("cookie", cookies.map { "\($0.name)=\($0.value)" }.joined(separator: "; ")))
  }

  private func appending(_ items: [(name: String, value: String)], to url: String) -> String {
    if items.isEmpty { return url }
    let parts = url.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
    let query = items.map { "\(CallBody.encoded($0.name))=\(CallBody.encoded($0.value))" }.joined(
      separator: "&")
    let fragment = parts.count > 1 ? "#" + parts[1] : ""
    return "\(parts[0])\(parts[0].contains("?") ? "&" : "?")\(query)\(fragment)"
  }
}
