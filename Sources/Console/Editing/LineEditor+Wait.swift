/// Waiting for a cell: a spinner, what is printed meanwhile, and the keys that end the wait.
extension LineEditor {
  /// A cell that ends sooner shows no spinner, in milliseconds.
  private static let spinnerDelay = 150
  /// Time between two pictures of the spinner, in milliseconds.
  private static let spinnerPeriod = 100
  private static let spinner = Array("⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏")

  public func wait(status: () -> String, until finished: () -> Bool) -> WaitOutcome {
    terminal.enterRaw()
    let start = MonotonicTime.milliseconds
    var nextPaint = start + Self.spinnerDelay
    var picture = 0
    var mark = 0
    defer { show(takeQueued() + painter.erase() + "\u{1B}[?25h") }
    while true {
      if let outcome = outcomeOfKeys(since: &mark) { return outcome }
      noteTypedAhead()
      if finished() {
        // A key that came before the end counts, though nobody had a look at it: many short waits must not hide it.
        if case .continued = terminal.waitForEvent(0) { resume() }
        return outcomeOfKeys(since: &mark) ?? .finished
      }
      let now = MonotonicTime.milliseconds
      if now >= nextPaint {
        nextPaint = now + Self.spinnerPeriod
        picture += 1
        paintSpinner(picture, status())
      } else {
        printQueued(picture, status)
      }
      switch terminal.waitForEvent(Int32(max(1, nextPaint - MonotonicTime.milliseconds))) {
      case .keys, .woken, .resized, .timeout: break
      case .continued: resume()
      }
    }
  }

  /// Milliseconds between two pictures of what is watched.
  private static let watchPeriod: Int32 = 500

  public func watch(_ picture: () -> [StyledText]) {
    terminal.enterRaw()
    var lines: [StyledText] = []
    var top: Int? = 0
    while let first = top, !terminal.isInputClosed {
      lines = picture()
      let room = max(1, terminal.size.rows - 2)
      let last = max(0, lines.count - room)
      let shown = lines[min(first, last)...].prefix(room)
      let footer =
        last == 0
        ? "any key goes back"
        : "\(shown.startIndex + 1)-\(shown.endIndex) of \(lines.count); arrows scroll; q goes back"
      paint(shown + [StyledText(footer, .dim)])
      if case .continued = terminal.waitForEvent(Self.watchPeriod) { resume() }
      while let place = top, let key = terminal.takeKey() {
        top = last == 0 ? nil : Self.scrolled(min(place, last), by: key, room: room, last: last)
      }
    }
    show(takeQueued() + painter.erase() + "\u{1B}[?25h")
    for line in lines { print(line) }
  }

  /// The line that stands first after a key; nil for one that does not scroll.
  private static func scrolled(_ top: Int, by key: Key, room: Int, last: Int) -> Int? {
    let target: Int? =
      switch key {
      case .named(.up): top - 1
      case .named(.down): top + 1
      case .named(.pageUp): top - room
      case .named(.pageDown): top + room
      case .named(.home): 0
      case .named(.end): last
      default: nil
      }
    return target.map { min(max(0, $0), last) }
  }

  private func paintSpinner(_ picture: Int, _ status: String) {
    let frame = String(Self.spinner[picture % Self.spinner.count])
    paint([StyledText(frame + " ", Style(.cyan)) + StyledText(status, .dim)] + linesOfTypedAhead())
  }

  /// Most texts that were typed ahead and are shown below the spinner.
  private static let shownAhead = 3

  /// What was typed ahead, a line each, as far as it has room; the latest stay in sight.
  private func linesOfTypedAhead() -> [StyledText] {
    let texts = ahead.texts
    let label = "  then: "
    let room = max(8, terminal.size.columns - label.count - 1)
    let shown = texts.suffix(Self.shownAhead).enumerated().map { place, text in
      let lines = text.split(separator: "\n")
      let line = lines.first.map(String.init) ?? ""
      let isUnfinished = texts.count > ahead.entered.count && place == min(texts.count, Self.shownAhead) - 1
      // Of what is being typed the end is seen.
      let end =
        isUnfinished && lines.count > 1
        ? " … " + TableView.cut(lines.last.map(String.init) ?? "", to: room / 2)
        : isUnfinished && ahead.isDoubtful ? " …" : lines.count > 1 ? "  … \(lines.count) lines" : ""
      return label + TableView.cut(line, to: max(1, room - Layout.width(of: end))) + end
    }
    let more = texts.count > shown.count ? ["  … \(texts.count - shown.count) before"] : []
    return (more + shown).map { StyledText($0, .dim) }
  }

  /// Tells whoever keeps it what was typed ahead, where that is something else than before.
  private func noteTypedAhead() {
    let before = ahead.entered
    let now = typedAhead
    if now != before { onTypedAhead?(now) }
  }

  /// Puts what was typed, and will not be read, into the history, and says so.
  func keep(droppedKeys keys: ArraySlice<Key>) {
    var dropped = TypedAhead(hooks: hooks, isVi: engine.isVi)
    dropped.follow(keys, from: 0)
    guard !dropped.texts.isEmpty else { return }
    for text in dropped.texts { _ = addToHistory(text) }
    let notice = "what was typed meanwhile has not been run; Up brings it"
    printAbove(StyledText(notice.wrapped(to: terminal.size.columns), .dim))
  }

  /// Paints lines in place of what was there.
  private func paint(_ lines: [StyledText]) {
    let size = terminal.size
    let layout = Layout(lines: lines, columns: size.columns, color: usesColor)
    let out = painter.adapt(to: size) + takeQueued() + painter.paint(layout)
    // The cursor stays hidden: nothing can be typed there.
    if !out.isEmpty { show("\u{1B}[?2026h\u{1B}[?25l" + out + "\u{1B}[?2026l") }
  }

  /// Prints lines as they come, with the spinner back below them at once.
  private func printQueued(_ picture: Int, _ status: () -> String) {
    let hadSpinner = !painter.isEmpty
    let out = painter.adapt(to: terminal.size) + takeQueued()
    guard !out.isEmpty else { return }
    show("\u{1B}[?2026h" + out)
    if hadSpinner { paintSpinner(picture, status()) }
    terminal.write("\u{1B}[?2026l")
  }

  /// What the keys that came since the last look mean for the wait. Others are kept for the next cell.
  private func outcomeOfKeys(since mark: inout Int) -> WaitOutcome? {
    let ends: (Key) -> Bool = { $0 == .control("c") || $0 == .control("z") }
    let key = terminal.firstKey(since: mark, where: ends)
    mark = terminal.keyMark
    guard let key else { return nil }
    if key == .control("c") {
      let dropped = terminal.waitingKeys.prefix { $0 != .control("c") }
      terminal.dropTypedAhead(through: .control("c"))
      show(takeQueued() + painter.erase() + "^C\r\n")
      keep(droppedKeys: dropped)
      noteTypedAhead()
      return .interrupted
    }
    terminal.removeKeys(ends)
    ahead = TypedAhead(hooks: hooks, isVi: engine.isVi)
    return .backgrounded
  }
}
