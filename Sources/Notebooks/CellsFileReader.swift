import Foundation

/// Reads a cells file, in one pass over its lines and one over each cell's.
struct CellsFileReader {
  private let bytes: [UInt8]
  private let file: String

  init(_ bytes: [UInt8], file: String) {
    self.bytes = bytes
    self.file = file
  }

  /// Throws where the bytes are not UTF-8. No byte of a longer sequence is a line feed, so lines can be looked
  /// at one by one.
  func checkEncoding() throws(CellsFileError) {
    guard bytes.count <= CellsFile.maximumSize, String(validating: bytes, as: UTF8.self) == nil else {
      return
    }
    let line = SourceLines(bytes).first {
      String(validating: bytes[$0.start..<$0.end], as: UTF8.self) == nil
    }
    throw CellsFileError(
      .invalidUTF8, file: file, line: line?.number, problem: "this line is not valid UTF-8",
      advice: "save the file as UTF-8 in your editor")
  }

  func notebook() throws(CellsFileError) -> Notebook {
    try checkSizeAndNUL()
    let headerEnd = try endOfHeader()
    let sections = try sections(after: headerEnd)
    var cells: [Cell] = []
    cells.reserveCapacity(sections.count)
    for section in sections {
      cells.append(try cell(section, ordinal: cells.count, isLast: cells.count == sections.count - 1))
    }
    try number(&cells, sections)
    let firstLine = SourceLines(bytes).first { _ in true }
    let endsWithCR = firstLine.map { bytes[$0.end..<$0.next].elementsEqual("\r\n".utf8) } ?? false
    return Notebook(
      header: text(0..<(sections.first?.start ?? bytes.count)), cells: cells,
      newline: endsWithCR ? "\r\n" : "\n")
  }

  private func checkSizeAndNUL() throws(CellsFileError) {
    guard bytes.count <= CellsFile.maximumSize else {
      throw CellsFileError(
        .tooLarge, file: file, problem: "the file is larger than \(CellsFile.maximumSize >> 20) MiB",
        advice: "split it into several notebooks")
    }
    // Most have a line feed soon.
    if !bytes.contains(UInt8(ascii: "\n")), bytes.dropLast().contains(UInt8(ascii: "\r")) {
      throw CellsFileError(
        .badLineEnds, file: file, line: 1,
        problem: "the lines of this file end with CR alone, so it is one line",
        advice: "save it with LF or CR LF as line ends")
    }
    guard bytes.contains(0) else { return }
    let line = SourceLines(bytes).first { bytes[$0.start..<$0.end].contains(0) }
    throw CellsFileError(
      .containsNUL, file: file, line: line?.number, problem: "this line has a NUL byte, so this is no text",
      advice: "remove the byte, or check that this is the file you mean")
  }

  // MARK: - Header and sections

  /// Where the header's last line ends; where the text begins when there is none. A byte order mark and a `#!`
  /// line may come first.
  private func endOfHeader() throws(CellsFileError) -> Int {
    let begin = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
    var lines = SourceLines(bytes, in: begin..<bytes.count)
    var first = lines.next()
    if let line = first, slice(line).hasPrefix("#!") { first = lines.next() }
    guard let first, isRule(first) else { return begin }
    while let line = lines.next(), slice(line).hasPrefix("#"), !CellMarker.isMarker(slice(line)) {
      if isRule(line) { return line.next }
    }
    throw CellsFileError(
      .unterminatedHeader, file: file, line: first.number, problem: "the header that begins here has no end",
      advice: "close it with a line `# ---` before the first cell")
  }

  private func isRule(_ line: SourceLine) -> Bool {
    slice(line).trimmed.elementsEqual("# ---".utf8) && slice(line).first == UInt8(ascii: "#")
  }

  /// A cell's place in the file.
  private struct Section {
    /// None where the file begins with unmarked code.
    let marker: SourceLine?
    let body: Range<Int>
    let bodyLine: Int

    var start: Int { marker?.start ?? body.lowerBound }
  }

  private func sections(after headerEnd: Int) throws(CellsFileError) -> [Section] {
    let headerLines = bytes[..<headerEnd].count { $0 == UInt8(ascii: "\n") }
    var sections: [Section] = []
    var marker: SourceLine?
    // Where unmarked code begins, if the text before the first marker is more than comments.
    var firstText: SourceLine?
    var isCode = false
    func close(at end: Int) {
      if let marker {
        sections.append(Section(marker: marker, body: marker.next..<end, bodyLine: marker.number + 1))
      } else if let firstText, isCode {
        sections.append(Section(marker: nil, body: firstText.start..<end, bodyLine: firstText.number))
      }
    }
    for line in SourceLines(bytes, in: headerEnd..<bytes.count, firstNumber: headerLines + 1) {
      // Most lines are code, which the first byte of each tells.
      guard let first = firstByte(of: line), marker == nil || first == UInt8(ascii: "#") else { continue }
      let text = slice(line)
      if first == UInt8(ascii: "#"), CellMarker.isMarker(text) {
        close(at: line.start)
        marker = line
        guard sections.count < CellsFile.maximumCells else {
          throw CellsFileError(
            .tooManyCells, file: file, line: line.number,
            problem: "the file has more than \(CellsFile.maximumCells) cells",
            advice: "split it into several notebooks")
        }
      } else if marker == nil {
        if text.hasPrefix("#>"), !isCode { throw misplacedOutput(line.number) }
        firstText = firstText ?? line
        isCode = isCode || !isComment(text)
      }
    }
    close(at: bytes.count)
    return sections
  }

  /// Whether the language takes the whole line for a comment: `#"` and `##` may begin a raw string.
  private func isComment(_ line: ArraySlice<UInt8>) -> Bool {
    let text = line.drop { $0.isBlank }
    return text.hasPrefix("//")
      || text.hasPrefix("#") && !text.hasPrefix("##") && !text.hasPrefix("#\"")
  }

  // MARK: - Cells

  private func cell(_ section: Section, ordinal: Int, isLast: Bool) throws(CellsFileError) -> Cell {
    var marker = CellMarker()
    if let line = section.marker {
      do throws(CellsFileError) {
        marker = try CellMarker(reading: slice(line))
      } catch {
        throw error.at(line.number, in: file)
      }
    }
    let body = try marker.kind == .code ? code(section) : comments(section, marker.kind)
    var cell = Cell(
      number: marker.number, kind: marker.kind, title: marker.title, metadata: marker.metadata,
      source: body.source, storedOutputs: body.outputs)
    cell.written = Written(
      marker: section.marker.map { text($0.start..<$0.next) } ?? "", sign: marker.sign,
      isNumbered: marker.number != nil, body: text(section.body.lowerBound..<body.end),
      gap: text(body.end..<section.body.upperBound), bodyLine: section.bodyLine, ordinal: ordinal,
      isLast: isLast,
      number: cell.number, kind: cell.kind, title: cell.title, metadata: cell.metadata,
      source: cell.source, storedOutputs: cell.storedOutputs)
    return cell
  }

  private struct Body {
    var source: String
    var outputs: [String]
    /// Where the blank lines after it begin.
    var end: Int
  }

  /// Reads code: source, then the `#>` lines that end it.
  private func code(_ section: Section) throws(CellsFileError) -> Body {
    var sourceEnd = section.body.lowerBound
    var firstOutput: SourceLine?
    var end = section.body.lowerBound
    for line in SourceLines(bytes, in: section.body, firstNumber: section.bodyLine) {
      guard let first = firstByte(of: line) else { continue }
      let isOutput = first == UInt8(ascii: "#") && slice(line).hasPrefix("#>")
      if let firstOutput {
        // Something follows, or a blank line tore the outputs apart.
        guard isOutput, line.start == end else { throw misplacedOutput(firstOutput.number) }
      } else if isOutput {
        firstOutput = line
      } else {
        sourceEnd = line.next
      }
      end = line.next
    }
    var outputs: [String] = []
    if let firstOutput {
      for line in SourceLines(bytes, in: firstOutput.start..<end) {
        let text = slice(line).dropFirst(2)
        outputs.append((text.first == UInt8(ascii: " ") ? text.dropFirst() : text).string)
      }
    }
    return Body(source: code(section.body.lowerBound..<sourceEnd), outputs: outputs, end: end)
  }

  /// The lines of a range, joined by `\n`.
  private func code(_ range: Range<Int>) -> String {
    if bytes[range].contains(UInt8(ascii: "\r")) { return joined(range) { $0 } }
    let endsWithLine = bytes[range].last == UInt8(ascii: "\n")
    return text(range.lowerBound..<range.upperBound - (endsWithLine ? 1 : 0))
  }

  /// Reads text behind comment signs. Blank lines within are blank lines of the text.
  private func comments(_ section: Section, _ kind: Cell.Kind) throws(CellsFileError) -> Body {
    var end = section.body.lowerBound
    for line in SourceLines(bytes, in: section.body, firstNumber: section.bodyLine) {
      let text = slice(line).drop { $0.isBlank }
      guard let first = text.first else { continue }
      guard first == UInt8(ascii: "#") else {
        throw CellsFileError(
          .uncommentedText, file: file, line: line.number,
          problem: "this line of a \(kind.rawValue) cell is not a comment",
          advice: "begin it with `# `, or begin a code cell before it with a line `# %%`")
      }
      end = line.next
    }
    let source = joined(section.body.lowerBound..<end) { line in
      let text = line.drop { $0.isBlank }.dropFirst()
      return text.first == UInt8(ascii: " ") ? text.dropFirst() : text
    }
    return Body(source: source, outputs: [], end: end)
  }

  private func misplacedOutput(_ line: Int) -> CellsFileError {
    CellsFileError(
      .misplacedOutput, file: file, line: line,
      problem: "`#>` marks stored outputs, and they end a cell, but something follows here",
      advice: "move these lines to the end of their cell, or write an ordinary comment with `# `")
  }

  /// Gives numbers to the code cells that have none, after checking those that do.
  private func number(_ cells: inout [Cell], _ sections: [Section]) throws(CellsFileError) {
    var lineOfNumber: [Int: Int] = [:]
    for (cell, section) in zip(cells, sections) {
      guard let number = cell.number, let line = section.marker?.number else { continue }
      if let first = lineOfNumber.updateValue(line, forKey: number) {
        throw CellsFileError(
          .duplicateNumber(number), file: file, line: line,
          problem: "there is a cell \(number) already, in line \(first)",
          advice: "give one of the two another number, or none")
      }
    }
    var next = (lineOfNumber.keys.max() ?? 0) + 1
    for index in cells.indices where cells[index].kind == .code && cells[index].number == nil {
      guard next <= Notebook.maximumNumber else {
        throw CellsFileError(
          .numbersExhausted, file: file, line: sections[index].marker?.number ?? sections[index].bodyLine,
          problem: "there is no number left for this cell: they end at \(Notebook.maximumNumber)",
          advice: "give this cell a lower number")
      }
      cells[index].number = next
      cells[index].written?.number = next
      cells[index].hasCountedNumber = true
      next += 1
    }
  }

  // MARK: - Text

  private func slice(_ line: SourceLine) -> ArraySlice<UInt8> { bytes[line.start..<line.end] }

  /// The first byte of a line that is no space or tab; nil where there is none.
  private func firstByte(of line: SourceLine) -> UInt8? {
    var place = line.start
    while place < line.end {
      if !bytes[place].isBlank { return bytes[place] }
      place += 1
    }
    return nil
  }

  private func text(_ range: Range<Int>) -> String { bytes[range].string }

  /// The lines of a range, each changed, joined by `\n`.
  private func joined(_ range: Range<Int>, _ change: (ArraySlice<UInt8>) -> ArraySlice<UInt8>) -> String {
    var result: [UInt8] = []
    result.reserveCapacity(range.count)
    for line in SourceLines(bytes, in: range) {
      if line.start > range.lowerBound { result.append(UInt8(ascii: "\n")) }
      result += change(slice(line))
    }
    return String(decoding: result, as: UTF8.self)
  }
}
