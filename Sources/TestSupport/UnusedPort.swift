import Glibc
import Synchronization

/// Ports for programs that must be told theirs, as one has to be reached before it says where it listens.
public enum UnusedPort {
  /// Below those that the system gives out by itself.
  private static let range = 20_000..<30_000
  private static let given = Mutex<Set<Int>>([])

  /// A port of 127.0.0.1 that nobody listens on and that has not been given to anybody here.
  public static func any() throws -> Int {
    while true {
      let port = Int.random(in: range)
      let isNew = given.withLock { $0.insert(port).inserted }
      if isNew, try Socket.isFree(port) { return port }
    }
  }
}
