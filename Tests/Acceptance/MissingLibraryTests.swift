import Foundation
import TestSupport
import Testing

/// A system without a library that the program loads when it needs it.
@Suite struct MissingLibraryTests {
  /// Hides libcurl from one process, in a mount namespace of its own.
  private static let hiding = """
    hidden=$(/sbin/ldconfig -p | sed -n 's/.*libcurl\\.so\\.4 .*=> //p' | head -1)
    mount --bind /dev/null "$(readlink -f "$hidden")" && exec "$@"
    """

  private static func run(_ arguments: [String]) throws -> RunningProgram {
    try RunningProgram(
      "/usr/bin/unshare", ["--mount", "sh", "-c", hiding, "sh"] + arguments, environment: Serving.environment)
  }

  private static let canHide = (try? run(["true"]).waitForExit()) == .code(0)

  @Test(.enabled(if: canHide, "mounting needs rights"))
  func withoutLibcurlAllButCallsWorks() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile(
        "# %% 1\nlet a = 1\na\n# %% 2\nawait get(\"http://127.0.0.1:1/\")\n")
      let program = try Self.run([BuiltProgram.path(), "replay", file])
      #expect(try program.waitForExit() == .code(3))
      #expect(program.output.contains("Out[1]: 1"))
      #expect(program.output.contains("calls are not possible: libcurl cannot be loaded"))
      #expect(program.output.contains("on Debian, apt-get install libcurl4"))
    }
  }
}
