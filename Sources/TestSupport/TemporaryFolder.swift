import Foundation
import Glibc

/// A folder that goes when nobody holds it any more.
public final class TemporaryFolder: Sendable {
  public let path: String

  public init() {
    var template = Array("/tmp/routebook-tests.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      fatalError("no temporary folder: \(String(cString: strerror(errno)))")
    }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { Self.remove(path) }

  /// Makes a file in it.
  public func write(_ text: String, to name: String, mode: mode_t = 0o644) {
    let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, mode)
    precondition(descriptor >= 0)
    var bytes = Array(text.utf8)
    precondition(Glibc.write(descriptor, &bytes, bytes.count) == bytes.count)
    close(descriptor)
  }

  /// The text of a file in it; nil where it can't be read.
  public func read(_ name: String) -> String? { Self.read(path + "/" + name) }

  /// The text of any file; nil where it can't be read.
  public static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: result, as: UTF8.self) }
      result += buffer[..<count]
    }
  }

  private static func remove(_ path: String) {
    try? FileManager.default.removeItem(atPath: path)
  }
}
