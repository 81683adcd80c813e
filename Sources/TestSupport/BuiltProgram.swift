import Foundation
import Glibc

/// Finds the built `routebook`, so that tests run what a person runs.
public enum BuiltProgram {
  /// Its path: what `ROUTEBOOK_PROGRAM` names; else the release build, where it is newer than every source; else the
  /// one that was built with the tests.
  public static func path() throws -> String {
    if let named = ProcessInfo.processInfo.environment["ROUTEBOOK_PROGRAM"], !named.isEmpty {
      guard access(named, X_OK) == 0 else {
        throw RunningProgram.Failure(description: "ROUTEBOOK_PROGRAM is \(named), which is no program")
      }
      return named.hasPrefix("/") ? named : FileManager.default.currentDirectoryPath + "/" + named
    }
    let release = packageFolder + "/.build/release/routebook"
    if let built = modified(release), built > newestSource { return release }
    return try PseudoTerminal.builtProgram("routebook")
  }

  /// What the tests were told of a sanitizer and of the collector, for the programs that they start.
  static let diagnosticOptions: [String: String] = ProcessInfo.processInfo.environment.filter {
    $0.key == "ASAN_OPTIONS" || $0.key == "ROUTEBOOK_GC"
  }

  /// The folder with Package.swift, found from the place of this file.
  public static let packageFolder: String = URL(fileURLWithPath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent().path

  /// When the youngest source of the program was changed; a program older than that is not to be trusted.
  private static let newestSource: Date = {
    let folders = [
      "CCurl", "CDigest", "CEditline", "CLateLibrary", "Language", "VM", "Web", "Fetch", "Notebooks",
      "KernelCore", "Console",
    ]
    var newest = modified(packageFolder + "/Package.swift") ?? .distantFuture
    for folder in folders + ["routebook"] {
      let root = packageFolder + "/Sources/" + folder
      for case let path as String in FileManager.default.enumerator(atPath: root) ?? .init() {
        if let date = modified(root + "/" + path) { newest = max(newest, date) }
      }
    }
    return newest
  }()

  private static func modified(_ path: String) -> Date? {
    (try? FileManager.default.attributesOfItem(atPath: path))?[.modificationDate] as? Date
  }
}

/// Runs work that blocks on a thread of its own: the few threads that tests share stay free for other tests. It is still
/// the same task, so that what the work expects is told of its test.
public func onOwnThread<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value
{
  try await withTaskExecutorPreference(OwnThreads.shared) { try work() }
}

/// Gives every piece of work a thread, for so many at a time: tests start programs, and a machine that starts a hundred
/// at once lets none of them come to its prompt in time.
private final class OwnThreads: TaskExecutor, @unchecked Sendable {
  static let shared = OwnThreads()
  private static let limit = 10

  private let lock = NSLock()
  private var running = 0
  private var waiting: [UnownedJob] = []

  func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    let starts = lock.withLock { () -> Bool in
      guard running < Self.limit else {
        waiting.append(job)
        return false
      }
      running += 1
      return true
    }
    if starts { start(job) }
  }

  private func start(_ first: UnownedJob) {
    let thread = Thread { [self] in
      var next: UnownedJob? = first
      while let job = next {
        job.runSynchronously(on: asUnownedTaskExecutor())
        next = lock.withLock { () -> UnownedJob? in
          if waiting.isEmpty {
            running -= 1
            return nil
          }
          return waiting.removeFirst()
        }
      }
    }
    // Deep recursion needs this much under AddressSanitizer, where frames are many times as large.
    thread.stackSize = 64 << 20
    thread.start()
  }
}
