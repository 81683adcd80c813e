import Glibc

/// The system calls.
enum Socket {
  static func listenOnLoopback() throws -> (Int32, port: Int) {
    let descriptor = try open(AF_INET)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let code = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 4_096) == 0
          ? getsockname(descriptor, address, &length) : -1
      }
    }
    guard code == 0 else { throw failure("cannot listen on 127.0.0.1", descriptor) }
    return (descriptor, Int(UInt16(bigEndian: address.sin_port)))
  }

  /// The same on ::1.
  static func listenOnLoopbackIPv6() throws -> (Int32, port: Int) {
    let descriptor = try open(AF_INET6)
    var address = sockaddr_in6()
    address.sin6_family = sa_family_t(AF_INET6)
    address.sin6_addr = in6addr_loopback
    var length = socklen_t(MemoryLayout<sockaddr_in6>.size)
    let code = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, length) == 0 && Glibc.listen(descriptor, 4_096) == 0
          ? getsockname(descriptor, address, &length) : -1
      }
    }
    guard code == 0 else { throw failure("cannot listen on ::1", descriptor) }
    return (descriptor, Int(UInt16(bigEndian: address.sin6_port)))
  }

  /// Whether somebody could listen on a port of 127.0.0.1.
  static func isFree(_ port: Int) throws -> Bool {
    let descriptor = try open(AF_INET)
    defer { close(descriptor) }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    return withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
      }
    }
  }

  static func connectToLoopback(port: Int) throws -> Int32 {
    let descriptor = try open(AF_INET)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    address.sin_port = UInt16(port).bigEndian
    let code = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        connect(descriptor, address, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw failure("cannot connect to port \(port)", descriptor) }
    return descriptor
  }

  static func listen(path: String) throws -> Int32 {
    let descriptor = try open(AF_UNIX)
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    guard path.utf8.count < MemoryLayout.size(ofValue: address.sun_path) else {
      close(descriptor)
      throw ScriptedHTTPServer.Failure(description: "the path of the socket is too long: \(path)")
    }
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let code = withUnsafePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        bind(descriptor, address, socklen_t(MemoryLayout<sockaddr_un>.size)) == 0
          ? Glibc.listen(descriptor, 4_096) : -1
      }
    }
    guard code == 0 else { throw failure("cannot listen at \(path)", descriptor) }
    return descriptor
  }

  static func accept(_ listener: Int32) -> Int32? {
    while true {
      let descriptor = Glibc.accept(listener, nil, nil)
      if descriptor >= 0 {
        _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
        return descriptor
      }
      guard errno == EINTR || errno == ECONNABORTED else { return nil }
    }
  }

  private static func open(_ family: Int32) throws -> Int32 {
    let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { throw failure("cannot open a socket", nil) }
    return descriptor
  }

  private static func failure(_ what: String, _ descriptor: Int32?) -> ScriptedHTTPServer.Failure {
    let reason = String(cString: strerror(errno))
    if let descriptor { close(descriptor) }
    return ScriptedHTTPServer.Failure(description: "\(what): \(reason)")
  }

  private final class Work: Sendable {
    let run: @Sendable () -> Void
    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
  }

  /// Runs the work on a thread with a small stack, because there may be thousands.
  static func startThread(_ run: @escaping @Sendable () -> Void) throws {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    defer { pthread_attr_destroy(&attributes) }
    pthread_attr_setstacksize(&attributes, 256 * 1024)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    let work = Unmanaged.passRetained(Work(run))
    var thread = pthread_t()
    let code = pthread_create(
      &thread, &attributes,
      { work in
        guard let work else { return nil }
        Unmanaged<Work>.fromOpaque(work).takeRetainedValue().run()
        return nil
      }, work.toOpaque())
    if code != 0 {
      work.release()
      throw ScriptedHTTPServer.Failure(
        description: "cannot start a thread: \(String(cString: strerror(code)))")
    }
  }
}
