import Foundation
import KernelCore
import Notebooks

/// Runs all cells without a prompt and serves until SIGTERM or SIGINT.
public struct Serve {
  private let configuration: KernelConfiguration
  /// How long requests under way may take to end after the signal.
  private let grace: Duration

  public init(_ configuration: KernelConfiguration, grace: Duration = .seconds(10)) {
    var configuration = configuration
    configuration.logsRequests = true
    configuration.opening = .announcement
    self.configuration = configuration
    self.grace = grace
  }

  public func run(_ path: String) -> ExitStatus {
    let events = EventQueue()
    let signals = TerminationSignals(wake: events.wake)
    let notebook: Notebook
    let kernel: KernelHandle
    do throws(UnattendedFailure) {
      notebook = try readNotebook(path)
      kernel = try openUnattended(notebook, configuration, events)
    } catch {
      return error.status
    }
    let status = runCells(notebook.codeCells, kernel, events, signals)
    if status == .success {
      warnIfOthersCanReach(configuration)
      for address in kernel.addresses() { Stream.complain("serving \(address)") }
      while !signals.isRaised { log(events.take(timeout: 1)) }
    }
    kernel.shutDown(grace: grace)
    log(events.take())
    return status
  }

  private func runCells(
    _ cells: [Cell], _ kernel: KernelHandle, _ events: EventQueue, _ signals: TerminationSignals
  ) -> ExitStatus {
    for cell in cells {
      let number = cell.number ?? 0
      let slot = Slot<CellResult>()
      kernel.run(cell: number, text: cell.source) { result in
        slot.set(result)
        events.wake()
      }
      while slot.value == nil {
        log(events.take(timeout: 0.2))
        if signals.isRaised {
          kernel.interrupt()
          return .success
        }
      }
      log(events.take())
      if let result = slot.value, !result.isSuccess {
        if let text = Transcript.result(result) { Stream.complain(text.rendered(color: false)) }
        Stream.complain("cell [\(number)] failed; nothing is served")
        return .cellFailed
      }
    }
    return .success
  }

  private func log(_ events: [KernelEvent]) {
    for event in events {
      if case .served(let request) = event {
        Stream.write(Transcript.logLine(request), color: false)
      } else if let text = Transcript.event(event) {
        switch event {
        case .failure, .unawaited: Stream.complain(text.rendered(color: false))
        default: Stream.write(text, color: false)
        }
      }
    }
  }
}
