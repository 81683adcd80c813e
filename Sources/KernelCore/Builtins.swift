import Foundation
import VM
import Web

/// What the language gets from the kernel: output, time, the server, the browser.
extension Kernel {
  func installBuiltins() {
    installOutput()
    installTime()
    installServing()
    installCORS()
    installFiles()
    machine.install(library: Kernel.library)
  }

  /// Written in the language, since it waits.
  static let library = Library(
    name: "kernel",
    text: """
      func listen(description) { await __listen(description) }
      \(SurroundedRequests.library)
      \(StreamObject.library)
      \(SocketObject.library)
      """)

  private func installOutput() {
    machine.define("print", ["values?"], variadic: true, options: ["separator"]) {
      [unowned self] call throws(Failure) in
      var parts: [String] = []
      for place in 0..<call.count {
        if call[place].isDeferred { throw call.wrongType(place, expected: "a value") }
        parts.append(try call.machine.text(of: call[place]))
      }
      var separator = " "
      if !call.option(0).isNil {
        guard let text = call.machine.string(call.option(0)) else {
          throw Failure(
            .type, "\"separator\" of print must be a String, not \(call.machine.typeName(call.option(0)))")
        }
        separator = text
      }
      emit(.output(cell: ownership.cell(of: call.owner), text: parts.joined(separator: separator)))
      return .nil
    }
    machine.define("env", ["name", "default?"]) { [unowned self] call throws(Failure) in
      let name = try call.string(0)
      if let value = configuration.environment[name] { return call.machine.makeString(value) }
      if call.has(1) { return call[1] }
      throw Failure(
        .name, "the environment variable \(name.printable(limit: 100)) is not to be read here",
        help: "start with --env \(name.printable(limit: 100)), or give a default: env(\"…\", \"default\")"
      ).at(parameter: 0)
    }
  }

  private func installTime() {
    machine.define("now", []) { [unowned self] call throws(Failure) in
      let microseconds = (clock.date.timeIntervalSince1970 * 1e6).rounded()
      // A virtual clock goes further than dates.
      guard abs(microseconds) < 9.2e15 else { throw Failure(.arithmetic, "dates are from 1677 to 2262") }
      return .date(nanoseconds: Int(microseconds) * 1_000)
    }
    machine.define("__monotonic", []) { [unowned self] _ throws(Failure) in .duration(nanoseconds: clock.now)
    }
    machine.define("sleep", ["duration"]) { [unowned timers] call throws(Failure) in
      try timers.after(try call.duration(0), owner: call.owner, servesRequest: call.servesRequest)
    }
    machine.define("after", ["duration", "body?"]) { [unowned timers] call throws(Failure) in
      let delay = try call.duration(0)
      let body = call.has(1) && !call[1].isNil ? try call.functionWithoutArguments(1) : nil
      let deferred = try timers.after(delay, owner: call.owner, servesRequest: call.servesRequest)
      return body.map { call.machine.call($0, after: deferred, owner: call.owner) } ?? deferred
    }
    let type = machine.defineClass("Timer")
    machine.define("every", ["duration", "body"]) { [unowned self, unowned type] call throws(Failure) in
      let interval = try call.duration(0)
      guard interval > 0 else {
        throw Failure(.argument, "the interval of every() must be longer than 0").at(parameter: 0)
      }
      let body = try call.functionWithoutArguments(1)
      let owner = try present(call.owner)
      let ticker = try timers.every(interval, body, owner: owner)
      note(owner, "every \(Machine.text(ofDuration: interval))")
      return call.machine.makeInstance(type, payload: ticker)
    }
    defineTimerMembers(type)
  }

  private func defineTimerMembers(_ type: InstanceClass) {
    // Neither the machine nor the class may be held by what they hold themselves.
    let ticker = { [unowned machine, unowned type] (value: Value) in
      machine.payload(of: value, type) as? Ticker
    }
    type.describe = { value in
      ticker(value).map { "<Timer every \(Machine.text(ofDuration: $0.interval))>" } ?? "<Timer>"
    }
    machine.defineMethod(type, "stop") { [unowned self] call throws(Failure) in
      .bool(ticker(call[0]).map { timers.stop($0) } ?? false)
    }
    machine.defineProperty(type, "ticks") { call throws(Failure) in .int(ticker(call[0])?.ticks ?? 0) }
    machine.defineProperty(type, "skipped") { call throws(Failure) in .int(ticker(call[0])?.skipped ?? 0) }
    machine.defineProperty(type, "isRunning") { [unowned self] call throws(Failure) in
      .bool(ticker(call[0]).map { timers.tickers[$0.number] === $0 } ?? false)
    }
  }

  // MARK: The server and the browser

  private func installServing() {
    machine.define("__listen", ["description"], shown: "listen") { [unowned self] call throws(Failure) in
      guard call.machine.string(call[0]) != nil else {
        throw Failure(
          .type, "listen() takes a String, not \(call.machine.typeName(call[0]))",
          help: "write listen(\"tcp:8080\")"
        ).at(parameter: 0)
      }
      let endpoint = try self.endpoint(try call.string(0))
      let owner = call.owner
      let (id, deferred) = call.machine.beginOperation(owner: owner, .listening)
      bindings += 1
      server.listen(on: endpoint).assumeIsolated().whenComplete { [weak self] result in
        guard let self else { return }
        bindings -= 1
        switch result {
        case .success(let address):
          hasListened(address, owner: owner)
          machine.complete(operation: id, .success(machine.makeString(address.shown)))
        case .failure(let error):
          machine.complete(operation: id, .failure(machine.makeErrorValue(Failure(.network, "\(error)"))))
        }
        pump()
      }
      return deferred
    }
    machine.define("open", ["url"]) { [unowned self] call throws(Failure) in
      .bool(try open(try call.string(0), owner: call.owner))
    }
  }

  /// An address is a cell's as its routes are.
  private func hasListened(_ address: BoundAddress, owner: UInt32) {
    if let run = ownership.runs[owner], run.isUnderWay {
      run.addresses.append(address)
    } else if let cell = ownership.cell(of: owner) {
      listening.add(address, of: cell)
    } else {
      // Whoever asked for it is gone.
      listening.giveUp([address])
    }
  }

  /// The endpoint of a description, with what the command line says about host and port.
  private func endpoint(_ description: String) throws(Failure) -> Endpoint {
    var endpoint: Endpoint
    do throws(EndpointError) {
      endpoint = try Endpoint.parse(description)
    } catch {
      throw Failure(.argument, "listen(): \(error.message)").at(parameter: 0)
    }
    if case .tcp(let host, let port) = endpoint {
      let isNamed = description.contains("interface=")
      endpoint = .tcp(host: isNamed ? host : configuration.host, port: configuration.port ?? port)
    }
    if endpoint.isBeyondThisMachine, !Endpoint.tcp(host: configuration.host, port: 0).isBeyondThisMachine {
      throw Failure(
        .argument, "\(endpoint) can be reached from beyond this machine",
        help: "if that is wanted, start with --host 0.0.0.0"
      ).at(parameter: 0)
    }
    return endpoint
  }

  private func open(_ url: String, owner: UInt32) throws(Failure) -> Bool {
    guard let absolute = try address(of: url).map(Kernel.readable) else {
      let text = "no browser can open \(url.printable(limit: 200)): only a Unix socket is listened on"
      emit(.notice(cell: ownership.cell(of: owner), text: "\(text); run listen(\"tcp:8080\") too"))
      return false
    }
    switch configuration.opening {
    case .browser(let isAvailable):
      emit(.open(url: absolute))
      return isAvailable
    case .announcement:
      emit(.open(url: absolute))
      return false
    case .request:
      try request(url, owner: owner)
      return true
    }
  }

  /// The absolute address that can be opened; nil where a browser would have to reach a Unix socket.
  private func address(of url: String) throws(Failure) -> String? {
    if url.hasPrefix("/") {
      if let address = server.addresses.first(where: { $0.unixPath == nil }) { return address.url + url }
      if let socket = server.addresses.first {
        if case .request = configuration.opening { return socket.url + url }
        return nil
      }
      throw Failure(
        .network, "nothing listens yet, so \(url.printable(limit: 200)) cannot be opened",
        help: "run listen(\"tcp:8080\") first")
    }
    let scheme = url.prefix { $0 != ":" }.lowercased()
    guard scheme == "http" || scheme == "https", url.dropFirst(scheme.count).hasPrefix("://") else {
      throw Failure(
        .argument, "\"\(url.printable(limit: 200))\" cannot be opened",
        help: "begin with / for a route of this notebook, or with http:// or https://"
      ).at(parameter: 0)
    }
    return url
  }

  /// Percent-encodes what no address may contain, so that it stays one word for whoever opens it.
  static func readable(_ url: String) -> String {
    var text = ""
    for byte in url.utf8 {
      let isSafe = byte > 0x20 && byte < 0x7f && !"\"<>\\^`{|}".utf8.contains(byte)
      text +=
        isSafe
        ? String(UnicodeScalar(byte))
        : "%" + String(byte >> 4, radix: 16, uppercase: true)
          + String(byte & 15, radix: 16, uppercase: true)
    }
    return text
  }

  /// What a replay does instead of opening a browser: it asks itself and shows what comes.
  private func request(_ url: String, owner: UInt32) throws(Failure) {
    var options = OutboundCalls.Options()
    options.checks = false
    options.staysInProcess = true
    let deferred = try calls.start("GET", url, options, owner: owner)
    tasks[machine.observe(deferred, owner: owner)] = .opening(url: url, owner: owner)
  }
}
