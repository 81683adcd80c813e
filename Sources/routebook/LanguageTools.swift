import ArgumentParser
import Console
import Foundation

struct CheckFiles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Looks for errors in cells files without running them; exit status 2 where there are any.")

  @Option(help: "Colours in the terminal.")
  var color = Style.Use.auto
  @Argument(help: "Cells files; - is standard input.", completion: .file(extensions: ["cells"]))
  var files: [String]

  func run() throws {
    let status = Check(usesColor: Style.isUsedOnStandardError(color)).run(files)
    if status != .success { throw ExitCode(status.rawValue) }
  }
}

struct FormatFiles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "format", abstract: "Brings the code of cells files into one style; all else stays as it is."
  )

  @Flag(help: "Change nothing; exit status 4 where a file is not in the style.")
  var check = false
  @Option(help: "Colours in the terminal.")
  var color = Style.Use.auto
  @Argument(
    help: "Cells files; - is standard input, and its text goes to standard output.",
    completion: .file(extensions: ["cells"]))
  var files: [String]

  func run() throws {
    let status = Format(changesFiles: !check, usesColor: Style.isUsedOnStandardError(color)).run(files)
    if status != .success { throw ExitCode(status.rawValue) }
  }
}

struct DisassembleFile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disassemble",
    abstract: "Shows the instructions that the cells of a file are compiled to, without running them.")

  @Option(help: "Colours in the terminal.")
  var color = Style.Use.auto
  @Option(help: "The number of the one cell to show.")
  var cell: Int?
  @Argument(help: "A cells file; - is standard input.", completion: .file(extensions: ["cells"]))
  var file: String

  func run() throws {
    let status = Disassemble(usesColor: Style.isUsedOnStandardError(color)).run(file, cell: cell)
    if status != .success { throw ExitCode(status.rawValue) }
  }
}

extension Style {
  /// Colours where a person reads the errors, unless they said otherwise.
  static func isUsedOnStandardError(_ use: Use) -> Bool {
    isUsed(use, isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
  }
}
