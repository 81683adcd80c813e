import ArgumentParser
import Console
import Foundation

struct CheckFiles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check", _superCommandName: Routebook.name,
    abstract: "Looks for errors in cells files without running them; exit status 2 where there are any.")

  @OptionGroup var colors: ErrorColors
  @Argument(
    help: "Cells files or Jupyter notebooks; - is a cells file on standard input.",
    completion: .file(extensions: ["cells", "ipynb"]))
  var files: [String]

  func run() throws {
    let status = Check(usesColor: colors.areUsed).run(files)
    if status != .success { throw ExitCode(status.rawValue) }
  }
}

struct FormatFiles: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "format", _superCommandName: Routebook.name,
    abstract: "Brings the code of cells files into one style; all else stays as it is."
  )

  @Flag(help: "Change nothing; exit status 4 where a file is not in the style.")
  var check = false
  @OptionGroup var colors: ErrorColors
  @Argument(
    help: "Cells files; - is standard input, and its text goes to standard output.",
    completion: .file(extensions: ["cells"]))
  var files: [String]

  func run() throws {
    let status = Format(changesFiles: !check, usesColor: colors.areUsed).run(files)
    if status != .success { throw ExitCode(status.rawValue) }
  }
}

struct DisassembleFile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "disassemble", _superCommandName: Routebook.name,
    abstract: "Shows the instructions that the cells of a file are compiled to, without running them.")

  @OptionGroup var colors: ErrorColors
  @Option(help: "The number of the one cell to show.")
  var cell: Int?
  @Argument(
    help: "A cells file or Jupyter notebook; - is a cells file on standard input.",
    completion: .file(extensions: ["cells", "ipynb"]))
  var file: String

  func run() throws {
    let status = Disassemble(usesColor: colors.areUsed).run(file, cell: cell)
    if status != .success { throw ExitCode(status.rawValue) }
  }
}

/// How the errors look that a tool writes to standard error.
struct ErrorColors: ParsableArguments {
  @Option(help: "Colours in the terminal.")
  var color = Style.Use.auto

  /// Colours where a person reads the errors, unless they said otherwise.
  var areUsed: Bool {
    Style.isUsed(
      color, isTerminal: isatty(STDERR_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
  }
}
