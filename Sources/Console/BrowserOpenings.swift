import Dispatch
import Synchronization

/// Opens the pages that cells ask for, away from the event loop and the prompt.
final class BrowserOpenings: Sendable {
  /// Nil: addresses are only printed.
  private let browser: Browser?
  private let queue = DispatchQueue(label: "routebook.browser")
  private let heldBack = Atomic<Bool>(false)

  init(_ browser: Browser?) { self.browser = browser }

  /// While a whole notebook runs, its pages are named instead of opened: nobody wants twenty tabs.
  var isHeldBack: Bool {
    get { heldBack.load(ordering: .relaxed) }
    set { heldBack.store(newValue, ordering: .relaxed) }
  }

  /// A cell's `open`.
  func open(_ url: String, say: @escaping @Sendable (StyledText) -> Void) {
    if isHeldBack {
      say(StyledText("open \(url)  (not opened while all cells run)", .dim))
    } else {
      openNow(url, say: say)
    }
  }

  func openNow(_ url: String, say: @escaping @Sendable (StyledText) -> Void) {
    guard let browser else { return say(StyledText("open \(url)", Style(underlined: true))) }
    queue.async {
      if case .unavailable(let reason) = browser.open(url) { say(StyledText("open \(url)  (\(reason))")) }
    }
  }
}
