/// Decides which transfer begins next: at most so many at once in all and to each server, in the order in which they
/// came to each server, and the servers take turns, so that a slow one keeps nobody from the others.
///
/// libcurl has bounds of its own, but retries only the head of its list of waiting transfers when a connection becomes
/// free: one server at its bound would hold up the rest.
struct AdmissionQueue {
  /// Until a server has accepted a connection no more than this begin with it. Each new name costs a thread that
  /// looks it up, and the rest find its address remembered.
  static let firstContactLimit = 64

  let perServer: Int
  let total: Int
  private(set) var active = 0
  private(set) var waiting = 0
  private var lines: [String: Line] = [:]
  /// Servers whose line may have a transfer that can begin, in the order of their turns.
  private var turns = FIFO<String>()

  private struct Line {
    var waiting = FIFO<TransferID>()
    /// Transfers that left the line without having begun; dropped when their turn comes, or all at once.
    var left: Set<TransferID> = []
    var active = 0
    var wasReached = false
    var hasTurn = false
  }

  init(perServer: Int, total: Int) {
    self.perServer = perServer
    self.total = total
  }

  /// Whether ``next()`` may give a transfer.
  var mayAdmit: Bool { active < total && !turns.isEmpty }

  mutating func enqueue(_ id: TransferID, server: String) {
    waiting += 1
    lines[server, default: Line()].waiting.append(id)
    giveTurn(server)
  }

  /// The next transfer that begins, counted as active from now on; `nil` when none may.
  mutating func next() -> TransferID? {
    while active < total, let server = turns.popFirst() {
      guard var line = lines.removeValue(forKey: server) else { continue }
      line.hasTurn = false
      var admitted: TransferID?
      while line.active < limit(line), admitted == nil, let id = line.waiting.popFirst() {
        if line.left.remove(id) == nil { admitted = id }
      }
      if admitted != nil {
        line.active += 1
        active += 1
        waiting -= 1
      }
      store(line, server)
      giveTurn(server)
      if let admitted { return admitted }
    }
    return nil
  }

  /// Takes out a transfer that waits.
  mutating func withdraw(_ id: TransferID, server: String) {
    guard var line = lines.removeValue(forKey: server) else { return }
    waiting -= 1
    line.left.insert(id)
    if line.left.count > 32, line.left.count * 2 > line.waiting.count {
      let left = line.left
      line.waiting.removeAll { left.contains($0) }
      line.left = []
    }
    line.hasTurn = line.hasTurn && line.waiting.count > line.left.count
    store(line, server)
    forgetIdleTurns()
  }

  /// The server has accepted a connection: the rest of its line may begin.
  mutating func reached(_ server: String) {
    guard lines[server]?.wasReached == false else { return }
    lines[server]?.wasReached = true
    giveTurn(server)
  }

  /// A transfer that had begun has ended, or goes on with another server.
  mutating func ended(server: String) {
    guard var line = lines.removeValue(forKey: server) else { return }
    line.active -= 1
    active -= 1
    store(line, server)
    giveTurn(server)
  }

  private func limit(_ line: Line) -> Int {
    line.wasReached ? perServer : min(perServer, Self.firstContactLimit)
  }

  private mutating func giveTurn(_ server: String) {
    guard let line = lines[server], !line.hasTurn, !line.waiting.isEmpty, line.active < limit(line) else {
      return
    }
    lines[server]?.hasTurn = true
    turns.append(server)
  }

  /// Turns of servers that nobody waits for any more are taken out once they are the most.
  private mutating func forgetIdleTurns() {
    guard turns.count > 64, turns.count > lines.count * 2 else { return }
    var kept: Set<String> = []
    turns.removeAll { lines[$0]?.hasTurn != true || !kept.insert($0).inserted }
  }

  /// A line that nobody stands in is forgotten, so that names of servers don't pile up.
  private mutating func store(_ line: Line, _ server: String) {
    if line.active == 0, line.waiting.count == line.left.count, !line.hasTurn { return }
    lines[server] = line
  }
}

/// First in, first out, at constant cost a step.
struct FIFO<Element> {
  private var elements: [Element?] = []
  private var head = 0

  var count: Int { elements.count - head }
  var isEmpty: Bool { count == 0 }

  mutating func append(_ element: Element) { elements.append(element) }

  mutating func popFirst() -> Element? {
    guard head < elements.count else { return nil }
    defer {
      elements[head] = nil
      head += 1
      if head > 64, head * 2 > elements.count {
        elements.removeFirst(head)
        head = 0
      }
    }
    return elements[head]
  }

  mutating func removeAll(where isUnwanted: (Element) -> Bool) {
    elements = elements[head...].filter { $0.map { !isUnwanted($0) } ?? false }
    head = 0
  }
}
