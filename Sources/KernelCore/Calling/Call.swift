import Fetch
import VM
import Web

extension OutboundCalls {
  /// A call under way, from when it is made until the notebook has its response.
  final class Call {
    let method: String
    let url: String
    let started: Int
    let options: Options
    /// On behalf of which requests it is made.
    let requests: RequestChain
    /// On whose behalf.
    let owner: UInt32
    /// Who has made it, where that is a task's own fiber.
    let task: TaskID?
    var transfer: TransferID?
    var own: OwnRequest?
    var exchange: Exchange?
    /// The body that is read as it comes, from before its head until the response is given.
    var body: AnswerBody?
    /// Whether the body of the request, where it is written as it is taken, has been begun.
    var hasWritten = false
    var timeout: ClockToken?
    /// What has left the process, without what is only for its address: cookies and our own mark.
    var request: FetchRequest?
    /// How many redirects of it were followed here.
    var redirects = 0
    /// When this attempt must have its answer, by the clock.
    var deadline: Int?
    /// When this attempt began, by the clock.
    var begun: Int
    var attempts: RepeatedAttempts
    /// Brings the next attempt.
    var pause: ClockToken?

    /// The call, as errors name it: `GET https://example.com/`.
    var name: String { "\(method) \(url.withoutPassword.printable(limit: 200))" }

    /// Tells what comes of this attempt from what comes late of one before.
    var number: Int { attempts.ended.count }

    init(
      _ method: String, _ url: String, _ options: Options, owner: UInt32, requests: RequestChain,
      task: TaskID?, at now: Int
    ) {
      self.method = method
      self.url = url
      self.options = options
      self.owner = owner
      self.requests = requests
      self.task = task
      started = now
      begun = now
      attempts = RepeatedAttempts(retries: options.retries)
    }
  }
}
