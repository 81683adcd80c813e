import ArgumentParser
import Console
import Foundation
import KernelCore

/// The program: arguments and wiring only.
struct Routebook: ParsableCommand {
  static let name = "routebook"
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: name,
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
    commandName: "replay", _superCommandName: Routebook.name,
    abstract:
      "Runs every cell of a file in a fresh kernel and writes the transcript, or compares the outputs.",
    discussion: """
      Exit status: 0 all well, 2 a file that can't be read, 3 a cell failed, 4 an output differs from what is stored.

        routebook replay --check --report junit=report.xml *.cells
        routebook replay --update todo.cells
        routebook replay --param user=Ada --only 1-3 greet.cells
      """)

  @OptionGroup var options: KernelOptions
  @Argument(help: "Cells files, or Jupyter notebooks.", completion: .file(extensions: ["cells", "ipynb"]))
  var files: [String]
  @Option(help: "How long what the cells started may take to end, as 60s; by a virtual clock a day at least.")
  var settle: TimeSpan = TimeSpan(seconds: 60)
  @Flag(help: "Keep serving afterwards, until SIGTERM or Ctrl-C.")
  var serve = false
  @Flag(help: "Compare each output with the one stored in the file, by the virtual clock.")
  var check = false
  @Flag(help: "Store the outputs in the file, by the virtual clock.")
  var update = false
  @Option(
    help: ArgumentHelp("Write a report too, junit=FILE, json=FILE or tap=FILE.", valueName: "format=file"))
  var report: [ReplayReport] = []
  @Option(help: ArgumentHelp("Run these cells alone, as 3-5; may be given again.", valueName: "cells"))
  var only: [CellNumbers] = []
  @Option(
    help: ArgumentHelp(
      "A value for a name of the cell tagged parameters; may be given again.", valueName: "name=value"))
  var param: [CellParameter] = []

  func validate() throws {
    if check, update { throw ValidationError("--check compares and --update stores: give one of the two") }
    if serve, check || update {
      throw ValidationError("--serve goes with a transcript, not with --check or --update")
    }
    if !check, !update, report.contains(where: \.isToStandardOutput) {
      throw ValidationError("the transcript goes to standard output: write the report to a file")
    }
    if options.inspect == true, !serve {
      throw ValidationError("--inspect goes with --serve: a replay without it serves no page")
    }
    if options.serverTiming, !serve {
      throw ValidationError("--server-timing goes with --serve: a replay without it answers nobody else")
    }
    if serve, files.count > 1 { throw ValidationError("--serve takes one file: a second could never run") }
    if update, files.contains("-") {
      throw ValidationError("--update needs a file to store into, not standard input")
    }
  }

  func run() throws {
    var options = options
    if check || update { options.clock = options.clock ?? .virtual }
    var replay = Replay.Options()
    replay.purpose = check ? .check : update ? .update : .transcript
    replay.selection = CellNumbers(joining: only)
    replay.parameters = param
    replay.reports = report
    replay.cellTimeout = options.timeout.seconds
    replay.settleTime = settle.seconds
    replay.servesAfterwards = serve
    let status = Replay(try options.configuration(), replay, usesColor: options.usesColor).run(files)
    if status != .success { throw ExitCode(status.rawValue) }
  }
}

extension ReplayReport: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension CellNumbers: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

extension CellParameter: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }
}

struct ServeFile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", _superCommandName: Routebook.name,
    abstract: "Runs all cells without a prompt and serves until SIGTERM.",
    discussion: """
      A line for each request goes to standard output, what goes wrong to standard error. SIGHUP reads the file again: \
      cells whose text has changed run, then those that depend on them; all others keep what they hold. With --watch \
      each change of the file does the same. A change with an error is told and leaves what is served. SIGTERM and \
      Ctrl-C let requests under way end; a second signal ends at once.

      Exit status: 0 after a signal, 2 a file that can't be read, 3 a cell failed at the start, where nothing watches.

        routebook serve api.cells --port 9000
        routebook serve --watch api.cells
        routebook serve --log-format json api.cells | collector
      """)

  @OptionGroup var options: KernelOptions
  @Argument(help: "A cells file, or a Jupyter notebook.", completion: .file(extensions: ["cells", "ipynb"]))
  var file: String
  @Flag(help: "Run the cells that change in the file, and those that depend on them.")
  var watch = false
  @Option(help: "How a line of standard output is written: logfmt, or json, an object a line.")
  var logFormat = LogFormat.logfmt
  @Option(help: "How long requests under way may take to end after SIGTERM, as 10s.")
  var grace: TimeSpan = TimeSpan(seconds: 10)

  enum LogFormat: String, ExpressibleByArgument, CaseIterable { case logfmt, json }

  func run() throws {
    var serve = Serve.Options()
    serve.grace = .milliseconds(Int(grace.seconds * 1000))
    serve.watchesFile = watch
    serve.writesJSON = logFormat == .json
    let status = Serve(try options.configuration(), serve).run(file)
    if status != .success { throw ExitCode(status.rawValue) }
  }
}
