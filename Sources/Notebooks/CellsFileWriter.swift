import Foundation

/// Writes a cells file: what is unchanged as it was written, the rest anew, and proves that it reads back.
struct CellsFileWriter {
  private let notebook: Notebook
  private let file: String
  private var output = ""
  /// Where each cell begins in it, in bytes.
  private var starts: [Int] = []

  init(_ notebook: Notebook, file: String) {
    self.notebook = notebook
    self.file = file
  }

  func text() throws(CellsFileError) -> String {
    for (place, cell) in notebook.cells.enumerated() {
      do throws(CellsFileError) {
        try check(cell)
      } catch {
        throw error.with(place)
      }
    }
    var writer = self
    writer.write()
    try writer.prove()
    return writer.output
  }

  // MARK: - Writing

  private mutating func write() {
    let style = numbering
    output = notebook.header
    // A byte order mark alone is no block.
    if let first = notebook.cells.first, first.written?.ordinal != 0, !output.isEmpty, output != "\u{FEFF}" {
      endBlock()
    }
    for (index, cell) in notebook.cells.enumerated() {
      let next = index + 1 < notebook.cells.count ? notebook.cells[index + 1] : nil
      endLine()
      starts.append(output.utf8.count)
      writeMarker(cell, isFirst: index == 0, style)
      writeBody(cell)
      if let written = cell.written, isUnchangedSeam(written, next) {
        output += written.gap
      } else if next != nil {
        endBlock()
      } else {
        endLine()
      }
    }
  }

  /// Which markers carry numbers.
  private enum Numbering {
    /// Those that did when the file was read, and those of new cells.
    case asWritten
    /// None: a file without numbers stays one as long as the cells' numbers are 1, 2, 3 …
    case bare
    /// All of code cells, since the numbers that a reader would give are no longer right.
    case full
  }

  private var numbering: Numbering {
    let code = notebook.cells.filter { $0.kind == .code }
    let read = notebook.cells.compactMap(\.written)
    if read.contains(where: { $0.kind == .code }), !read.contains(where: \.isNumbered),
      code.map(\.number) == (0..<code.count).map({ $0 + 1 }),
      !notebook.cells.contains(where: { $0.kind != .code && $0.number != nil })
    {
      return .bare
    }
    let unnumbered = code.filter { $0.written?.isNumbered == false }
    let highest = notebook.cells.reduce(0) { highest, cell in
      cell.kind == .code && cell.written?.isNumbered == false ? highest : max(highest, cell.number ?? 0)
    }
    let isRight = unnumbered.map(\.number) == (0..<unnumbered.count).map { highest + 1 + $0 }
    return isRight ? .asWritten : .full
  }

  private mutating func writeMarker(_ cell: Cell, isFirst: Bool, _ style: Numbering) {
    let isNumbered =
      switch style {
      case .asWritten: cell.written?.isNumbered ?? true
      case .bare: cell.kind != .code
      case .full: true
      }
    let needsNumber = cell.kind == .code ? isNumbered : cell.number != nil
    if let written = cell.written, written.markerStillSays(cell),
      written.isNumbered == needsNumber || cell.kind != .code,
      !written.marker.isEmpty || isFirst && written.source.hasSameBytes(as: cell.source)
    {
      output += written.marker
      return
    }
    output += CellMarker(of: cell, sign: cell.written?.sign, isNumbered: needsNumber).text + notebook.newline
  }

  private mutating func writeBody(_ cell: Cell) {
    if let written = cell.written, written.bodyStillSays(cell) {
      if !written.body.isEmpty { endLine() }
      output += written.body
      return
    }
    let outputs = cell.outputLines
    if let written = cell.written, written.codeStillSays(cell) {
      // Only what was stored is new.
      let code = written.code
      if !code.isEmpty || !outputs.isEmpty { endLine() }
      output += code
      if !outputs.isEmpty { endLine() }
      return write(outputs, written.newline ?? notebook.newline)
    }
    let source = cell.normalizedSource
    // The marker of a file's last cell may lack its line end.
    if !source.isEmpty || !outputs.isEmpty { endLine() }
    if !source.isEmpty {
      for line in source.split(separator: "\n", omittingEmptySubsequences: false) {
        let sign = cell.kind == .code ? "" : line.isEmpty ? "#" : "# "
        output += sign + line + notebook.newline
      }
    }
    write(outputs, notebook.newline)
  }

  private mutating func write(_ outputs: [String], _ newline: String) {
    for line in outputs { output += (line.isEmpty ? "#>" : "#> ") + line + newline }
  }

  /// Whether what follows a cell is what followed it in its file.
  private func isUnchangedSeam(_ written: Written, _ next: Cell?) -> Bool {
    guard let next else { return written.isLast }
    return next.written?.ordinal == written.ordinal + 1
  }

  /// Begins a new line unless at the beginning of one.
  private mutating func endLine() {
    guard let last = output.utf8.last, last != UInt8(ascii: "\n"), output != "\u{FEFF}" else { return }
    output += notebook.newline
  }

  /// Ends the line and leaves one blank line.
  private mutating func endBlock() {
    endLine()
    var before = output.utf8.dropLast()
    if before.last == UInt8(ascii: "\r") { before = before.dropLast() }
    if let last = before.last, last != UInt8(ascii: "\n") { output += notebook.newline }
  }

  // MARK: - Checking

  /// Refuses what is known not to read back, with the reason.
  private func check(_ cell: Cell) throws(CellsFileError) {
    // What was read was split where it can be.
    if let written = cell.written, written.bodyStillSays(cell), written.markerStillSays(cell) { return }
    if let line = CellsFile.markerLine(in: cell.source, kind: cell.kind) {
      throw CellsFileError(
        .markerInSource, file: file, cell: cell.number, line: line,
        problem: "this line looks like the beginning of a cell, so the file would split the cell there",
        advice: "write it differently; in a string, \"\\u{23} %%\" gives the same text")
    }
    if cell.kind == .code, let line = CellsFile.outputLine(in: cell.source) {
      throw CellsFileError(
        .outputInSource, file: file, cell: cell.number, line: line,
        problem: "this line begins with `#>`, which marks stored outputs in a file",
        advice: "write an ordinary comment with `# `")
    }
  }

  /// Reads the text back and compares.
  private func prove() throws(CellsFileError) {
    let again: Notebook
    do throws(CellsFileError) {
      again = try CellsFile.parse(output, name: file)
    } catch {
      throw inCell(error)
    }
    for (place, (cell, other)) in zip(notebook.cells, again.cells).enumerated()
    where !CellsFileWriter.says(other, cell) {
      throw CellsFileError(
        .unrepresentable, file: file, cell: cell.number,
        problem: "this cell would read back differently from the file",
        advice: "check that its title is one line without `[markdown]`, number or key=value in it, that its"
          + " metadata are keys with JSON values, and that only code has stored outputs"
      ).with(place)
    }
    let headers = [notebook.header, again.header].map { header in
      header.utf8.reversed().drop { $0 <= UInt8(ascii: " ") }
    }
    guard notebook.cells.count == again.cells.count, headers[0].elementsEqual(headers[1]) else {
      throw CellsFileError(
        .unrepresentable, file: file, problem: "the header would read back differently from the file",
        advice: "let it be comments only, or a block between two lines `# ---`")
    }
  }

  /// An error in a line of what was to be written: nobody has that text, so it tells the line of the cell.
  private func inCell(_ error: CellsFileError) -> CellsFileError {
    guard let line = error.line else { return error }
    let lines = SourceLines(Array(output.utf8))
    guard let start = lines.first(where: { $0.number == line })?.start,
      let place = starts.lastIndex(where: { $0 <= start }),
      let marker = lines.first(where: { $0.start >= starts[place] })
    else { return error }
    let cell = notebook.cells[place]
    var error = error.with(place)
    error.cell = cell.number
    let count = cell.normalizedSource.utf8.count { $0 == UInt8(ascii: "\n") } + 1
    error.line = (1...count).contains(line - marker.number) ? line - marker.number : nil
    return error
  }

  private static func says(_ read: Cell, _ cell: Cell) -> Bool {
    guard var expected = read.written else { return false }
    expected.source = read.source
    var meant = cell
    meant.source = cell.normalizedSource
    meant.storedOutputs = cell.outputLines
    return expected.markerStillSays(meant) && expected.bodyStillSays(meant)
  }
}

extension CellsFileError {
  /// The same with the place of the cell at fault.
  fileprivate func with(_ place: Int) -> CellsFileError {
    var error = self
    error.place = place
    return error
  }
}
