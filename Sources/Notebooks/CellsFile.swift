import Foundation

/// The cells file: a notebook as a text that is itself a program, in jupytext's percent format with `#`.
///
/// What was read and not changed is written back byte for byte; what was changed reads back the same.
public enum CellsFile {
  /// The greatest size of a file, in bytes.
  public static let maximumSize = 16 * 1024 * 1024
  /// The greatest number of cells in a file.
  public static let maximumCells = 100_000

  /// Reads a notebook from a file's text. `name` is the file's name for errors.
  ///
  /// Cells without a number get those after the file's highest, in order. Throws where a line can't be read;
  /// then nothing of the file is to be run.
  public static func parse(_ text: String, name: String) throws(CellsFileError) -> Notebook {
    try CellsFileReader(Array(text.utf8), file: name).notebook()
  }

  /// Reads a notebook from a file's bytes, as `parse(_:name:)` does; throws as well where they are not UTF-8.
  public static func parse(bytes: [UInt8], name: String) throws(CellsFileError) -> Notebook {
    let reader = CellsFileReader(bytes, file: name)
    try reader.checkEncoding()
    return try reader.notebook()
  }

  /// The text of a notebook's file. `name` is the file's name for errors.
  ///
  /// Throws when the text would not read back as this notebook: a line of a source looks like a marker or a
  /// stored output, a title begins with a number, the file would be too large.
  public static func serialize(_ notebook: Notebook, name: String = "") throws(CellsFileError) -> String {
    try CellsFileWriter(notebook, file: name).text()
  }

  /// The first line, counted from 1, that the file would take for the beginning of another cell, even inside
  /// a string or a comment. There is no way to escape it, so a source with one is refused where it is entered.
  public static func markerLine(in source: String, kind: Cell.Kind = .code) -> Int? {
    line(in: source) { line in
      CellMarker.isMarker(kind == .code ? line : "# ".utf8 + line)
    }
  }

  /// The first line of code, counted from 1, that no cells file could hold: it would be taken for the beginning of
  /// another cell or for a stored output.
  public static func unstorableLine(in source: String) -> Int? {
    markerLine(in: source) ?? outputLine(in: source)
  }

  /// The first line of code, counted from 1, that the file would take for a stored output.
  static func outputLine(in source: String) -> Int? {
    line(in: source) { $0.hasPrefix("#>") }
  }

  /// The first line that something is true of.
  private static func line(in source: String, where test: (ArraySlice<UInt8>) -> Bool) -> Int? {
    let bytes = Array(source.utf8)
    return SourceLines(bytes).first { test(bytes[$0.start..<$0.end]) }?.number
  }
}
