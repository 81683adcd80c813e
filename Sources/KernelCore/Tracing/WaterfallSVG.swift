/// A trace as a picture that stands by itself, as SVG 1.1: a row for each thing, bars on one axis of time, what the end had
/// to wait for, and what could overlap.
///
/// It uses nothing from elsewhere and runs nothing, is light or dark as its reader wants it, and says in words what it
/// shows. Bars on the critical path differ from others in their form too. All text in it is escaped, and it is bounded:
/// some 4 MB at most.
public struct WaterfallSVG: Sendable {
  /// The element, to be kept in a file of its own or put into a page.
  public let text: String

  /// - Parameter waterfall: with what could overlap, where that is to be told.
  public init(_ waterfall: Waterfall) {
    let drawing = WaterfallDrawing(waterfall)
    let id = "routebook-trace-\(waterfall.trace.number)"
    text = """
      \(Self.beginning) viewBox="0 0 \(Int(WaterfallDrawing.width)) \(Int(drawing.height))" \
      width="\(Int(WaterfallDrawing.width))" height="\(Int(drawing.height))" role="img" \
      aria-labelledby="\(id)-title \(id)-desc">
      <title id="\(id)-title">\(drawing.title.escapedForXML)</title>
      <desc id="\(id)-desc">\(drawing.description.escapedForXML)</desc>
      <style>
      \(Self.style)
      </style>
      \(drawing.shapes)</svg>

      """
  }

  // MARK: Whose a file is

  private static let beginning = "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"routebook-trace\""

  /// How many bytes tell whether a file is such a picture.
  public static let beginningLength = beginning.utf8.count

  /// Whether a file that begins so is such a picture.
  public static func isPicture(beginningWith bytes: some Sequence<UInt8>) -> Bool {
    bytes.starts(with: beginning.utf8)
  }

  // MARK: How it looks

  /// Each colour has a contrast of 4.5 to 1 at least where it is text, and of 3 to 1 where it is a line.
  private static let style = """
    .routebook-trace { font: 13px ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace; }
    .routebook-trace .paper { fill: #ffffff; }
    .routebook-trace .ink { fill: #1b1f24; white-space: pre; }
    .routebook-trace .dim { fill: #57606a; white-space: pre; }
    .routebook-trace .title, .routebook-trace .on { font-weight: bold; }
    .routebook-trace .advice { fill: #7d4300; white-space: pre; }
    .routebook-trace .grid { stroke: #d5dae0; fill: none; }
    .routebook-trace .critical { fill: #0a6c9c; }
    .routebook-trace .other { fill: #dfe5ea; stroke: #6e7781; }
    .routebook-trace .waiting { fill: #848d97; }
    @media (prefers-color-scheme: dark) {
    .routebook-trace .paper { fill: #12161b; }
    .routebook-trace .ink { fill: #e6eaee; }
    .routebook-trace .dim { fill: #a0abb6; }
    .routebook-trace .advice { fill: #f0b060; }
    .routebook-trace .grid { stroke: #2d343c; }
    .routebook-trace .critical { fill: #4fc3f2; }
    .routebook-trace .other { fill: #2a323a; stroke: #8b96a1; }
    .routebook-trace .waiting { fill: #76818c; }
    }
    """
}

extension String {
  /// The text as it stands in XML 1.0, in an element or an attribute: what has a meaning there is spelt out, and what may
  /// not be there is U+FFFD.
  var escapedForXML: String {
    var result = ""
    for scalar in unicodeScalars {
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      case "\n", "\t": result.unicodeScalars.append(scalar)
      case "\0"..<" ", "\u{7F}"..."\u{9F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
