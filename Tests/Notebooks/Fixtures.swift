import Foundation
import TestSupport
import Testing

@testable import Notebooks

extension TemporaryFolder {
  /// The path of a file in it, made where there is a text for it.
  func file(_ name: String, _ text: String? = nil) -> String {
    if let text { write(text, to: name) }
    return path + "/" + name
  }

  func text(_ name: String) throws -> String { try #require(read(name)) }

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
