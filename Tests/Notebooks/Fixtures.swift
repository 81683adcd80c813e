import Foundation
import Testing

@testable import Notebooks

/// SplitMix64: the same numbers every time for the same seed, so that a failure can be repeated.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
    return value ^ (value >> 31)
  }
}

/// A folder of the test's own, removed with its owner.
final class TemporaryFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "notebooks-" + UUID().uuidString
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }

  func file(_ name: String, _ text: String? = nil) throws -> String {
    let file = path + "/" + name
    if let text { try Data(text.utf8).write(to: URL(fileURLWithPath: file)) }
    return file
  }

  func text(_ name: String) throws -> String {
    String(decoding: try Data(contentsOf: URL(fileURLWithPath: path + "/" + name)), as: UTF8.self)
  }

  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: path))?.sorted() ?? []
  }
}

func parse(_ text: String) throws -> Notebook {
  try CellsFile.parse(text, name: "test.cells")
}

/// What parsing throws, or a failure of the test when it doesn't.
func parseError(_ text: String) throws -> CellsFileError {
  try #require(throws: CellsFileError.self) { try parse(text) }
}

/// Runs something with a stranger's rights to files, root or not. Linux keeps the user that file permissions
/// are checked against by thread, and `body` must stay on this one.
func asStranger<T>(_ body: () throws -> T) throws -> T {
  typealias SetUser = @convention(c) (uid_t) -> Int32
  let symbol = try #require(dlsym(nil, "setfsuid"))
  let setUser = unsafeBitCast(symbol, to: SetUser.self)
  let user = geteuid()
  if user == 0 { _ = setUser(65_534) }
  defer { _ = setUser(user) }
  return try body()
}
