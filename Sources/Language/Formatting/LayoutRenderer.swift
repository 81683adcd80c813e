/// Renders a layout in lines of at most so many columns, as far as it can be broken.
struct LayoutRenderer {
  private enum Mode { case flat, broken }

  private struct Frame {
    let layout: Layout
    let mode: Mode
    let indentation: Int
  }

  /// Spaces for one step of indentation.
  static let step = 4

  private let width: Int
  private var output = ""
  /// The columns of the line that is being written.
  private var column = 0
  /// The indentation of that line, or of the one where the text of several lines began that it is the last of.
  private var lineIndentation = 0
  /// The spaces that it begins with.
  private var leadingSpaces = 0
  /// Line ends that are due before the next text; the indentation behind them; a space that is due.
  private var pendingLines = 0
  private var pendingIndentation = 0
  private var isSpacePending = false
  /// Whether the space that is due is one behind a comment.
  private var isBehindComment = false
  /// Whether a comment that ends with its line is the last that was written.
  private var isLineFull = false
  private var frames: [Frame] = []

  private init(width: Int) { self.width = width }

  static func render(_ layout: Layout, width: Int) -> String {
    var renderer = LayoutRenderer(width: width)
    renderer.frames.append(Frame(layout: layout, mode: .broken, indentation: 0))
    while let frame = renderer.frames.popLast() { renderer.render(frame) }
    return renderer.output
  }

  private mutating func render(_ frame: Frame) {
    switch frame.layout {
    case .text(let text): write(text)
    case .verbatim(let verbatim): write(verbatim)
    case .comment(let comment): write(comment, frame.indentation)
    case .line(let keepsBlank):
      if frame.mode == .flat {
        isSpacePending = true
      } else {
        endLine(frame.indentation, isBlank: keepsBlank)
      }
    case .softLine:
      if frame.mode == .broken { endLine(frame.indentation, isBlank: false) }
    case .hardLine(let isBlank): endLine(frame.indentation, isBlank: isBlank)
    case .concat(let parts):
      for part in parts.reversed() { push(part, frame.mode, frame.indentation) }
    case .indent(let inner): push(inner, frame.mode, indentation(within: frame))
    case .group(let inner, let breaks):
      let isFlat = !breaks && (frame.mode == .flat || fits(inner, frame.indentation))
      push(inner, isFlat ? .flat : .broken, frame.indentation)
    case .ifBroken(let inner):
      if frame.mode == .broken { push(inner, .broken, frame.indentation) }
    case .block(let block): render(block, frame)
    case .choice(let alternatives): choose(alternatives, frame)
    }
  }

  private mutating func push(_ layout: Layout, _ mode: Mode, _ indentation: Int) {
    frames.append(Frame(layout: layout, mode: mode, indentation: indentation))
  }

  private func indentation(within frame: Frame) -> Int {
    frame.mode == .flat ? frame.indentation : frame.indentation + LayoutRenderer.step
  }

  private mutating func render(_ block: Layout.Block, _ frame: Frame) {
    if let flat = block.flat {
      let line = Layout.concat([block.opening, flat, block.closing])
      if frame.mode == .flat || fits(line, frame.indentation) {
        return push(line, .flat, frame.indentation)
      }
    }
    push(block.closing, .broken, frame.indentation)
    push(.hardLine(isBlank: false), .broken, frame.indentation)
    push(block.broken, .broken, frame.indentation + LayoutRenderer.step)
    push(.hardLine(isBlank: false), .broken, frame.indentation + LayoutRenderer.step)
    push(block.opening, frame.mode, frame.indentation)
  }

  private mutating func choose(_ alternatives: [Layout], _ frame: Frame) {
    if frame.mode == .flat { return push(alternatives[0], .flat, frame.indentation) }
    for alternative in alternatives.dropLast() where fits(alternative, frame.indentation) {
      return push(alternative, .flat, frame.indentation)
    }
    push(alternatives[alternatives.count - 1], .broken, frame.indentation)
  }

  // MARK: - Measuring

  /// Whether a layout that is rendered flat, with what follows it up to the next line end, stays within the
  /// width. A block that must break counts with the lines of its braces.
  private func fits(_ layout: Layout, _ indentation: Int) -> Bool {
    var column =
      pendingLines > 0 ? pendingIndentation : self.column + (isSpacePending ? 1 : 0)
    var measured = [Frame(layout: layout, mode: .flat, indentation: indentation)]
    var rest = frames.count
    while column <= width {
      if measured.isEmpty {
        if rest == 0 { return true }
        rest -= 1
        measured.append(frames[rest])
      }
      let frame = measured.removeLast()
      func add(_ layout: Layout, _ mode: Mode) {
        measured.append(Frame(layout: layout, mode: mode, indentation: frame.indentation))
      }
      switch frame.layout {
      case .text(let text): column += text.columns
      case .verbatim(let verbatim):
        column += verbatim.lines[0].columns
        guard verbatim.lines.count > 1, column <= width else { continue }
        column = verbatim.lines[verbatim.lines.count - 1].columns
      case .comment(let comment):
        if comment.endsLine || comment.standsAlone || comment.body.lines.count > 1 { return true }
        column += comment.body.lines[0].columns + 2
      case .line:
        if frame.mode == .broken { return true }
        column += 1
      case .softLine:
        if frame.mode == .broken { return true }
      case .hardLine: return true
      case .concat(let parts):
        for part in parts.reversed() { add(part, frame.mode) }
      case .indent(let inner): add(inner, frame.mode)
      case .group(let inner, let breaks): add(inner, breaks ? .broken : frame.mode)
      case .ifBroken(let inner):
        if frame.mode == .broken { add(inner, .broken) }
      case .choice(let alternatives):
        add(alternatives[frame.mode == .flat ? 0 : alternatives.count - 1], frame.mode)
      case .block(let block):
        if frame.mode == .flat, let flat = block.flat {
          add(block.closing, .flat)
          add(flat, .flat)
          add(block.opening, .flat)
        } else if frame.mode == .broken {
          add(.hardLine(isBlank: false), .broken)
          add(block.opening, .flat)
        } else {
          guard let opening = block.opening.flatColumns, column + opening <= width else { return false }
          column = frame.indentation + 1
        }
      }
    }
    return false
  }

  // MARK: - Writing

  private mutating func endLine(_ indentation: Int, isBlank: Bool) {
    pendingLines = max(pendingLines, isBlank ? 2 : 1)
    pendingIndentation = indentation
  }

  /// Writes the line ends or the space that are due.
  private mutating func flush() {
    if pendingLines > 0, !output.isEmpty {
      output += String(repeating: "\n", count: pendingLines)
    }
    if pendingLines > 0 || output.isEmpty {
      output += String(repeating: " ", count: pendingIndentation)
      column = pendingIndentation
      lineIndentation = pendingIndentation
      leadingSpaces = pendingIndentation
    } else if isSpacePending {
      output += " "
      column += 1
    }
    pendingLines = 0
    isSpacePending = false
    isBehindComment = false
    isLineFull = false
  }

  private mutating func write(_ text: String) {
    // A space is written only when something follows it, so that no line ends in one.
    if text == " " {
      isSpacePending = true
      return
    }
    if isBehindComment, [")", "]", ",", ";"].contains(text) { isSpacePending = false }
    flush()
    output += text
    column += text.columns
  }

  private mutating func write(_ verbatim: Layout.Verbatim) {
    flush()
    let lines = verbatim.moved(toLineIndentedBy: leadingSpaces)
    output += lines.joined(separator: "\n")
    let last = lines[lines.count - 1]
    column = (lines.count > 1 ? 0 : column) + last.columns
    if lines.count > 1 { leadingSpaces = last.prefix { $0 == " " }.count }
  }

  private mutating func write(_ comment: Layout.Comment, _ indentation: Int) {
    if comment.standsAlone || isLineFull, !output.isEmpty {
      let due = pendingLines > 0 ? pendingIndentation : indentation
      endLine(due, isBlank: comment.followsBlank)
      write(comment.body)
    } else if output.isEmpty || comment.isWithinLine && pendingLines > 0 {
      write(comment.body)
    } else {
      // It stays in the line of what it stands behind, whatever line end is due there.
      let isFirst = output.utf8.last == UInt8(ascii: "(") || output.utf8.last == UInt8(ascii: "[")
      let due = (pendingLines, pendingIndentation)
      (pendingLines, isSpacePending) = (0, false)
      let gap = comment.endsLine ? 2 : isFirst ? 0 : 1
      output += String(repeating: " ", count: gap)
      column += gap
      write(comment.body)
      (pendingLines, pendingIndentation) = due
    }
    if comment.endsLine {
      isLineFull = true
      endLine(pendingLines > 0 ? pendingIndentation : max(indentation, lineIndentation), isBlank: false)
    } else if pendingLines == 0 {
      isSpacePending = true
      isBehindComment = true
    }
  }
}

extension Layout {
  /// The columns of a text that has no line end when it is flat; nil where it has one.
  fileprivate var flatColumns: Int? {
    switch self {
    case .text(let text): text.columns
    case .verbatim(let verbatim): verbatim.lines.count == 1 ? verbatim.lines[0].columns : nil
    case .comment(let comment): comment.breaksLine ? 0 : comment.body.lines[0].columns + 2
    case .line: 1
    case .softLine, .ifBroken: 0
    case .hardLine, .block, .choice: nil
    case .indent(let inner), .group(let inner, _): inner.flatColumns
    case .concat(let parts):
      parts.reduce(0 as Int?) { sum, part in sum.flatMap { sum in part.flatColumns.map { sum + $0 } } }
    }
  }
}

extension Layout.Verbatim {
  /// Its lines for a line with that indentation: all but the first are moved as far as that line is.
  func moved(toLineIndentedBy target: Int) -> [String] {
    guard let slack, lines.count > 1 else { return lines }
    let distance = max(target - indentation, -slack)
    return [lines[0]]
      + lines.dropFirst().map { line in
        if distance >= 0 { return line.isEmpty ? line : String(repeating: " ", count: distance) + line }
        return String(line.dropFirst(min(-distance, line.prefix { $0 == " " }.count)))
      }
  }
}

extension String {
  /// The columns that a terminal gives a text of one line.
  var columns: Int {
    utf8.count == unicodeScalars.count
      ? utf8.count : DisplayText.cells(of: self).reduce(0) { $0 + $1.width }
  }
}
