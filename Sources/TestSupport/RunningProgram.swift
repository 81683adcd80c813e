import Foundation
import Glibc

/// A program without a terminal: its input is a stream that the test writes, or /dev/null; what it writes is kept
/// line by line. It is killed when this object goes.
///
/// Every call blocks its thread, so tests call from `onOwnThread`.
public final class RunningProgram: @unchecked Sendable {
  /// What went wrong, with all that the program wrote.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
    public init(description: String) { self.description = description }
  }

  public enum Exit: Equatable, Sendable {
    case code(Int32)
    case signal(Int32)
  }

  public enum Input: Sendable {
    /// /dev/null.
    case none
    /// What `write` gives, until `closeInput`.
    case stream
  }

  public enum Source: Sendable { case output, error }

  public let process: pid_t
  /// Guards all below, and is signalled when any of it changes.
  private let condition = NSCondition()
  private var texts: [Source: String] = [.output: "", .error: ""]
  private var exit: Exit?
  private var input: Int32?
  private var openStreams = 2

  /// Starts a program, in a folder if one is named. `environment` is all it gets (and a sanitizer's options).
  public init(
    _ program: String, _ arguments: [String] = [], environment: [String: String] = [:], folder: String? = nil,
    input kind: Input = .none
  ) throws {
    // Swift can't import the call that sets the folder of a program to be started.
    let (program, arguments) =
      folder.map { ("/usr/bin/env", ["-C", $0, program] + arguments) } ?? (program, arguments)
    // Socket pairs, since they can be closed on exec in the call that makes them: a pipe that another thread's
    // child inherits would never end.
    let output = try Self.pair()
    let error = try Self.pair()
    let inputPair = kind == .stream ? try Self.pair() : nil
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    if let inputPair {
      posix_spawn_file_actions_adddup2(&actions, inputPair.theirs, 0)
    } else {
      posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
    }
    posix_spawn_file_actions_adddup2(&actions, output.theirs, 1)
    posix_spawn_file_actions_adddup2(&actions, error.theirs, 2)
    for descriptor in inheritedDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF))
    var words: [UnsafeMutablePointer<CChar>?] = [strdup(program)] + arguments.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.merging(BuiltProgram.diagnosticOptions) { own, _ in own }
      .map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in words + variables { free(pointer) } }
    var process: pid_t = 0
    let code = posix_spawn(&process, program, &actions, &attributes, &words, &variables)
    for descriptor in [output.theirs, error.theirs] + (inputPair.map { [$0.theirs] } ?? []) {
      close(descriptor)
    }
    guard code == 0 else {
      for descriptor in [output.ours, error.ours] + (inputPair.map { [$0.ours] } ?? []) { close(descriptor) }
      throw Failure(description: "\(program): \(String(cString: strerror(code)))")
    }
    self.process = process
    input = inputPair?.ours
    read(output.ours, .output)
    read(error.ours, .error)
  }

  deinit {
    if exit == nil {
      Glibc.kill(process, SIGKILL)
      var status: Int32 = 0
      waitpid(process, &status, 0)
    }
    if let input { close(input) }
  }

  private static func pair() throws -> (ours: Int32, theirs: Int32) {
    var ends: [Int32] = [0, 0]
    guard socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0, &ends) == 0 else {
      throw Failure(description: "socketpair: \(String(cString: strerror(errno)))")
    }
    return (ends[0], ends[1])
  }

  /// Takes what comes, on a thread that ends with the stream.
  private func read(_ descriptor: Int32, _ source: Source) {
    let thread = Thread { [weak self] in
      var bytes: [UInt8] = []
      var buffer = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        if count < 0, errno == EINTR { continue }
        if count <= 0 { break }
        bytes += buffer[..<count]
        // Whole characters only.
        guard let text = String(validating: bytes, as: UTF8.self) else { continue }
        bytes = []
        self?.append(text, source)
      }
      close(descriptor)
      self?.append(String(decoding: bytes, as: UTF8.self), source, isEnd: true)
    }
    thread.stackSize = 512 << 10
    thread.start()
  }

  private func append(_ text: String, _ source: Source, isEnd: Bool = false) {
    condition.lock()
    texts[source]! += text
    if isEnd { openStreams -= 1 }
    condition.broadcast()
    condition.unlock()
  }

  // MARK: Asking

  /// All it has written to standard output so far.
  public var output: String { text(.output) }
  /// All it has written to standard error so far.
  public var errors: String { text(.error) }

  private func text(_ source: Source) -> String {
    condition.lock()
    defer { condition.unlock() }
    return texts[source]!
  }

  /// Waits until what it has written is as wanted, and gives what `find` found.
  @discardableResult
  public func wait<Found>(
    for wanted: String, in source: Source = .output, timeout: Double = 30, _ find: (String) -> Found?
  ) throws -> Found {
    condition.lock()
    defer { condition.unlock() }
    let end = Date().addingTimeInterval(timeout)
    while true {
      if let found = find(texts[source]!) { return found }
      if openStreams == 0 { throw failure("the program ended before \(wanted)") }
      if !condition.wait(until: end) { throw failure("not seen in \(timeout) s: \(wanted)") }
    }
  }

  /// Waits until it has written a text, `count` times.
  public func wait(for text: String, times count: Int = 1, in source: Source = .output, timeout: Double = 30)
    throws
  {
    try wait(for: text, in: source, timeout: timeout) {
      $0.ranges(of: text).count >= count ? true : nil
    }
  }

  /// Called with the lock held.
  private func failure(_ what: String) -> Failure {
    Failure(description: "\(what)\n── output\n\(texts[.output]!)\n── errors\n\(texts[.error]!)\n──")
  }

  // MARK: Telling

  /// Writes to its input.
  public func write(_ text: String) throws {
    guard let input else { throw Failure(description: "the program has no input any more") }
    var rest = Array(text.utf8)[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { send(input, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      if count < 0, errno == EINTR { continue }
      guard count > 0 else { throw Failure(description: "write: \(String(cString: strerror(errno)))") }
      rest = rest.dropFirst(count)
    }
  }

  /// Ends its input.
  public func closeInput() {
    if let input { close(input) }
    input = nil
  }

  public func signal(_ number: Int32) { Glibc.kill(process, number) }

  /// Waits for its end, and for all that it wrote.
  @discardableResult
  public func waitForExit(timeout: Double = 30) throws -> Exit {
    let end = Date().addingTimeInterval(timeout)
    condition.lock()
    defer { condition.unlock() }
    while openStreams > 0 {
      if !condition.wait(until: end) { throw failure("the program did not end in \(timeout) s") }
    }
    while exit == nil {
      var status: Int32 = 0
      if waitpid(process, &status, WNOHANG) == process {
        let signal = status & 0x7F
        exit = signal == 0 ? .code(status >> 8 & 0xFF) : .signal(signal)
      } else if Date() > end {
        throw failure("the program closed its streams and did not end in \(timeout) s")
      } else {
        usleep(2_000)
      }
    }
    return exit!
  }
}
