import ArgumentParser
import Console
import Foundation
import KernelCore

/// The program: arguments and wiring only.
struct Routebook: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "routebook",
    abstract: "A notebook for HTTP routes in the terminal.",
    version: version,
    subcommands: [
      OpenNotebook.self, ReplayFile.self, ServeFile.self, CheckFiles.self, FormatFiles.self,
      DisassembleFile.self, ConvertFile.self,
    ],
    defaultSubcommand: OpenNotebook.self)
}

struct ReplayFile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "replay",
    abstract: "Runs every cell of a file in a fresh kernel and writes the transcript.")

  @OptionGroup var options: KernelOptions
  @Argument(help: "Cells files, or Jupyter notebooks.", completion: .file(extensions: ["cells", "ipynb"]))
  var files: [String]
  @Option(help: "How long what the cells started may take to end, as 60s.")
  var settle: TimeSpan = TimeSpan(seconds: 60)
  @Flag(help: "Keep serving afterwards, until SIGTERM or Ctrl-C.")
  var serve = false

  func run() throws {
    var replay = Replay.Options()
    replay.cellTimeout = options.timeout.seconds
    replay.settleTime = settle.seconds
    replay.servesAfterwards = serve
    for file in files {
      let status = Replay(try options.configuration(), replay, usesColor: options.usesColor).run(file)
      if status != .success { throw ExitCode(status.rawValue) }
    }
  }
}

struct ServeFile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Runs all cells without a prompt and serves until SIGTERM.")

  @OptionGroup var options: KernelOptions
  @Argument(help: "A cells file, or a Jupyter notebook.", completion: .file(extensions: ["cells", "ipynb"]))
  var file: String
  @Option(help: "How long requests under way may take to end after SIGTERM, as 10s.")
  var grace: TimeSpan = TimeSpan(seconds: 10)

  func run() throws {
    let status = Serve(try options.configuration(), grace: .milliseconds(Int(grace.seconds * 1000))).run(file)
    if status != .success { throw ExitCode(status.rawValue) }
  }
}
