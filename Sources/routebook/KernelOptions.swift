import ArgumentParser
import Console
import Foundation
import KernelCore

/// What all ways of running a notebook share.
struct KernelOptions: ParsableArguments {
  enum ClockKind: String, ExpressibleByArgument, CaseIterable { case real, virtual }

  @Option(help: "The interface that is listened on; beyond 127.0.0.1 others can reach your routes.")
  var host = "127.0.0.1"
  @Option(
    help: "The port to serve on, instead of what listen() says; 0 takes any free one. Without listen(): 8080."
  )
  var port: Int?
  @Option(help: "real, or virtual: time jumps ahead whenever nothing can run. (default: real)")
  var clock: ClockKind?
  @Flag(help: "Never start a browser.")
  var noBrowser = false
  @Option(
    name: .customLong("env"),
    help: ArgumentHelp("A variable that env() may read; may be given again.", valueName: "name"))
  var environment: [String] = []
  @Option(
    name: .customLong("files"),
    help: ArgumentHelp("The folder whose folders files() may serve.", valueName: "folder"))
  var filesFolder: String?
  @Option(help: "Colours in the terminal.")
  var color = Style.Use.auto
  @Option(help: "How long a cell may wait in a replay, as 60s, whatever the notebook's clock.")
  var timeout: TimeSpan = TimeSpan(seconds: 60)
  @Option(help: "How long a handler may compute without waiting, as 1s; a cell has ten times as much.")
  var cpuLimit: TimeSpan = TimeSpan(seconds: 1)
  @Option(help: "How much memory all values may take, in MiB.")
  var memoryLimit = 512
  @Flag(
    inversion: .prefixedNo,
    help: ArgumentHelp(
      "Serve the page /_routebook/, which shows what is served and what goes on, to this machine only. "
        + "(default: at the prompt only)"))
  var inspect: Bool?
  @Flag(
    help:
      "Tell in the header Server-Timing of each answer how long it took, and at the prompt what it waited for."
  )
  var serverTiming = false
  @OptionGroup(title: "Calls to others") var calls: CallOptions
  @OptionGroup(title: "Limits of the server") var server: ServerOptions

  func validate() throws {
    if let port, !(0...65_535).contains(port) { throw ValidationError("--port is 0 to 65535, not \(port)") }
    if host.isEmpty { throw ValidationError("--host is an address, as 127.0.0.1 or 0.0.0.0; it is empty") }
    if memoryLimit < 16 { throw ValidationError("--memory-limit is at least 16 MiB") }
    if cpuLimit.seconds <= 0 { throw ValidationError("--cpu-limit is longer than 0") }
    if timeout.seconds <= 0 { throw ValidationError("--timeout is longer than 0") }
    for name in environment where name.isEmpty || name.contains("=") {
      throw ValidationError(
        "--env takes the name of a variable, not \"\(name)\"; its value comes from the environment")
    }
  }

  /// - Parameter inspects: whether the inspector's page is there where nothing is said about that.
  func configuration(inspects: Bool = false) throws -> KernelConfiguration {
    var configuration = KernelConfiguration()
    configuration.inspects = inspect ?? inspects
    // The page shows them.
    configuration.recordsTraces = configuration.inspects
    configuration.sendsServerTiming = serverTiming
    configuration.host = host
    configuration.port = port
    configuration.isClockVirtual = clock == .virtual
    let variables = ProcessInfo.processInfo.environment
    for name in environment { configuration.environment[name] = variables[name] }
    configuration.machineLimits.handlerTime = cpuLimit.nanoseconds
    configuration.machineLimits.cellTime = cpuLimit.nanoseconds * 10
    configuration.machineLimits.memory = memoryLimit << 20
    if let filesFolder {
      do {
        try configuration.allowFiles(in: filesFolder)
      } catch {
        throw ValidationError("--files: \(error)")
      }
    }
    server.apply(to: &configuration)
    calls.apply(to: &configuration, environment: variables)
    configuration.collector = .init(rawValue: variables["ROUTEBOOK_GC"] ?? "") ?? .asNeeded
    return configuration
  }

  /// Colours where a person looks, unless they said otherwise.
  var usesColor: Bool {
    Style.isUsed(
      color, isTerminal: isatty(STDOUT_FILENO) == 1, environment: ProcessInfo.processInfo.environment)
  }
}

extension Style.Use: ExpressibleByArgument {}

/// A length of time on the command line: `2s`, `250ms`, `5m`, `1d`, or a number of seconds.
struct TimeSpan: ExpressibleByArgument {
  let seconds: Double
  var nanoseconds: Int { Int(seconds * 1e9) }

  init(seconds: Double) { self.seconds = seconds }

  init?(argument: String) {
    let units: [(String, Double)] = [("ms", 0.001), ("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)]
    let unit = units.first { argument.hasSuffix($0.0) } ?? ("", 1)
    guard let number = Double(argument.dropLast(unit.0.count)), number >= 0, number < 1e6 else { return nil }
    seconds = number * unit.1
  }

  var defaultValueDescription: String {
    "\(seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)")s"
  }
}
