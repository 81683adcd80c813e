import Dispatch
import Foundation
import Glibc

/// A plain blocking HTTP/1.1 client over a loopback TCP or Unix socket, which sends exactly the bytes it is told
/// to. For tests: it blocks the thread that calls it, each call for `timeout` at most. Use one on one thread.
public final class RawHTTPClient {
  /// What went wrong, with the system's error where there is one.
  public struct Failure: Error, CustomStringConvertible {
    /// What was tried and what happened.
    public let description: String
  }

  /// An answer.
  public struct Response: Sendable {
    /// The three digits.
    public var status: Int
    /// The text after them.
    public var reason: String
    /// The fields in order, names in lower case.
    public var headers: [(name: String, value: String)]
    /// The body without its chunks.
    public var body: [UInt8]

    /// The body as text.
    public var text: String { String(decoding: body, as: UTF8.self) }

    /// The value of a header, given in lower case.
    public subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
  }

  /// Something to be kept as long as this client, as the server that it talks to.
  public var companion: AnyObject?

  private let descriptor: Int32
  private var isClosed = false
  /// Bytes that came and were not asked for yet.
  private var buffer: [UInt8] = []

  /// Answers and heads beyond this many bytes are an error.
  private static let maxBytes = 64 << 20

  // MARK: - Connecting

  /// Connects to a port of this machine.
  public convenience init(port: Int, host: String = "127.0.0.1", timeout: Double = 20) throws {
    if host.contains(":") {
      var address = sockaddr_in6()
      address.sin6_family = sa_family_t(AF_INET6)
      address.sin6_port = in_port_t(port).bigEndian
      guard inet_pton(AF_INET6, host, &address.sin6_addr) == 1 else {
        throw Failure(description: "no address: \(host)")
      }
      try self.init(family: AF_INET6, address: address, timeout: timeout)
    } else {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      guard inet_pton(AF_INET, host, &address.sin_addr) == 1 else {
        throw Failure(description: "no address: \(host)")
      }
      try self.init(family: AF_INET, address: address, timeout: timeout)
    }
  }

  /// Connects to a Unix socket.
  public convenience init(unixPath: String, timeout: Double = 20) throws {
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard unixPath.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
      throw Failure(description: "the path is too long: \(unixPath)")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: unixPath.utf8) }
    try self.init(family: AF_UNIX, address: address, timeout: timeout)
  }

  private init<Address>(family: Int32, address: Address, timeout: Double) throws {
    descriptor = socket(family, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw Self.failure("socket") }
    var limit = timeval(tv_sec: Int(timeout), tv_usec: Int((timeout - timeout.rounded(.down)) * 1e6))
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    let result = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
      }
    }
    guard result == 0 else {
      let failure = Self.failure("connect")
      Glibc.close(descriptor)
      isClosed = true
      throw failure
    }
  }

  deinit { close() }

  // MARK: - Sending

  /// Sends text as UTF-8, all of it.
  public func send(_ text: String) throws { try send(Array(text.utf8)) }

  /// Sends bytes, all of them.
  public func send(_ bytes: [UInt8]) throws {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes {
        Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
      }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Self.failure("send") }
      rest = rest.dropFirst(count)
    }
  }

  /// Sends a request with a Host header and, if it has a body, its length.
  public func sendRequest(
    _ method: String = "GET", _ target: String, headers: [(String, String)] = [], body: String? = nil
  ) throws {
    var text = "\(method) \(target) HTTP/1.1\r\nHost: localhost\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    if let body { text += "Content-Length: \(body.utf8.count)\r\n" }
    try send(text + "\r\n" + (body ?? ""))
  }

  /// Half-closes: the peer reads the end, and can still answer.
  public func finishSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Closes with FIN.
  public func close() {
    guard !isClosed else { return }
    isClosed = true
    // A program that another thread is starting has the descriptor too until it runs: closing would not end the
    // connection as long.
    shutdown(descriptor, Int32(SHUT_RDWR))
    Glibc.close(descriptor)
  }

  /// Closes with RST.
  public func reset() {
    var linger = linger(l_onoff: 1, l_linger: 0)
    setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &linger, socklen_t(MemoryLayout<Glibc.linger>.size))
    guard !isClosed else { return }
    isClosed = true
    Glibc.close(descriptor)
  }

  // MARK: - Receiving

  /// Tells, on any thread and without waiting, whether something has come that has not been read.
  public var hasArrived: @Sendable () -> Bool {
    { [descriptor] in
      var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
      return poll(&entry, 1, 0) > 0
    }
  }

  /// Reads one answer, skipping those with a status of 1xx unless `takesInterim`. To HEAD there is no body.
  public func readResponse(toHead: Bool = false, takesInterim: Bool = false) throws -> Response {
    while true {
      var response = try readHead()
      if response.status < 200 {
        if takesInterim { return response }
        continue
      }
      if toHead || response.status == 204 || response.status == 304 { return response }
      if response["transfer-encoding"]?.lowercased() == "chunked" {
        response.body = try readChunks()
      } else if let length = response["content-length"] {
        guard let count = Int(length) else { throw Failure(description: "no length: \(length)") }
        response.body = try take(count)
      } else {
        response.body = try readUntilClose()
      }
      return response
    }
  }

  /// Reads all that comes until the peer closes.
  public func readUntilClose() throws -> [UInt8] {
    while try receive() {}
    defer { buffer = [] }
    return buffer
  }

  /// Whether the peer closes, with FIN or RST, before it sends anything more.
  public func isClosedByPeer() throws -> Bool {
    guard buffer.isEmpty else { return false }
    do {
      return try !receive()
    } catch {
      if errno == ECONNRESET { return true }
      throw error
    }
  }

  private func readHead() throws -> Response {
    let lines = try readHeadLines()
    let parts = lines[0].split(separator: " ", maxSplits: 2, omittingEmptySubsequences: false)
    guard parts.count >= 2, parts[0] == "HTTP/1.1", parts[1].count == 3, let status = Int(parts[1]) else {
      throw Failure(description: "no status line: \(lines[0])")
    }
    var headers: [(name: String, value: String)] = []
    for line in lines.dropFirst() {
      guard let colon = line.firstIndex(of: ":") else { throw Failure(description: "no header: \(line)") }
      let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
      headers.append((line[..<colon].lowercased(), value))
    }
    return Response(
      status: status, reason: parts.count > 2 ? String(parts[2]) : "", headers: headers, body: [])
  }

  private func readHeadLines() throws -> [String] {
    var lines: [String] = []
    while true {
      let line = try readLine()
      if line.isEmpty { return lines.isEmpty ? [""] : lines }
      lines.append(line)
    }
  }

  /// A line that must end in CR LF.
  private func readLine() throws -> String {
    var searched = 0
    while true {
      if let end = buffer[searched...].firstIndex(of: 0x0a) {
        guard end > 0, buffer[end - 1] == 0x0d else { throw Failure(description: "a line without CR") }
        let line = String(decoding: buffer[..<(end - 1)], as: UTF8.self)
        buffer.removeSubrange(...end)
        return line
      }
      searched = buffer.count
      guard try receive() else {
        throw Failure(description: "closed within a head: \(String(decoding: buffer, as: UTF8.self))")
      }
    }
  }

  private func readChunks() throws -> [UInt8] {
    var body: [UInt8] = []
    while true {
      let line = try readLine()
      guard let size = Int(line.prefix { $0 != ";" }, radix: 16) else {
        throw Failure(description: "no chunk size: \(line)")
      }
      if size == 0 { break }
      body += try take(size)
      guard try take(2) == [0x0d, 0x0a] else { throw Failure(description: "a chunk without CR LF") }
    }
    while try !readLine().isEmpty {}
    return body
  }

  /// The next bytes, as many as are asked for, as text.
  public func read(_ count: Int) throws -> String { String(decoding: try take(count), as: UTF8.self) }

  /// The next bytes.
  public func readBytes(_ count: Int) throws -> [UInt8] { try take(count) }

  private func take(_ count: Int) throws -> [UInt8] {
    while buffer.count < count {
      guard try receive() else {
        throw Failure(description: "closed after \(buffer.count) of \(count) bytes")
      }
    }
    defer { buffer.removeFirst(count) }
    return Array(buffer[..<count])
  }

  /// Receives what there is, waiting for something; false at the end.
  private func receive() throws -> Bool {
    guard buffer.count < Self.maxBytes else {
      throw Failure(description: "more than \(Self.maxBytes) bytes came")
    }
    var chunk = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = chunk.withUnsafeMutableBytes { recv(descriptor, $0.baseAddress, $0.count, 0) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw Self.failure("recv") }
      buffer.append(contentsOf: chunk[..<count])
      return count > 0
    }
  }

  private static func failure(_ call: String) -> Failure {
    Failure(description: "\(call): \(String(cString: strerror(errno)))")
  }

  // MARK: - At once

  /// One request on a connection of its own.
  public static func request(
    port: Int, _ method: String = "GET", _ target: String, headers: [(String, String)] = [],
    body: String? = nil
  ) throws -> Response {
    let client = try RawHTTPClient(port: port)
    try client.sendRequest(method, target, headers: headers + [("Connection", "close")], body: body)
    return try client.readResponse(toHead: method == "HEAD")
  }

  /// Runs `work` on `count` threads at once and gives the results in order; the first error is thrown.
  public static func concurrently<Value: Sendable>(
    _ count: Int, _ work: @escaping @Sendable (Int) throws -> Value
  ) throws -> [Value] {
    let results = Results<Value>(count: count)
    let threads = DispatchGroup()
    for index in 0..<count {
      threads.enter()
      let thread = Thread {
        results.set(index, Result { try work(index) })
        threads.leave()
      }
      thread.stackSize = 512 << 10
      thread.start()
    }
    threads.wait()
    return try results.all()
  }

  /// Results that threads leave in their places.
  private final class Results<Value: Sendable>: @unchecked Sendable {
    private let lock = NSLock()
    private var values: [Result<Value, any Error>?]

    init(count: Int) { values = Array(repeating: nil, count: count) }

    func set(_ index: Int, _ value: Result<Value, any Error>) { lock.withLock { values[index] = value } }

    func all() throws -> [Value] { try lock.withLock { try values.map { try $0!.get() } } }
  }
}
