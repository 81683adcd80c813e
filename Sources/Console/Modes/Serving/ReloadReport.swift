/// What a reload came to, in one line.
struct ReloadReport {
  /// How many cells of a kind are named; the others are counted.
  static let limit = 12

  /// The cells that ran well, each with the edited cells that it ran for; none for one that was edited itself.
  var ran: [(number: Int, causes: [Int])] = []
  /// Those of them that ran since a guard reads what they declare, which others had changed.
  var begunAnew: Set<Int> = []
  var failed: [(number: Int, isServed: Bool)] = []
  /// The cells that failed earlier, with the same file.
  var failedBefore: [Int] = []
  /// The cells whose effects were taken away.
  var removed: [Int] = []
  /// The cells that are gone from the file, but for what takes their place.
  var kept: [Int] = []
  /// The cells that are gone, ran again or failed, and what guards use that keeps what they had put in by requests.
  var keptOfRequests: [(number: Int, names: Set<String>)] = []
  /// The cells that have not ended.
  var underWay: [Int] = []
  /// The cells that depend on one that failed or has not ended.
  var held: [Int] = []
  /// Whether a change of the file is seen, or a signal must say that there is one.
  var isWatched = true

  /// `reloaded: cells 2, 4 (depends on 2) in 12 ms; 3 is gone`.
  func line(_ duration: Duration) -> String {
    let problems = [
      told(failed: true), told(failed: false), waiting, notRun, staying, retry("the next change"),
    ].compactMap(\.self)
    let all = [running(duration), going].compactMap(\.self)
    let rest = (problems + [keeping].compactMap(\.self)).joined(separator: "; ")
    if !all.isEmpty { return "reloaded: " + (all + [rest]).filter { !$0.isEmpty }.joined(separator: "; ") }
    return rest.isEmpty ? "reloaded: no code has changed" : "not reloaded: " + rest
  }

  /// What is not as the file has it, as after a start; nil where all is.
  var problems: String? {
    let failures = ReloadReport.list(failed.map(\.number)).map { "\($0) failed" }
    let all = [failures, waiting, notRun, retry("a change of the file")].compactMap(\.self)
    return all.isEmpty ? nil : all.joined(separator: "; ")
  }

  private func running(_ duration: Duration) -> String? {
    let cells = ran.map { cell in
      ReloadReport.list(cell.causes).map { "\(cell.number) (depends on \($0))" }
        ?? (begunAnew.contains(cell.number) ? "\(cell.number) (anew, for a guard)" : "\(cell.number)")
    }
    return ReloadReport.joined(cells, by: ", ").map {
      "cell\(cells.count == 1 ? "" : "s") \($0) in \(Prompt.duration(duration))"
    }
  }

  private var going: String? {
    ReloadReport.list(removed).map { "\($0) \(removed.count == 1 ? "is" : "are") gone" }
  }

  private var keeping: String? {
    let names = keptOfRequests.reduce(into: Set()) { $0.formUnion($1.names) }.sorted().map { "`\($0)`" }
    guard let list = ReloadReport.joined(names, by: ", "),
      let cells = ReloadReport.list(keptOfRequests.map(\.number))
    else { return nil }
    return "\(list) \(names.count == 1 ? "keeps" : "keep") whatever \(cells) had put in by requests"
  }

  /// - Parameter isServed: whether what the cells served before goes on.
  private func told(failed isServed: Bool) -> String? {
    let cells = failed.filter { $0.isServed == isServed }.map(\.number)
    return ReloadReport.list(cells).map {
      "\($0) failed, and "
        + (isServed
          ? "what \(cells.count == 1 ? "it" : "they") served before goes on"
          : "nothing of \(cells.count == 1 ? "it" : "them") is served")
    }
  }

  private var waiting: String? {
    ReloadReport.list(underWay).map { "\($0) \(underWay.count == 1 ? "has" : "have") not ended" }
  }

  private func retry(_ change: String) -> String? {
    failed.isEmpty ? nil : "\(isWatched ? change : "SIGHUP") tries again"
  }

  private var notRun: String? {
    let isOne = held.count == 1
    let hasFailed = !failed.isEmpty || !failedBefore.isEmpty
    let outcome = hasFailed ? (isOne ? "was not run" : "were not run") : (isOne ? "waits" : "wait")
    let causes = failed.map(\.number) + failedBefore + underWay
    // What has been named in the same line needs no number.
    let cause =
      failedBefore.isEmpty
      ? causes.count == 1 ? "it" : "them" : ReloadReport.list(causes.sorted()) ?? ""
    return ReloadReport.list(held).map {
      "\($0), which depend\(isOne ? "s" : "") on \(cause), \(outcome)"
    }
  }

  private var staying: String? {
    ReloadReport.list(kept).map {
      "\($0) \(kept.count == 1 ? "stays" : "stay") until what replaces it has run"
    }
  }

  /// `2, 3 and 5`; nil for none.
  static func list(_ numbers: [Int]) -> String? {
    guard numbers.count > 1, let last = numbers.last else { return numbers.first.map(String.init) }
    if numbers.count > limit { return joined(numbers.map(String.init), by: ", ") }
    return numbers.dropLast().map(String.init).joined(separator: ", ") + " and \(last)"
  }

  /// At most so many words; the rest is counted.
  private static func joined(_ words: [String], by separator: String) -> String? {
    if words.isEmpty { return nil }
    let rest = words.count > limit ? [" … \(words.count - limit) more"] : []
    return words.prefix(limit).joined(separator: separator) + rest.joined()
  }

}
