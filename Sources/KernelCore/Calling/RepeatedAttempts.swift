import Fetch
import VM

/// When a call is made again, and how long it waits before: the state of one call, without a clock or a connection.
struct RepeatedAttempts {
  /// How many times a call may be made again.
  static let limit = 10
  /// The wait before the second attempt, in nanoseconds; it doubles with each further one.
  static let firstPause = 200_000_000
  /// The longest wait that grows so.
  static let longestPause = 10_000_000_000
  /// The longest wait that a server may ask for by Retry-After.
  static let longestRequest = 60_000_000_000

  /// How one attempt ended.
  struct Attempt {
    /// Nanoseconds from the call's beginning to that of the attempt.
    let begun: Int
    /// Nil where no answer came.
    let status: Int?
    /// Why none came.
    let reason: String

    /// In a few words.
    var text: String { status.map { "\($0)" } ?? reason.printable(limit: 120) }
  }

  /// How many times more the call may be made.
  private(set) var left: Int
  /// The attempts that have ended, in order.
  private(set) var ended: [Attempt] = []
  /// The wait that a server has asked for and that is too long, in seconds.
  private(set) var refusedWait: Int?

  init(retries: Int) { left = retries }

  /// Notes the end of an attempt; gives how long to wait before the next, in nanoseconds, or nil where there is none.
  ///
  /// - Parameters:
  ///   - isWorthRepeating: whether another attempt may go better.
  ///   - wish: how many seconds the server asks to wait.
  ///   - chance: from 0 up to but without 1; calls that failed together do not all come again together.
  mutating func note(_ attempt: Attempt, isWorthRepeating: Bool, wish: Int?, chance: Double) -> Int? {
    ended.append(attempt)
    guard isWorthRepeating, left > 0 else { return nil }
    let whole = Self.firstPause << min(ended.count - 1, 10)
    // Half of it is certain, the other half is by chance.
    let pause = Int(Double(min(whole, Self.longestPause)) * (0.5 + chance / 2))
    let wished = (wish ?? 0).multipliedClamped(1_000_000_000)
    guard wished <= Self.longestRequest else {
      refusedWait = wish
      return nil
    }
    left -= 1
    return max(pause, wished)
  }

  /// Whether what has come of an attempt may be better the next time.
  static func isWorthRepeating(_ result: Result<FetchResponse, FetchError>) -> Bool {
    switch result {
    case .success(let response): [429, 502, 503, 504].contains(response.status)
    case .failure(let error):
      switch error.kind {
      case .connectionRefused, .unreachable, .hostNotFound, .timedOut, .connectionLost: true
      case .proxyRefused, .certificate, .proxyCertificate, .tls, .badURL, .unsupportedScheme, .badRequest,
        .tooManyRedirects, .bodyTooLarge, .protocolError, .cancelled, .tooManyTransfers, .other:
        false
      }
    }
  }

  /// What an error says of the attempts: empty where there was one and no word of another.
  var summary: String {
    var text = ended.count > 1 ? "; attempts: \(ended.map(\.text).joined(separator: ", "))" : ""
    if let refusedWait {
      let wish = Machine.text(ofDuration: refusedWait.multipliedClamped(1_000_000_000))
      let most = Machine.text(ofDuration: Self.longestRequest)
      text += "; it asks to wait \(wish), longer than the \(most) that a call waits"
    }
    return text
  }
}
