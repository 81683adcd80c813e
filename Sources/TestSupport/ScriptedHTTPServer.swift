import Glibc
import Synchronization

/// An HTTP/1.1 server on this machine that does what a test tells it, path by path, and remembers what it saw.
///
/// It is made of plain sockets and threads, one for each connection, so that it shares nothing with the code that
/// is tested. It can be slow, silent and rude: answer late, in chunks, half, or never.
public final class ScriptedHTTPServer: Sendable {
  public enum Address: Sendable {
    /// 127.0.0.1, on a free port.
    case loopback
    /// ::1, on a free port.
    case loopbackIPv6
    /// A socket at this path, which must not exist and is removed at the end.
    case unixSocket(String)
  }

  public struct Failure: Error, CustomStringConvertible {
    public var description: String
  }

  public struct Request: Sendable {
    public var method: String
    /// As in the request line, with the query.
    public var target: String
    public var headers: [(name: String, value: String)]
    public var body: [UInt8]
    /// Connections are numbered from 1, in the order in which they came.
    public var connection: Int

    public var path: String { String(target.prefix { $0 != "?" }) }

    /// The value of the first header of that name, in whatever case.
    public func header(_ name: String) -> String? {
      headers.first { $0.name.lowercased() == name.lowercased() }?.value
    }
  }

  public struct Answer: Sendable {
    public enum Framing: Sendable { case length, chunked, untilClose }

    public var status = 200
    public var reason = "OK"
    public var headers: [(name: String, value: String)] = []
    public var body: [UInt8] = []
    /// How long the request lies before it is answered; a client that hangs up meanwhile is noticed.
    public var delay: Duration = .zero
    public var framing = Framing.length
    /// Whether the connection is kept for another request.
    public var keepsAlive = true
    /// After how many bytes of the body the server hangs up; `nil`: it doesn't.
    public var hangsUpAfter: Int?
    /// Whether the server says nothing until the client hangs up.
    public var isSilent = false
    /// Whether the server also falls silent once it has sent all of this.
    public var fallsSilentAfterwards = false
    /// Sent as it is, in place of all of the above that would be sent.
    public var raw: [UInt8]?
    /// What the body is made of, in chunks, each sent when it comes: in place of ``body``.
    public var pieces: Pieces?
    /// The port of this machine with which the client is connected from then on, as CONNECT asks a proxy to.
    public var tunnelPort: Int?

    public init(
      status: Int = 200, reason: String = "OK", headers: [(name: String, value: String)] = [],
      body: [UInt8] = []
    ) {
      self.status = status
      self.reason = reason
      self.headers = headers
      self.body = body
    }

    public static func text(_ text: String, after delay: Duration = .zero) -> Answer {
      var answer = Answer(headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
      answer.delay = delay
      return answer
    }

    public static func redirect(_ status: Int = 302, to location: String) -> Answer {
      Answer(status: status, reason: "Found", headers: [("Location", location)])
    }

    public static func raw(_ text: String) -> Answer {
      var answer = Answer()
      answer.raw = Array(text.utf8)
      answer.keepsAlive = false
      return answer
    }

    /// A body that comes piece by piece, when the test says so.
    public static func pieces(_ pieces: Pieces, type: String = "text/plain") -> Answer {
      var answer = Answer(headers: [("Content-Type", type)])
      answer.framing = .chunked
      answer.pieces = pieces
      return answer
    }

    /// What a proxy answers to CONNECT.
    public static func tunnel(to port: Int) -> Answer {
      var answer = Answer.raw("HTTP/1.1 200 Connection established\r\n\r\n")
      answer.tunnelPort = port
      return answer
    }

    /// The request is read and never answered.
    public static var silence: Answer {
      var answer = Answer()
      answer.isSilent = true
      return answer
    }
  }

  /// How often things have happened so far.
  public struct Counts: Sendable, Equatable {
    public var connections = 0
    public var requests = 0
    /// Connections that the client closed while it was owed an answer.
    public var hangUps = 0
    public var requestsUnderWay = 0
    public var mostRequestsUnderWay = 0
    /// Bytes of the bodies of requests, the one that is being read included.
    public var bodyBytes = 0
  }

  /// What an answer is made of while it goes on: the test adds pieces, the connection's thread sends them.
  public final class Pieces: Sendable {
    private let state = Mutex<(pieces: [[UInt8]], hasEnded: Bool)>(([], false))

    public init(_ pieces: [String] = []) { for piece in pieces { add(piece) } }

    public func add(_ piece: String) { add(Array(piece.utf8)) }
    public func add(_ piece: [UInt8]) { state.withLock { $0.pieces.append(piece) } }
    /// No more come.
    public func end() { state.withLock { $0.hasEnded = true } }

    fileprivate func take() -> (pieces: [[UInt8]], hasEnded: Bool) {
      state.withLock { state in
        defer { state.pieces = [] }
        return state
      }
    }
  }

  /// The port, or 0 for a socket with a path.
  public let port: Int
  private let socketPath: String?
  private let core: Core

  public convenience init(on address: Address = .loopback) throws {
    try self.init(on: address, core: Core(greeting: nil))
  }

  /// A server that reads whatever comes first, sends this, and hangs up: what a port looks like that speaks another
  /// protocol.
  public convenience init(answeringAnything answer: String) throws {
    try self.init(on: .loopback, core: Core(greeting: Array(answer.utf8)))
  }

  private init(on address: Address, core: Core) throws {
    let listener: Int32
    switch address {
    case .loopback:
      (listener, port) = try Socket.listenOnLoopback()
      socketPath = nil
    case .loopbackIPv6:
      (listener, port) = try Socket.listenOnLoopbackIPv6()
      socketPath = nil
    case .unixSocket(let path):
      listener = try Socket.listen(path: path)
      (port, socketPath) = (0, path)
    }
    self.core = core
    core.state.withLock { $0.listener = listener }
    try Socket.startThread {
      while let connection = Socket.accept(listener) {
        if !core.serve(connection) { close(connection) }
      }
      core.close(listener: listener)
    }
  }

  deinit { stop() }

  /// `http://127.0.0.1:…` and the path.
  public func url(_ path: String = "/") -> String { "http://127.0.0.1:\(port)\(path)" }

  /// What the path answers from now on. Other paths answer 404.
  public func on(_ path: String, _ answer: Answer) { on(path) { _ in answer } }

  /// What the path answers from now on, made from each request on its connection's thread.
  public func on(_ path: String, answer: @escaping @Sendable (Request) -> Answer) {
    core.state.withLock { $0.script[path] = answer }
  }

  public var counts: Counts { core.state.withLock { $0.counts } }

  /// All requests so far, in the order in which they were read; the first 10,000 are kept.
  public var requests: [Request] { core.state.withLock { $0.requests } }

  /// Returns once the counts are as wanted, which is looked at whenever one of them changes, or the task is cancelled.
  public func wait(until isReached: @escaping @Sendable (Counts) -> Bool) async {
    let waiter = Waiter(isReached)
    await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let counts = core.state.withLock { state in
          state.waiters.append(waiter)
          return state.counts
        }
        waiter.begin(continuation, counts)
      }
    } onCancel: {
      waiter.end()
    }
  }

  /// Hangs up on everybody and listens no more.
  public func stop() {
    let isFirst = core.state.withLock { state in
      defer { state.isStopped = true }
      for connection in state.open { shutdown(connection, Int32(SHUT_RDWR)) }
      if let listener = state.listener { shutdown(listener, Int32(SHUT_RDWR)) }
      return !state.isStopped
    }
    if isFirst, let socketPath { unlink(socketPath) }
  }
}

/// Somebody who waits for counts, until they are reached or nobody cares any more.
private final class Waiter: Sendable {
  private struct State {
    var continuation: CheckedContinuation<Void, Never>?
    var isOver = false
  }

  private let isReached: @Sendable (ScriptedHTTPServer.Counts) -> Bool
  private let state = Mutex(State())

  init(_ isReached: @escaping @Sendable (ScriptedHTTPServer.Counts) -> Bool) { self.isReached = isReached }

  var isOver: Bool { state.withLock { $0.isOver } }

  func begin(_ continuation: CheckedContinuation<Void, Never>, _ counts: ScriptedHTTPServer.Counts) {
    let isOver = state.withLock { state in
      if !state.isOver { state.continuation = continuation }
      return state.isOver
    }
    if isOver { continuation.resume() } else { look(counts) }
  }

  func look(_ counts: ScriptedHTTPServer.Counts) {
    if isReached(counts) { end() }
  }

  func end() {
    let continuation = state.withLock { state in
      defer { state.continuation = nil }
      state.isOver = true
      return state.continuation
    }
    continuation?.resume()
  }
}

/// What the threads share.
private final class Core: Sendable {
  typealias Server = ScriptedHTTPServer

  struct State {
    var script: [String: @Sendable (Server.Request) -> Server.Answer] = [:]
    var counts = Server.Counts()
    var requests: [Server.Request] = []
    var waiters: [Waiter] = []
    var listener: Int32?
    var open: Set<Int32> = []
    var isStopped = false
  }

  static let connectionLimit = 4_096
  static let requestLimit = 10_000
  let state = Mutex(State())
  /// Sent in answer to anything; `nil` for a server that speaks HTTP.
  let greeting: [UInt8]?

  init(greeting: [UInt8]?) { self.greeting = greeting }

  /// Changes the counts and lets go those who waited for that.
  @discardableResult
  private func count(_ change: (inout Server.Counts) -> Void) -> Server.Counts {
    let (counts, waiters) = state.withLock { state in
      change(&state.counts)
      state.waiters.removeAll { $0.isOver }
      return (state.counts, state.waiters)
    }
    for waiter in waiters { waiter.look(counts) }
    return counts
  }

  /// Only the thread that accepts closes the listener: once closed, its number may be another server's.
  func close(listener: Int32) {
    state.withLock { $0.listener = nil }
    Glibc.close(listener)
  }

  /// Starts the connection's thread; false when there may be no more.
  func serve(_ descriptor: Int32) -> Bool {
    let isWelcome = state.withLock { state in
      guard !state.isStopped, state.open.count < Self.connectionLimit else { return false }
      state.open.insert(descriptor)
      return true
    }
    guard isWelcome else { return false }
    // The one thread that accepts is the one that comes here: the count is this connection's number.
    let connection = count { $0.connections += 1 }.connections
    do {
      try Socket.startThread { [self] in
        var wire = Wire(descriptor: descriptor, connection: connection)
        if let greeting {
          if wire.fill() { _ = wire.send(greeting) }
        } else {
          let countBody = { @Sendable (bytes: Int) in
            self.count { $0.bodyBytes += bytes }
            return
          }
          while let request = wire.readRequest(countBody), answer(request, &wire) {}
        }
        state.withLock { _ = $0.open.remove(descriptor) }
        Glibc.close(descriptor)
      }
    } catch {
      state.withLock { _ = $0.open.remove(descriptor) }
      return false
    }
    return true
  }

  /// Answers; false when the connection is to be closed.
  private func answer(_ request: Server.Request, _ wire: inout Wire) -> Bool {
    let make = state.withLock { state in
      if state.requests.count < Self.requestLimit { state.requests.append(request) }
      return state.script[request.path]
    }
    count {
      $0.requests += 1
      $0.requestsUnderWay += 1
      $0.mostRequestsUnderWay = max($0.mostRequestsUnderWay, $0.requestsUnderWay)
    }
    let answer =
      make?(request) ?? Server.Answer(status: 404, reason: "Not Found", body: Array("not scripted".utf8))
    let isThere = wire.staysConnected(for: answer.isSilent ? nil : answer.delay)
    // Counted before the answer is sent: whoever has it may look at the counts.
    count { $0.requestsUnderWay -= 1 }
    guard isThere, wire.send(answer, isHEAD: request.method == "HEAD"),
      answer.pieces.map({ wire.send($0) }) ?? true,
      !answer.fallsSilentAfterwards || wire.staysConnected(for: nil)
    else {
      count { $0.hangUps += 1 }
      return false
    }
    if let port = answer.tunnelPort { wire.relay(to: port) }
    return answer.keepsAlive && answer.hangsUpAfter == nil && answer.framing != .untilClose
  }
}

/// One connection's bytes.
private struct Wire {
  let descriptor: Int32
  let connection: Int
  private var buffer: [UInt8] = []

  /// POLLRDHUP of poll.h, which Glibc shows only to those who ask for GNU extensions.
  static let clientHungUp: Int16 = 0x2000
  static let headLimit = 512 * 1024
  static let bodyLimit = 256 * 1024 * 1024

  init(descriptor: Int32, connection: Int) {
    self.descriptor = descriptor
    self.connection = connection
  }

  /// The next request; `nil` when the client has gone or what it sends can't be read.
  ///
  /// - Parameter countBody: told of the bytes of its body as they come.
  mutating func readRequest(_ countBody: (Int) -> Void) -> ScriptedHTTPServer.Request? {
    var searched = 0
    var end: Int?
    while end == nil {
      if let blank = buffer[searched...].indices.first(where: {
        buffer[$0...].starts(with: [13, 10, 13, 10])
      }) {
        end = blank
      } else {
        searched = max(0, buffer.count - 3)
        guard buffer.count < Self.headLimit, fill() else { return nil }
      }
    }
    guard let end else { return nil }
    let lines = String(decoding: buffer[..<end], as: UTF8.self).split(
      separator: "\r\n", omittingEmptySubsequences: false)
    let words = lines[0].split(separator: " ")
    guard words.count == 3 else { return nil }
    let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
      guard let colon = line.firstIndex(of: ":") else { return nil }
      let value = line[line.index(after: colon)...].drop { $0 == " " }
      return (String(line[..<colon]), String(value))
    }
    var request = ScriptedHTTPServer.Request(
      method: String(words[0]), target: String(words[1]), headers: headers, body: [], connection: connection)
    let length = request.header("content-length").flatMap { Int($0) } ?? 0
    guard (0...Self.bodyLimit).contains(length) else { return nil }
    if request.header("transfer-encoding") == "chunked" {
      buffer.removeFirst(end + 4)
      guard let body = readChunks(countBody) else { return nil }
      request.body = body
      return request
    }
    while buffer.count < end + 4 + length { guard fill() else { return nil } }
    request.body = Array(buffer[(end + 4)..<(end + 4 + length)])
    countBody(length)
    buffer.removeFirst(end + 4 + length)
    return request
  }

  /// A body in chunks, without extensions and trailers; `nil` where it is none.
  private mutating func readChunks(_ countBody: (Int) -> Void) -> [UInt8]? {
    var body: [UInt8] = []
    while true {
      var end: Int?
      while end == nil {
        end = buffer.firstIndex(of: 10)
        if end == nil { guard buffer.count < 100, fill() else { return nil } }
      }
      guard let end, let size = Int(String(decoding: buffer[..<max(0, end - 1)], as: UTF8.self), radix: 16),
        (0...Self.bodyLimit - body.count).contains(size)
      else { return nil }
      while buffer.count < end + 1 + size + 2 { guard fill() else { return nil } }
      body += buffer[(end + 1)..<(end + 1 + size)]
      countBody(size)
      buffer.removeFirst(end + 1 + size + 2)
      if size == 0 { return body }
    }
  }

  /// Sends pieces in chunks as they come, until there are no more or the client has gone.
  func send(_ pieces: ScriptedHTTPServer.Pieces) -> Bool {
    while true {
      let (next, hasEnded) = pieces.take()
      for piece in next where !piece.isEmpty {
        let head = Array("\(String(piece.count, radix: 16))\r\n".utf8)
        guard send(head + piece + [13, 10]) else { return false }
      }
      if hasEnded { return send(Array("0\r\n\r\n".utf8)) }
      if next.isEmpty, !staysConnected(for: .milliseconds(2)) { return false }
    }
  }

  mutating func fill() -> Bool {
    let piece = [UInt8](unsafeUninitializedCapacity: 65_536) { bytes, count in
      var got = recv(descriptor, bytes.baseAddress, bytes.count, 0)
      while got < 0, errno == EINTR { got = recv(descriptor, bytes.baseAddress, bytes.count, 0) }
      count = max(0, got)
    }
    buffer += piece
    return !piece.isEmpty
  }

  /// Whether the client is still there when the time is over; without a time, waits until it is not.
  func staysConnected(for delay: Duration?) -> Bool {
    if delay == .zero { return true }
    let end = delay.map { ContinuousClock.now + $0 }
    while true {
      let left = end.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
      if left == .zero { return true }
      let timeout = left.map { Int32($0 / .milliseconds(1)) + 1 } ?? -1
      var watched = pollfd(fd: descriptor, events: Self.clientHungUp, revents: 0)
      if poll(&watched, 1, timeout) > 0 { return false }
    }
  }

  /// Sends all that is to be sent; false when the client doesn't take it.
  func send(_ answer: ScriptedHTTPServer.Answer, isHEAD: Bool) -> Bool {
    if let raw = answer.raw { return send(raw) }
    var head = "HTTP/1.1 \(answer.status) \(answer.reason)\r\n"
    for (name, value) in answer.headers { head += "\(name): \(value)\r\n" }
    switch answer.framing {
    case .length: head += "Content-Length: \(answer.body.count)\r\n"
    case .chunked: head += "Transfer-Encoding: chunked\r\n"
    case .untilClose: break
    }
    head += answer.keepsAlive && answer.framing != .untilClose ? "\r\n" : "Connection: close\r\n\r\n"
    var bytes = Array(head.utf8)
    if !isHEAD {
      let body = answer.hangsUpAfter.map { answer.body.prefix($0) } ?? answer.body[...]
      bytes +=
        answer.framing == .chunked
        ? Self.chunked(body, isWhole: answer.hangsUpAfter == nil && answer.pieces == nil) : Array(body)
    }
    return send(bytes)
  }

  private static func chunked(_ body: ArraySlice<UInt8>, isWhole: Bool) -> [UInt8] {
    var result: [UInt8] = []
    var rest = body
    while !rest.isEmpty {
      let chunk = rest.prefix(4_096)
      rest = rest.dropFirst(chunk.count)
      result += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + [13, 10]
    }
    return isWhole ? result + Array("0\r\n\r\n".utf8) : result
  }

  /// Passes on what both sides send until one of them ends.
  func relay(to port: Int) {
    guard let other = try? Socket.connectToLoopback(port: port) else { return }
    defer { close(other) }
    var watched = [
      pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0),
      pollfd(fd: other, events: Int16(POLLIN), revents: 0),
    ]
    var piece = [UInt8](repeating: 0, count: 65_536)
    while poll(&watched, 2, 60_000) > 0 {
      for (from, to) in [(0, 1), (1, 0)] where watched[from].revents != 0 {
        let count = recv(watched[from].fd, &piece, piece.count, 0)
        guard count > 0, Self.send(Array(piece[..<count]), to: watched[to].fd) else { return }
      }
    }
  }

  func send(_ bytes: [UInt8]) -> Bool { Self.send(bytes, to: descriptor) }

  private static func send(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
    var sent = 0
    while sent < bytes.count {
      let count = bytes.withUnsafeBytes { bytes in
        Glibc.send(descriptor, bytes.baseAddress! + sent, bytes.count - sent, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { return false }
      sent += count
    }
    return true
  }
}
