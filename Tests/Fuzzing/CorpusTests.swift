import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Inputs that fuzzing found interesting, and those that once broke something, go through every promise again.
struct CorpusTests {
  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "corpora")

  @Test(arguments: FuzzTarget.all.map(\.name))
  func everyInputOfTheCorpusKeepsThePromises(name: String) async throws {
    let target = try #require(FuzzTarget.named(name))
    let files = try FileManager.default.contentsOfDirectory(
      at: Self.folder.appending(path: name), includingPropertiesForKeys: nil)
    #expect(files.count >= 10)
    try await onOwnThread {
      for file in files { target.run(Array(try Data(contentsOf: file))) }
    }
  }
}
