/// How a piece of text looks: one of the terminal's eight colours and a few attributes.
public struct Style: Hashable, Sendable {
  /// The terminal's own colours, so that the person's theme decides what they look like.
  public enum Color: Int, Sendable {
    case black, red, green, yellow, blue, magenta, cyan, white
  }

  public var color: Color?
  public var isBold: Bool
  public var isDim: Bool
  public var isUnderlined: Bool
  public var isReversed: Bool

  public init(
    _ color: Color? = nil, bold: Bool = false, dim: Bool = false, underlined: Bool = false,
    reversed: Bool = false
  ) {
    self.color = color
    isBold = bold
    isDim = dim
    isUnderlined = underlined
    isReversed = reversed
  }

  public static let plain = Style()
  public static let bold = Style(bold: true)
  public static let dim = Style(dim: true)
  public static let reversed = Style(reversed: true)

  /// The escape sequence that changes to this style from any other (ECMA-48, section 8.3.117, SGR).
  var escape: String {
    // A screen full of colours has hundreds of them, at each key.
    var text = "\u{1B}[0"
    if isBold { text += ";1" }
    if isDim { text += ";2" }
    if isUnderlined { text += ";4" }
    if isReversed { text += ";7" }
    if let color { text += ";3\(color.rawValue)" }
    return text + "m"
  }

  static let reset = "\u{1B}[0m"

  /// When output is coloured, as `--color` says it.
  public enum Use: String, CaseIterable, Sendable {
    case auto, always, never
  }

  /// Whether to colour what goes to a stream: `always` and `never` say so themselves; `auto` means a terminal that
  /// is not `dumb`, and no `NO_COLOR` with a value in the environment (no-color.org).
  public static func isUsed(_ use: Use, isTerminal: Bool, environment: [String: String]) -> Bool {
    switch use {
    case .always: return true
    case .never: return false
    case .auto:
      let isForbidden = environment["NO_COLOR"].map { !$0.isEmpty } ?? false
      let name = environment["TERM"] ?? ""
      return isTerminal && !isForbidden && !name.isEmpty && name != "dumb"
    }
  }
}

/// Text in pieces, each with a style. The pieces may hold anything: control characters are made visible when the
/// text is printed, never acted on.
public struct StyledText: Equatable, Sendable, ExpressibleByStringLiteral {
  public struct Span: Equatable, Sendable {
    public var text: String
    public var style: Style

    public init(_ text: String, _ style: Style = .plain) {
      self.text = text
      self.style = style
    }
  }

  public var spans: [Span]

  public init(_ spans: [Span] = []) { self.spans = spans }
  public init(_ text: String, _ style: Style = .plain) { spans = [Span(text, style)] }
  public init(stringLiteral text: String) { self.init(text) }

  public static func + (left: StyledText, right: StyledText) -> StyledText {
    StyledText(left.spans + right.spans)
  }

  /// The text alone, as it was given.
  public var plain: String { spans.map(\.text).joined() }

  /// The text for a terminal or a file: control characters visible, and escape sequences only where `color` is true.
  public func rendered(color: Bool) -> String {
    var result = ""
    for span in spans {
      let text = Sanitizer.visible(span.text)
      result += color && span.style != .plain ? span.style.escape + text + Style.reset : text
    }
    return result
  }
}
