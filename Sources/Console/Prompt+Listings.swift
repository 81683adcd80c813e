import Foundation
import KernelCore
import Synchronization

// What there is and what goes on: routes, names, activities, the time.

extension Prompt {
  func listRoutes() {
    for line in asked(Prompt.routeTable) { say(fitted(line)) }
  }

  /// `%routes live`: the table as it changes, until a key is pressed.
  func watchRoutes() {
    guard isInteractive else { return refuse("%routes live needs a terminal; %routes lists them once") }
    let table = Mutex<(lines: [StyledText], isAsked: Bool)>((asked(Prompt.routeTable), false))
    input.watch {
      let lines = table.withLock { table in
        defer { table.isAsked = true }
        return (shown: table.lines, isOld: !table.isAsked)
      }
      // Beside the main thread: while a cell computes the kernel does not answer.
      if lines.isOld {
        DispatchQueue.global().async { [kernel] in
          let lines = Prompt.routeTable(kernel)
          table.withLock { $0 = (lines, false) }
        }
      }
      return lines.shown.flatMap { fitted($0).lines }
    }
  }

  /// The routes with their cell, hits, errors and times, a line each.
  nonisolated private static func routeTable(_ kernel: KernelHandle) -> [StyledText] {
    let (routes, addresses) = (kernel.routes(), kernel.addresses())
    var lines: [StyledText] = []
    if !addresses.isEmpty { lines.append(StyledText("on " + addresses.joined(separator: ", "), .dim)) }
    let surroundings = kernel.surroundings()
    if routes.isEmpty, surroundings.isEmpty {
      return lines + [StyledText("there are no routes yet; try: route \"/\" { \"Hello!\" }")]
    }
    let width = routes.map(\.pattern.count).filter { $0 <= 60 }.max() ?? 0
    for route in routes {
      let cell = route.cell.map { "[\($0)]" } ?? ""
      let errors =
        route.errors > 0 ? StyledText(", " + counted(route.errors, "error"), Style(.red)) : StyledText()
      let times = [(route.median, "p50"), (route.slowest, "p99")].compactMap { time, word in
        time.map { "\(word) \(Prompt.duration($0))" }
      }
      lines.append(
        StyledText((route.method ?? "any").padded(to: 7), Style(.cyan))
          + StyledText(route.pattern.padded(to: width + 1))
          + StyledText(" \(cell.padded(to: 5))\(counted(route.hits, "hit"))", .dim) + errors
          + StyledText(times.map { "  \($0)" }.joined(), .dim))
    }
    for surrounding in surroundings {
      let place =
        surrounding.folder.map { "\(surrounding.prefix.isEmpty ? "/" : surrounding.prefix) → \($0)" }
        ?? (surrounding.prefix.isEmpty ? "all routes" : "\(surrounding.prefix)/…")
      let cell = surrounding.cell.map { "[\($0)]" } ?? ""
      lines.append(
        StyledText(surrounding.kind.padded(to: 9), Style(.cyan))
          + StyledText(place.padded(to: max(width - 1, 0))) + StyledText(" \(cell)", .dim))
    }
    return lines
  }

  /// A line of a listing; what does not fit the window stands below it.
  private func fitted(_ line: StyledText) -> StyledText {
    input.columns.map { line.wrapped(to: $0, indent: 9) } ?? line
  }

  nonisolated private static func counted(_ count: Int, _ noun: String) -> String {
    "\(count) \(noun)\(count == 1 ? "" : "s")"
  }

  func listActivities() {
    let activities = asked { $0.activities() }
    if activities.isEmpty { return say("nothing goes on: no request, no timer, no fiber waits") }
    let shown = activities.prefix(Prompt.activityLimit)
    let width = shown.map { Layout.width(of: $0.name) }.filter { $0 <= 40 }.max() ?? 0
    for activity in shown {
      let place =
        activity.cell.map { cell in "[\(cell)]" + (activity.line.map { " line \($0)" } ?? "") } ?? ""
      let waits = activity.waitsFor.map { "  waits for \($0)" } ?? ""
      let line =
        StyledText("\(activity.number)".padded(to: 4))
        + StyledText(activity.kind.rawValue.padded(to: 8), Style(.cyan))
        + StyledText(activity.name.padded(to: width + 1))
        + StyledText("\(Prompt.duration(activity.age).padded(to: 7))\(place)\(waits)", .dim)
      say(fitted(line))
    }
    if activities.count > shown.count {
      say(StyledText("… \(activities.count - shown.count) more, which are younger", .dim))
    }
  }

  private static let activityLimit = 50

  /// `%cancel 7 8`
  func cancelActivities(_ argument: String) {
    let words = argument.split(whereSeparator: { $0 == " " || $0 == "," })
    if words.isEmpty { return refuse("say which: %cancel 7; %ps lists what goes on") }
    for word in words {
      guard let number = Int(word) else {
        refuse("\"\(word)\" is no number of %ps")
        continue
      }
      if asked({ $0.cancel(activity: number) }) {
        say("\(number) is cancelled")
      } else {
        refuse("nothing that goes on has the number \(number); %ps lists what goes on")
      }
    }
  }

  func listVariables() {
    let variables = asked { $0.variables() }
    if variables.isEmpty { return say("no cell has declared a name yet") }
    let name = min(24, variables.map(\.name.count).max() ?? 0) + 1
    let type = min(16, variables.map(\.type.count).max() ?? 0) + 1
    for variable in variables {
      let cell = variable.cell.map { "[\($0)]" } ?? ""
      let head =
        StyledText(variable.name.padded(to: name), Style(.cyan))
        + StyledText(variable.type.padded(to: type) + cell.padded(to: 5), .dim)
      let room = max(10, (input.columns ?? 200) - Layout.width(of: head.plain) - 1)
      say(head + StyledText(TableView.cut(variable.kind == .function ? "" : variable.value, to: room)))
    }
  }

  /// `%clock`: what time it is for the notebook.
  func tellTime() {
    let clock = asked { $0.clock() }
    let date = clock.date.formatted(
      .iso8601.dateTimeSeparator(.standard).time(includingFractionalSeconds: true))
    say(
      clock.isVirtual
        ? "\(date), \(Prompt.duration(clock.elapsed)) after the start of a virtual clock"
        : "\(date), by the real clock")
  }

  /// `%history 20`: what was entered last, here and in other notebooks.
  func listHistory(_ argument: String) {
    guard let count = argument.isEmpty ? 20 : Int(argument), count > 0 else {
      return refuse("write %history or %history 50")
    }
    let entries = input.historyEntries
    if entries.isEmpty { return say("nothing was entered yet") }
    for entry in entries.suffix(count) {
      let lines = entry.split(separator: "\n", omittingEmptySubsequences: false)
      say(StyledText("· ", .dim) + StyledText(lines.joined(separator: "\n  ")))
    }
  }

  /// `%log on`, `%log off`, `%log`.
  func log(_ argument: String) {
    switch argument {
    case "on", "": setLogging(true)
    case "off": setLogging(false)
    default: refuse("write %log on or %log off")
    }
  }

  private func setLogging(_ isOn: Bool) {
    kernel.logRequests(isOn)
    say(isOn ? "each request is told as it is answered; %log off ends that" : "requests are no longer told")
  }
}
