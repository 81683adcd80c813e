import Foundation
import Glibc

/// Starts other programs, without a shell.
enum ChildProcess {
  /// Where a program's streams go.
  enum Place {
    /// It shares the terminal, in our process group, so that Ctrl-Z stops both.
    case terminal
    /// It has a session of its own and no streams, so that it can neither read our keys nor write over our screen.
    case detached
  }

  /// The error number of a program that could not be started.
  struct Failure: Error {
    let code: Int32
  }

  /// Starts a program; gives its process. No signal is blocked or ignored there, whatever this process does with them,
  /// and it inherits none of our sockets and files: it may outlive us, and must not hold our port.
  static func start(
    _ program: String, _ words: [String], environment: [String: String], _ place: Place
  ) throws(Failure) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    var attributes = posix_spawnattr_t()
    posix_spawn_file_actions_init(&actions)
    posix_spawnattr_init(&attributes)
    defer {
      posix_spawn_file_actions_destroy(&actions)
      posix_spawnattr_destroy(&attributes)
    }
    var flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF
    if case .detached = place {
      posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
      posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
      posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
      // <spawn.h> shows POSIX_SPAWN_SETSID only to GNU sources.
      flags |= 0x80
    }
    for descriptor in inheritedDescriptors { posix_spawn_file_actions_addclose(&actions, descriptor) }
    var none = sigset_t()
    var all = sigset_t()
    sigemptyset(&none)
    sigfillset(&all)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setsigdefault(&attributes, &all)
    posix_spawnattr_setflags(&attributes, Int16(flags))

    var arguments: [UnsafeMutablePointer<CChar>?] = words.map { strdup($0) } + [nil]
    var variables: [UnsafeMutablePointer<CChar>?] =
      environment.map { strdup("\($0.key)=\($0.value)") } + [nil]
    defer { for pointer in arguments + variables { free(pointer) } }
    var process: pid_t = 0
    var code = posix_spawn(&process, program, &actions, &attributes, &arguments, &variables)
    // A program that was written a moment ago can still be open in a child that another thread is starting.
    for _ in 0..<20 where code == ETXTBSY {
      usleep(5_000)
      code = posix_spawn(&process, program, &actions, &attributes, &arguments, &variables)
    }
    guard code == 0 else { throw Failure(code: code) }
    return process
  }

  /// Descriptors that a child would inherit: a listening socket, a file of ours.
  private static var inheritedDescriptors: [Int32] {
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
    return names.compactMap { Int32($0) }.filter { $0 > 2 && fcntl($0, F_GETFD) & FD_CLOEXEC == 0 }
  }
}
