import Foundation
import Glibc
import Synchronization

/// Opens web pages in the person's browser: the one that `$BROWSER` names, else through xdg-open, which knows desktops.
///
/// What is started is detached: a session of its own, nothing of our terminal, no shell in between, never waited for
/// here; a thread of its own takes its exit status, so that it leaves no zombie.
public struct Browser: Sendable {
  public enum Outcome: Equatable, Sendable {
    /// The opener was started. Whether a page came up it does not tell.
    case opened
    /// Nothing was started, and why, as a sentence for the person.
    case unavailable(reason: String)
  }

  /// Most openers that run at once: some browsers run in the opener's foreground until they are closed.
  public static let limit = 32

  private let opener: String?
  /// What `$BROWSER` names, where xdg-open would not look at it: at a display.
  private let command: BrowserCommand?
  private let hasDisplay: Bool
  private let environment: [String: String]
  private static let running = Atomic(0)

  /// Looks for `xdg-open` in the `PATH` of this environment, once.
  public init(environment: [String: String]) {
    self.environment = environment
    let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    opener = folders.filter { $0.hasPrefix("/") }.map { $0 + "/xdg-open" }.first { access($0, X_OK) == 0 }
    func isSet(_ name: String) -> Bool { environment[name].map { !$0.isEmpty } ?? false }
    hasDisplay = ["DISPLAY", "WAYLAND_DISPLAY", "BROWSER"].contains(where: isSet)
    command =
      isSet("DISPLAY") || isSet("WAYLAND_DISPLAY")
      ? BrowserCommand(environment["BROWSER"] ?? "", path: folders.map(String.init)) : nil
  }

  /// Whether a page can be opened at all: there is an opener and somewhere to show it.
  public var isAvailable: Bool { hasDisplay && (opener != nil || command != nil) }

  /// Starts opening an absolute `http` or `https` address.
  ///
  /// - Parameter onFailure: called on another thread, with the reason, where the opener soon ends without success.
  public func open(
    _ address: String, onFailure: @escaping @Sendable (String) -> Void = { _ in }
  ) -> Outcome {
    guard let address = Self.webAddress(address) else {
      return .unavailable(reason: "only http and https addresses are opened in a browser")
    }
    guard hasDisplay else {
      return .unavailable(reason: "there is no display and no BROWSER is set")
    }
    guard let words = command?.arguments(for: address) ?? opener.map({ [$0, address] }) else {
      return .unavailable(reason: "xdg-open was not found; install xdg-utils")
    }
    guard Self.running.add(1, ordering: .relaxed).newValue <= Self.limit else {
      Self.running.subtract(1, ordering: .relaxed)
      return .unavailable(reason: "\(Self.limit) browsers started from here are still running")
    }
    do throws(ChildProcess.Failure) {
      let process = try ChildProcess.start(words[0], words, environment: environment, .detached)
      let named = environment["BROWSER"] ?? ""
      Self.reap(Opening(process: process, isOpener: command == nil, named: named, onFailure: onFailure))
      return .opened
    } catch {
      Self.running.subtract(1, ordering: .relaxed)
      let name = command == nil ? "xdg-open" : "$BROWSER"
      return .unavailable(reason: "\(name) can't be started: \(String(cString: strerror(error.code)))")
    }
  }

  /// The address if it is one for a browser, with everything that RFC 3986 has no place for percent-encoded.
  static func webAddress(_ address: String) -> String? {
    let lowered = address.prefix(8).lowercased()
    let scheme = lowered.hasPrefix("http://") ? 7 : lowered == "https://" ? 8 : 0
    guard scheme > 0, address.utf8.count <= 64 << 10 else { return nil }
    let rest = address.utf8.dropFirst(scheme)
    guard let first = rest.first, !"/?#".utf8.contains(first) else { return nil }
    // RFC 3986, section 2: unreserved and reserved characters, and what is percent-encoded already.
    let allowed = Set("-._~:/?#[]@!$&'()*+,;=%".utf8)
    var result = ""
    for byte in address.utf8 {
      let isAlphanumeric = (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte)
      if isAlphanumeric || allowed.contains(byte) {
        result.unicodeScalars.append(Unicode.Scalar(byte))
      } else if byte > 0x20 && byte != 0x7F {
        let digits = String(byte, radix: 16, uppercase: true)
        result += "%" + (digits.count < 2 ? "0" : "") + digits
      } else {
        return nil
      }
    }
    return result
  }

  /// An opener under way.
  private final class Opening: Sendable {
    let process: pid_t
    let start = ContinuousClock.now
    let isOpener: Bool
    /// What `$BROWSER` says, which xdg-open looks at as well.
    let named: String
    let onFailure: @Sendable (String) -> Void

    init(
      process: pid_t, isOpener: Bool, named: String, onFailure: @escaping @Sendable (String) -> Void
    ) {
      self.process = process
      self.isOpener = isOpener
      self.named = named
      self.onFailure = onFailure
    }

    /// Waits for its end, and tells of a failure. A browser that ran in its foreground and was closed later has
    /// shown its page, whatever its status.
    func wait() {
      var status: Int32 = 0
      while waitpid(process, &status, 0) < 0 { if errno != EINTR { return } }
      let code = status >> 8 & 0xff
      guard status & 0x7f == 0, code != 0, ContinuousClock.now - start < .seconds(10) else { return }
      // The manual of xdg-open names its statuses.
      let reason =
        switch code {
        case 3 where !named.isEmpty: "nothing that $BROWSER names opened the page: \(named)"
        case 3: "it found no browser"
        case 4: "the browser could not show the page"
        default: "status \(code)"
        }
      onFailure(isOpener ? "xdg-open failed: \(reason)" : "$BROWSER failed: status \(code)")
    }
  }

  /// Takes the exit status on a thread that does nothing else.
  private static func reap(_ opening: Opening) {
    var attributes = pthread_attr_t()
    pthread_attr_init(&attributes)
    pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
    pthread_attr_setstacksize(&attributes, 256 << 10)
    defer { pthread_attr_destroy(&attributes) }
    var thread = pthread_t()
    let retained = Unmanaged.passRetained(opening)
    let code = pthread_create(
      &thread, &attributes,
      { argument in
        guard let argument else { return nil }
        Unmanaged<Opening>.fromOpaque(argument).takeRetainedValue().wait()
        Browser.running.subtract(1, ordering: .relaxed)
        return nil
      }, retained.toOpaque())
    if code != 0 {
      retained.release()
      running.subtract(1, ordering: .relaxed)
    }
  }
}
