import Dispatch
import Synchronization

/// Opens the pages that cells ask for, away from the event loop.
final class BrowserOpenings: Sendable {
  /// Nil: addresses are only printed.
  private let browser: Browser?
  private let queue = DispatchQueue(label: "routebook.browser")
  private let holding = Mutex(Holding())

  private struct Holding {
    var isOn = false
    var isSilent = false
    var count = 0
  }

  init(_ browser: Browser?) { self.browser = browser }

  /// While a whole notebook runs, its pages are named instead of opened: nobody wants twenty tabs. Where there were
  /// any, `explain` is called afterwards. Silently, they are not even named.
  func heldBack<Result>(
    isSilent: Bool = false, explain: () -> Void, during body: () -> Result
  ) -> Result {
    holding.withLock { $0 = Holding(isOn: true, isSilent: isSilent) }
    let result = body()
    let count = holding.withLock { holding in
      defer { holding = Holding() }
      return holding.count
    }
    if count > 0, browser?.isAvailable == true { explain() }
    return result
  }

  /// A cell's `open`. Does not block.
  func open(_ url: String, say: @escaping @Sendable (StyledText) -> Void) {
    let holding = holding.withLock { holding in
      holding.count += 1
      return holding
    }
    if holding.isOn {
      if !holding.isSilent { say(named(url)) }
    } else if let browser, browser.isAvailable {
      queue.async { self.start(browser, url, say: say) }
    } else {
      // The value of `open` is false, and that says why it is only named.
      say(named(url))
    }
  }

  /// The person's `%open`, who is told why where nothing is opened.
  func openNow(_ url: String, say: @escaping @Sendable (StyledText) -> Void) {
    if let browser { start(browser, url, say: say) } else { say(named(url)) }
  }

  private func start(_ browser: Browser, _ url: String, say: @escaping @Sendable (StyledText) -> Void) {
    let outcome = browser.open(url) { say(StyledText("\(url): \($0)", Style(.red))) }
    switch outcome {
    case .opened: say(StyledText("opening \(url)", .dim))
    case .unavailable(let reason): say(named(url) + StyledText("  (\(reason))", .dim))
    }
  }

  private func named(_ url: String) -> StyledText {
    StyledText("open ", .dim) + StyledText(url, Style(underlined: true))
  }
}
