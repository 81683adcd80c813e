import Glibc
import NIOCore

/// Why a server can't listen on an endpoint; `description` says what to do.
public enum BindError: Error, Equatable, Sendable, CustomStringConvertible {
  /// Another program has the port.
  case addressInUse(port: Int)
  /// This server has the port itself, on another interface.
  case overlapsOwn(BoundAddress)
  /// The system does not allow this program that port or path.
  case notPermitted(Endpoint)
  /// No interface of this machine has that address.
  case noSuchInterface(host: String)
  /// Somebody listens on the Unix socket already.
  case unixSocketInUse(path: String)
  /// Something that is no socket has the path; it is never deleted.
  case notASocket(path: String)
  /// The path doesn't fit in a socket address.
  case unixPathTooLong(path: String, limit: Int)
  /// The folder of the path doesn't exist.
  case noSuchFolder(path: String)
  /// The server was shut down.
  case shutDown
  /// Any other error of the system.
  case other(Endpoint, reason: String)

  /// One sentence: what is wrong and what to do.
  public var description: String {
    switch self {
    case .addressInUse(let port):
      "port \(port) is in use by another program; pick another with --port or listen(\"tcp:0\")"
    case .overlapsOwn(let address):
      "this server listens on port \(address.port ?? 0) already, at \(address.url); pick another port, or tcp:0 for any"
    case .notPermitted(.tcp(_, let port)):
      "port \(port) needs rights that this program lacks; pick one from 1024 up with --port or listen(\"tcp:8080\")"
    case .notPermitted(.unix(let path)):
      "this program may not make a socket at \(path.printable()); pick a folder that it may write to"
    case .noSuchInterface(let host):
      "no interface of this machine has the address \(host.printable()); "
        + "use 127.0.0.1, or 0.0.0.0 for all interfaces"
    case .unixSocketInUse(let path):
      "another program listens on \(path.printable()); stop it or pick another path"
    case .notASocket(let path):
      "\(path.printable()) exists and is not a socket; it is left alone, so pick another path"
    case .unixPathTooLong(let path, let limit):
      "the path \(path.printable(limit: 60)) has \(path.utf8.count) bytes, and a socket's has \(limit) at most; "
        + "pick a shorter one"
    case .noSuchFolder(let path):
      "the folder of \(path.printable()) does not exist; make it first or pick another path"
    case .shutDown: "the server was shut down"
    case .other(let endpoint, let reason): "can't listen on \(endpoint): \(reason.printable())"
    }
  }

  /// The meaning of an error of the system for an endpoint.
  static func from(_ error: any Error, at endpoint: Endpoint) -> BindError {
    if let error = error as? BindError { return error }
    guard let error = error as? IOError else { return .other(endpoint, reason: "\(error)") }
    switch (error.errnoCode, endpoint) {
    case (EADDRINUSE, .tcp(_, let port)): return .addressInUse(port: port)
    case (EADDRINUSE, .unix(let path)): return .unixSocketInUse(path: path)
    case (EACCES, _), (EPERM, _), (EROFS, _): return .notPermitted(endpoint)
    case (EADDRNOTAVAIL, .tcp(let host, _)), (EAFNOSUPPORT, .tcp(let host, _)):
      return .noSuchInterface(host: host)
    case (ENOENT, .unix(let path)), (ENOTDIR, .unix(let path)): return .noSuchFolder(path: path)
    default: return .other(endpoint, reason: String(cString: strerror(error.errnoCode)))
    }
  }
}
