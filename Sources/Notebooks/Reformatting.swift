extension Notebook {
  /// Replaces the source of a code cell by one that is only written differently. In the file all else of the
  /// cell stays as it was, byte for byte: its marker, its stored outputs, the blank lines around them.
  ///
  /// Throws where there is no such cell, and where the file would take a line of the source for something
  /// else: the beginning of a cell, or a stored output.
  public mutating func reformat(_ number: Int, source: String) throws {
    guard let cell = self[number] else { throw NotebookError.noCell(number, existing: codeNumbers) }
    if let line = CellsFile.unstorableLine(in: source) {
      throw CellsFileError(
        .outputInSource, cell: number, line: line,
        problem: "a comment of this cell would begin its line and be taken for something else",
        advice: "write it differently")
    }
    let newline = newline
    try update(number) { changed in
      changed.source = source
      changed.written = cell.written?.reformatted(source, newline: newline)
    }
  }
}

extension Written {
  /// What a file with this source would have.
  fileprivate func reformatted(_ newSource: String, newline: String) -> Written {
    let bytes = Array(body.utf8)
    var lines = SourceLines(bytes)
    var last: SourceLine?
    var newline = newline
    if !source.isEmpty {
      for _ in source.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
        let line = lines.next()
        if last == nil { newline = line?.lineEnd ?? newline }
        last = line
      }
    }
    guard let last else { return self }
    var written = self
    let text = newSource.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
      .map { String(Substring($0)) }
    written.source = newSource
    written.body = text.joined(separator: newline) + bytes[last.end...].string
    return written
  }
}
