import TestSupport
import Testing

/// How the arguments of the program are read.
@Suite struct CommandLineTests {
  @Test(arguments: ["chek", "CHECK", "Serve"])
  func aMistypedCommandIsToldByItsName(word: String) async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("# %% 1\n1\n")
      let run = try Run([word, file])
      #expect(run.exit == .code(64))
      let meant = word.lowercased() == "serve" ? "serve" : "check"
      #expect(run.errors.hasPrefix("Error: there is no command '\(word)'. Did you mean '\(meant)'?\n"))
    }
  }

  /// A subcommand reads its own arguments, and help and errors are those of the whole all the same.
  @Test(arguments: ["check", "convert", "disassemble", "format", "notebook", "replay", "serve"])
  func helpAndErrorsOfACommandNameTheProgram(command: String) async throws {
    try await onOwnThread {
      let help = try Run([command, "--help"])
      #expect(help.exit == .code(0))
      #expect(help.output.contains("USAGE: routebook \(command) "))
      #expect(try Run(["help", command]).output == help.output)
      let wrong = try Run([command, "one", "two", "--no-such-option"])
      #expect(wrong.exit == .code(64))
      #expect(wrong.errors.hasPrefix("Error: "))
      #expect(wrong.errors.contains("Usage: routebook \(command) "))
    }
  }

  @Test func aFileMayBeNamedAsACommand() async throws {
    try await onOwnThread {
      let folder = TemporaryFolder()
      folder.write("# %% 1\nprint(\"mine\")\n", to: "serve")
      let replayed = try Run(["replay", "serve"], in: folder)
      let opened = try Run(["./serve"], in: folder, input: "")
      #expect(replayed.output.contains("mine") && opened.output.contains("mine"))
    }
  }
}
