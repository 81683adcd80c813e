import Web

/// What a kernel tells the person's side. Plain values: they cross threads.
public enum KernelEvent: Sendable {
  /// `print`, with the cell whose code printed.
  case output(cell: Int?, text: String)
  /// Something worth knowing that is no output: a deferred of an earlier `Out` that has fired.
  case notice(cell: Int?, text: String)
  /// An error behind an answer to a request, as a 500.
  case failure(cell: Int?, text: String)
  /// An error of a fiber, timer or callback that nobody awaited.
  case unawaited(cell: Int?, text: String)
  /// `open` asks for a browser.
  case open(url: String)
  /// `open` in a replay: the request that it made and what came back.
  case opened(url: String, status: Int?, body: String)
  /// A request was answered.
  case served(ServedRequest)
  case cellStarted(Int)
  case cellFinished(CellResult)
}

/// A line of the request log.
public struct ServedRequest: Sendable {
  /// Both are `-` where the server refused what came before it could be read.
  public let method: String
  public let target: String
  /// 499 for a client that went before its answer came.
  public let status: Int
  /// How long it took.
  public let nanoseconds: Int
  public let bytes: Int
  public let remote: String
  /// The cell whose route answered.
  public let cell: Int?
}

/// What running a cell came to.
public struct CellResult: Sendable {
  public enum Outcome: Sendable, Equatable {
    /// It ran; the value as `Out` shows it, nil where there is none to show.
    case succeeded(String?)
    /// It did not compile, or failed as it ran; all that it declared is put back. The text is for people.
    case failed(String)
    case interrupted
  }

  public let cell: Int
  /// The place in the order in which cells ran.
  public let executionCount: Int
  public let outcome: Outcome
  /// The form of the value of a cell that ran, for a person who looks at it; nil where there is none to show.
  public var value: ShownValue?
  /// A digest of the whole value where the outcome shows a part of it; nil unless the configuration asks for it.
  public var digest: String?
  /// What the person should know of the cell, each perhaps of several lines. They stand first among the notes.
  public var warnings: [String] = []
  /// The warnings, and one line for each thing that it defined.
  public let notes: [String]
  public let duration: Duration

  public var isSuccess: Bool {
    if case .succeeded = outcome { true } else { false }
  }
}

extension ServedRequest {
  /// What the server refused itself.
  init(refused refusal: Refusal) {
    method = refusal.method?.rawValue ?? "-"
    target = refusal.target ?? "-"
    status = Int(refusal.status.code)
    nanoseconds = 0
    bytes = refusal.bodyBytes
    remote = refusal.remoteHost ?? "local"
    cell = nil
  }
}
