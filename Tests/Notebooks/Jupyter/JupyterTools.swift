import Foundation
import TestSupport
import Testing

/// Jupyter's own packages, run by Python: jupytext and nbformat.
enum JupyterTools {
  /// The Python that `scripts/setup jupyter` makes, if it is there and has both.
  static let python: String? = {
    let python = BuiltProgram.packageFolder + "/.build/python/bin/python"
    guard FileManager.default.isExecutableFile(atPath: python),
      let check = try? RunningProgram(python, ["-c", "import jupytext, nbformat"], environment: environment),
      (try? check.waitForExit()) == .code(0)
    else { return nil }
    return python
  }()

  static let missing: Comment = "jupytext and nbformat are not installed: scripts/setup jupyter installs them"

  private static let environment = [
    "PATH": "/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE": "1", "PYTHONUTF8": "1",
  ]

  /// Gives texts to one of the programs in the folder `Python`, and what it says of each.
  static func run<Answer: Decodable & Sendable>(
    _ program: String, _ texts: [String], as type: Answer.Type
  ) async throws -> [Answer] {
    let python = try #require(python)
    let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Python/\(program)")
      .path()
    let input = String(decoding: try JSONEncoder().encode(texts), as: UTF8.self)
    return try await onOwnThread {
      let running = try RunningProgram(python, [file], environment: environment, input: .stream)
      try running.write(input)
      running.closeInput()
      // Python takes its time over hundreds of notebooks on a busy machine.
      #expect(try running.waitForExit(timeout: 300) == .code(0), "\(running.errors)")
      #expect(running.errors == "")
      let answers = try JSONDecoder().decode([Answer].self, from: Data(running.output.utf8))
      try #require(answers.count == texts.count)
      return answers
    }
  }
}
