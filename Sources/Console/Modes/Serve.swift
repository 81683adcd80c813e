import Foundation
import KernelCore
import Notebooks

/// Runs all cells without a prompt and serves until SIGTERM or SIGINT. SIGHUP reads the file again and runs what has
/// changed in it, and so does a change of the file where it is watched.
public struct Serve {
  public struct Options: Sendable {
    /// How long requests under way may take to end after the signal.
    public var grace: Duration = .seconds(10)
    /// Whether a change of the file is taken over when it comes. A cell that fails at the start then waits for it.
    public var watchesFile = false
    public var writesJSON = false

    public init() {}
  }

  private let configuration: KernelConfiguration
  private let options: Options

  public init(_ configuration: KernelConfiguration, _ options: Options = Options()) {
    var configuration = configuration
    configuration.logsRequests = true
    configuration.opening = .announcement
    self.configuration = configuration
    self.options = options
  }

  public func run(_ path: String) -> ExitStatus {
    Stream.missReader()
    let events = EventQueue()
    let signals = TerminationSignals(wake: events.wake)
    let hangup = HangupSignal(wake: events.wake)
    let file = ServedFile(path, isWatched: options.watchesFile)
    let kernel: KernelHandle
    let cells: ServedCells
    let log = ServerLog(options.writesJSON ? .json : .logfmt, of: events)
    do throws(UnattendedFailure) {
      let notebook = try file.read()
      // What a later cell declares around a route is there before anybody reaches it.
      kernel = try openUnattended(notebook, configuration, events, holdsRequests: true)
      cells = ServedCells(
        notebook, at: path, needsAll: !options.watchesFile, kernel, log, wake: events.wake)
    } catch {
      return error.status
    }
    let status = serve(cells, kernel, file, log, signals, hangup)
    cells.stop()
    kernel.shutDown(grace: options.grace, lingering: Serve.lingering, telling: events) {
      log.writeAll(timeout: $0)
    }
    Stream.tellOfStall()
    return status
  }

  /// What clients have sent before the signal is read for so long, before nobody is let in any more.
  private static let lingering = Duration.milliseconds(30)

  /// Serves until a signal says that it is enough, or a cell fails that nothing will mend.
  private func serve(
    _ cells: ServedCells, _ kernel: KernelHandle, _ file: ServedFile, _ log: ServerLog,
    _ signals: TerminationSignals, _ hangup: HangupSignal
  ) -> ExitStatus {
    var addresses = ServedAddresses(kernel, configuration)
    while !signals.isRaised {
      if cells.proceed() { addresses.mayHaveChanged(isStartOver: cells.isStartOver) }
      if let cell = cells.failure {
        Stream.complain("cell [\(cell)] failed; nothing is served")
        return .cellFailed
      }
      addresses.tell()
      log.writeAll(timeout: file.interval)
      if let notebook = file.change(isAskedFor: hangup.take()) { cells.adopt(notebook) }
    }
    return .success
  }
}
