import Foundation
import KernelCore
import Notebooks

/// Runs every cell of a file in a fresh kernel and writes the transcript to standard output.
public struct Replay {
  public struct Options: Sendable {
    /// How long a cell may wait.
    public var cellTimeout: TimeInterval = 60
    /// How long what cells started may take to end.
    public var settleTime: TimeInterval = 60
    /// Goes on serving afterwards, until SIGTERM or SIGINT.
    public var servesAfterwards = false

    public init() {}
  }

  private let configuration: KernelConfiguration
  private let options: Options
  private let usesColor: Bool

  public init(_ configuration: KernelConfiguration, _ options: Options, usesColor: Bool) {
    var configuration = configuration
    configuration.opening = .request
    self.configuration = configuration
    self.options = options
    self.usesColor = usesColor
  }

  /// Replays one file.
  public func run(_ path: String) -> ExitStatus {
    let events = EventQueue()
    let notebook: Notebook
    let kernel: KernelHandle
    do throws(UnattendedFailure) {
      (notebook, kernel) = try openUnattended(path, configuration, events)
    } catch {
      return error.status
    }
    var status = run(notebook.codeCells, kernel, events)
    if status == .success, options.servesAfterwards {
      serveUntilSignal(kernel, events)
    }
    kernel.shutDown(grace: .seconds(1))
    show(events.take())
    if status == .success, events.hasUnawaited {
      Stream.complain("an error that nobody awaited was reported; no cell failed")
      status = .cellFailed
    }
    return status == .success && Stream.hasLostOutput ? .outputLost : status
  }

  private func run(_ cells: [Cell], _ kernel: KernelHandle, _ events: EventQueue) -> ExitStatus {
    for cell in cells {
      if Stream.hasLostOutput { return .outputLost }
      let number = cell.number ?? 0
      Stream.write(Transcript.input(number, cell.source), color: usesColor)
      guard let result = run(number, cell.source, kernel, events) else { return .cellFailed }
      Stream.write("")
      if !result.isSuccess {
        Stream.complain("cell [\(number)] failed; the cells after it were not run")
        return .cellFailed
      }
    }
    return settle(kernel, events) ? .success : .cellFailed
  }

  /// Runs a cell, showing what is printed meanwhile and what it came to; nil where it took too long.
  private func run(_ number: Int, _ source: String, _ kernel: KernelHandle, _ events: EventQueue)
    -> CellResult?
  {
    let slot = ResultSlot()
    kernel.run(cell: number, text: source) { result in
      slot.set(result)
      events.wake()
    }
    let deadline = Date().addingTimeInterval(options.cellTimeout)
    // Why it was interrupted.
    var complaint: String?
    var isShown = false
    var looks = 0
    while true {
      isShown = show(events.take(timeout: 0.05), whileRunning: number) || isShown
      // What a cell started may keep it from ever coming to rest; then the replay ends without it.
      let isGivenUp = complaint != nil && Date() > deadline.addingTimeInterval(Replay.patience)
      let result = slot.value
      if result != nil || isGivenUp {
        isShown = show(events.take(), whileRunning: number) || isShown
        // Its end may be among events that were dropped.
        if let result, !isShown { show(result) }
        guard let complaint else { return result }
        Stream.complain("cell [\(number)] \(complaint)")
        return nil
      }
      // Where time itself stands still nobody need wait for it.
      looks = configuration.isClockVirtual && kernel.waitsInVain() ? looks + 1 : 0
      if complaint == nil {
        if looks >= Replay.looksForRest {
          complaint = "waits for what nothing that is left will bring about; who is to resolve it?"
        } else if Date() > deadline {
          complaint = "did not end within \(Int(options.cellTimeout)) s; --timeout allows it more"
        }
        if complaint != nil { kernel.interrupt() }
      }
    }
  }

  /// How often a cell is seen to wait in vain before it is believed: something may be on its way between threads.
  private static let looksForRest = 4
  /// How long an interrupted cell may take to end, in seconds.
  private static let patience = 2.0

  /// Waits until timers that fire once, calls and requests have ended; false where they take too long.
  private func settle(_ kernel: KernelHandle, _ events: EventQueue) -> Bool {
    let deadline = Date().addingTimeInterval(options.settleTime)
    while !kernel.isSettled() {
      show(events.take(timeout: 0.02))
      if Date() > deadline {
        Stream.complain(
          "what the cells started had not ended after \(Int(options.settleTime)) s; --settle allows it more")
        return false
      }
    }
    show(events.take())
    return true
  }

  /// Shows events as they came; true where the end of the cell was among them. What comes after it is no longer the
  /// cell's own output.
  @discardableResult
  private func show(_ events: [KernelEvent], whileRunning cell: Int? = nil) -> Bool {
    var running = cell
    for event in events {
      if case .cellFinished(let result) = event, result.cell == running {
        show(result)
        running = nil
      } else if let text = Transcript.event(event, whileRunning: running) {
        Stream.write(text, color: usesColor)
      }
    }
    return running != cell
  }

  private func show(_ result: CellResult) {
    if let text = Transcript.result(result) { Stream.write(text, color: usesColor) }
  }

  private func serveUntilSignal(_ kernel: KernelHandle, _ events: EventQueue) {
    warnIfOthersCanReach(configuration)
    let signals = TerminationSignals(wake: events.wake)
    while !signals.isRaised { show(events.take(timeout: 1)) }
  }
}

/// A result that comes from another thread.
final class ResultSlot: @unchecked Sendable {
  private let lock = NSLock()
  private var result: CellResult?
  private var listener: (@Sendable (CellResult) -> Void)?

  var value: CellResult? { lock.withLock { result } }

  /// Called with the result: when it comes, or at once where it has come already.
  var onSet: (@Sendable (CellResult) -> Void)? {
    get { lock.withLock { listener } }
    set {
      let result = lock.withLock {
        listener = newValue
        return self.result
      }
      if let result { newValue?(result) }
    }
  }

  func set(_ result: CellResult) {
    let listener = lock.withLock {
      self.result = result
      return self.listener
    }
    listener?(result)
  }
}
