/// The cookies that a client keeps from answer to request (RFC 6265, section 5): a plain value, without a file.
///
/// What is beyond its bounds goes, first what has expired, then what was longest not used.
public struct CookieJar: Sendable {
  /// How many cookies are kept, of one host and of all, and their bytes together.
  public static let hostLimit = 50
  public static let countLimit = 3_000
  public static let byteLimit = 4 << 20
  /// Of one response so many are looked at.
  static let fieldLimit = 100

  private struct Kept {
    var cookie: Cookie
    /// Orders cookies by their making, and by their last use.
    var made: Int
    var used: Int
  }

  private var kept: [Kept] = []
  private var turn = 0
  /// Bytes of all cookies.
  public private(set) var size = 0

  public init() {}

  /// The cookies that have not expired, in the order in which they were made.
  ///
  /// - Parameter now: seconds since 1970.
  public func cookies(now: Int) -> [Cookie] {
    kept.filter { !Self.isOver($0.cookie, now) }.sorted { $0.made < $1.made }.map(\.cookie)
  }

  /// Takes what a response sets.
  ///
  /// - Parameters:
  ///   - fields: the values of its `Set-Cookie` headers, in order.
  ///   - url: the address that answered; of one that cannot be read nothing is taken.
  ///   - now: seconds since 1970.
  public mutating func take(_ fields: some Sequence<String>, from url: String, now: Int) {
    var address: WebAddress?
    for field in fields.prefix(Self.fieldLimit) {
      // Most answers set none, and an address takes time to read.
      if address == nil { address = try? WebAddress(url) }
      guard let address else { return }
      if let cookie = Cookie(field, from: address, now: now) { keep(cookie, now: now) }
    }
  }

  private mutating func keep(_ cookie: Cookie, now: Int) {
    turn += 1
    var made = turn
    if let place = kept.firstIndex(where: { Self.isSame($0.cookie, cookie) }) {
      // The one that takes another's place keeps its age (section 5.3, step 11).
      made = kept[place].made
      remove(at: place)
    }
    if Self.isOver(cookie, now) { return }
    kept.append(Kept(cookie: cookie, made: made, used: turn))
    size += cookie.size
    makeRoom(beside: cookie, now: now)
  }

  private static func isSame(_ one: Cookie, _ other: Cookie) -> Bool {
    one.name == other.name && one.domain == other.domain && one.path == other.path
  }

  private static func isOver(_ cookie: Cookie, _ now: Int) -> Bool {
    cookie.expires.map { $0 <= now } ?? false
  }

  private mutating func remove(at place: Int) {
    size -= kept[place].cookie.size
    kept.remove(at: place)
  }

  private mutating func makeRoom(beside cookie: Cookie, now: Int) {
    var ofHost = kept.count { $0.cookie.domain == cookie.domain }
    guard ofHost > Self.hostLimit || kept.count > Self.countLimit || size > Self.byteLimit else { return }
    for place in kept.indices.reversed() where Self.isOver(kept[place].cookie, now) { remove(at: place) }
    ofHost = kept.count { $0.cookie.domain == cookie.domain }
    if ofHost > Self.hostLimit { removeOldest { $0.cookie.domain == cookie.domain } }
    while kept.count > Self.countLimit || size > Self.byteLimit { removeOldest { _ in true } }
  }

  private mutating func removeOldest(where isCandidate: (Kept) -> Bool) {
    let oldest = kept.indices.filter { isCandidate(kept[$0]) }.min { kept[$0].used < kept[$1].used }
    if let oldest { remove(at: oldest) }
  }

  /// What the header `Cookie` of a request says (section 5.4); `nil` where no cookie goes there.
  ///
  /// - Parameters:
  ///   - url: the address that is called.
  ///   - now: seconds since 1970.
  public mutating func header(for url: String, now: Int) -> String? {
    guard !kept.isEmpty, let address = try? WebAddress(url) else { return nil }
    turn += 1
    var chosen: [Kept] = []
    for place in kept.indices where kept[place].cookie.goes(to: address, now: now) {
      kept[place].used = turn
      chosen.append(kept[place])
    }
    if chosen.isEmpty { return nil }
    // Longer paths first, then the older ones.
    chosen.sort { ($1.cookie.path.utf8.count, $0.made) < ($0.cookie.path.utf8.count, $1.made) }
    return chosen.map { "\($0.cookie.name)=\($0.cookie.value)" }.joined(separator: "; ")
  }

  /// Drops all cookies.
  public mutating func removeAll() {
    kept.removeAll()
    size = 0
  }
}
