import VM
import Web

/// What a notebook is run with: the options of the command line, fixed for its life.
public struct KernelConfiguration: Sendable {
  /// What `open` does with an address.
  public enum Opening: Sendable {
    /// Asks the person's browser to show it; `isAvailable` was found out once, at the start.
    case browser(isAvailable: Bool)
    /// Makes the request itself and shows the answer, as a replay does.
    case request
    /// Only says what would be opened.
    case announcement
  }

  /// The interface that `listen` uses where it names none.
  public var host = "127.0.0.1"
  /// Overrides the port of `listen`; nil: as written, and 8080 without a `listen`.
  public var port: Int?
  public var opening: Opening = .announcement
  /// A virtual clock comes with random numbers that are the same every time, until `seed` says otherwise.
  public var isClockVirtual = false
  /// Whether `listen` binds sockets. Without it the notebook is only called by itself, within the process: with a
  /// virtual clock it needs no more.
  public var bindsSockets = true
  /// Whether a virtual clock stands still between two cells, until somebody waits for the end: so a replay
  /// gives the same every time. Without it timers fire as soon as no cell runs.
  public var holdsTimeBetweenCells: Bool {
    get { holdsTime ?? { if case .request = opening { true } else { false } }() }
    set { holdsTime = newValue }
  }
  private var holdsTime: Bool?
  /// Names of environment variables that `env` may read, with their values.
  public var environment: [String: String] = [:]
  /// The folder that `files` may serve folders of; nil for none.
  public var filesFolder: StaticFolder?
  /// What an error advises where a name is not there, in a cell or in what it has made: which cell of the notebook
  /// declares it. Asked on the event loop.
  public var adviceOnMissing: @Sendable (_ name: String, _ cell: Int?) -> String? = { _, _ in nil }
  public var machineLimits = MachineLimits()
  public var serverLimits = ServerLimits()
  public var calls = CallConfiguration()
  /// How many requests wait for their route while all cells are run again; those beyond it are answered 503.
  public var maxQueuedRequests = 1_000
  /// How wide the window is in which a person reads errors: longer lines of a cell are cut for it. Called on the loop.
  public var columns: @Sendable () -> Int? = { nil }
  /// Whether what is shown of a value that is too long to be shown whole comes with a digest of the whole: so two of
  /// them can be compared.
  public var digestsValues = false
  /// By cells: what counts of the text of a value for its digest. Of cells that have none all of it does. Called on the
  /// loop.
  public var digestedForms: [Int: @Sendable (String) -> String] = [:]
  /// Whether a `KernelEvent.served` is sent for each request.
  public var logsRequests = false
  /// Whether each request, cell and tick leaves a trace of where its time went.
  public var recordsTraces = false
  /// Whether the page `/_routebook/` shows what is served and what goes on, to whoever sits at this machine.
  public var inspects = false
  /// Whether answers of routes have a field `Server-Timing` that tells what they waited for.
  public var sendsServerTiming = false
  /// How often garbage is collected; all but `asNeeded` is for finding bugs of the machine.
  public var collector = CollectorMode.asNeeded

  /// Where a notebook without `listen` is served.
  public static let defaultPort = 8080

  public init() {}

  /// Lets `files` serve folders of a folder.
  ///
  /// - Throws: an error that says why it cannot be read.
  public mutating func allowFiles(in path: String) throws { filesFolder = try StaticFolder(path: path) }

  /// Whether others than this machine are let in.
  public var isBeyondThisMachine: Bool { Endpoint.tcp(host: host, port: 0).isBeyondThisMachine }
}
