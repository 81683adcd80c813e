import Glibc

/// The file of a Unix socket: its checks before binding and its removal after.
struct UnixSocketFile {
  let path: String
  private let device: dev_t
  private let inode: ino_t

  /// The bytes of a path that fit in a socket address beside the zero at its end.
  static let maxPathBytes = MemoryLayout.size(ofValue: sockaddr_un().sun_path) - 1

  /// Makes sure that `path` can be bound: a socket that nobody listens on is removed; anything else that exists
  /// is left alone and refused.
  static func prepare(path: String) throws(BindError) {
    guard path.utf8.count <= maxPathBytes else {
      throw .unixPathTooLong(path: path, limit: maxPathBytes)
    }
    var status = stat()
    guard lstat(path, &status) == 0 else { return }
    guard status.st_mode & S_IFMT == S_IFSOCK else { throw .notASocket(path: path) }
    switch connectionError(path: path) {
    case ECONNREFUSED:
      unlink(path)
    case ENOENT: break
    case EACCES, EPERM: throw .notPermitted(.unix(path: path))
    default: throw .unixSocketInUse(path: path)
    }
  }

  /// Notes which file was bound at `path`; nil if it has gone already.
  init?(bound path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    self.path = path
    self.device = status.st_dev
    self.inode = status.st_ino
  }

  /// Removes the file, unless another has taken its place.
  func remove() {
    var status = stat()
    guard lstat(path, &status) == 0, status.st_dev == device, status.st_ino == inode else { return }
    unlink(path)
  }

  /// The error of connecting to `path` without waiting; 0 if somebody took the connection.
  private static func connectionError(path: String) -> Int32 {
    let descriptor = socket(
      AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
    guard descriptor >= 0 else { return errno }
    defer { Glibc.close(descriptor) }
    var address = sockaddr_un()
    address.sun_family = sa_family_t(AF_UNIX)
    withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
    let result = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_un>.size))
      }
    }
    return result == 0 ? 0 : errno
  }
}
