import Foundation

/// Why a notebook's file could not be read, parsed or written: which file, where in it, what is wrong, what to do.
public struct CellsFileError: Error, Equatable, Sendable, CustomStringConvertible {
  /// What kind of thing went wrong, for code that decides by it.
  public enum Reason: Equatable, Sendable {
    /// Two cells have this number.
    case duplicateNumber(Int)
    /// A `#>` line with something of the cell after it.
    case misplacedOutput
    /// The header that began with `# ---` has no end.
    case unterminatedHeader
    /// A marker line with a value that is not JSON, or one that is too long.
    case unreadableMarker
    /// A line of a markdown or raw cell that is no comment.
    case uncommentedText
    case invalidUTF8
    case containsNUL
    case badLineEnds
    case tooLarge
    case tooManyCells
    /// The numbers above the file's highest are used up.
    case numbersExhausted
    /// A cell's source has a line that the file would take for a marker.
    case markerInSource
    /// A cell's source has a line that the file would take for a stored output.
    case outputInSource
    /// Something else of a notebook cannot be written so that it reads back the same.
    case unrepresentable
    /// A Jupyter notebook that is not JSON.
    case invalidJSON
    /// A Jupyter notebook in a version of its format that is not read.
    case unsupportedVersion
    /// A Jupyter notebook with something else, or nothing, where the format wants a value.
    case unexpectedValue
    /// There is no such file, or no such folder to save in.
    case missing
    case isFolder
    /// A device, a pipe or a socket, which a saved file must not replace.
    case notOrdinary
    case noPermission
    /// Another failure of the system, with its `errno`.
    case system(Int32)
  }

  public var reason: Reason
  /// The file's name as the caller gave it.
  public var file: String
  /// The cell at fault, where a notebook was to be written.
  public var cell: Int?
  /// The place of that cell among the notebook's, counted from 0; a text has no number.
  var place: Int?
  /// The line in the file, or within the cell when `cell` is given, counted from 1.
  public var line: Int?
  /// The way to the value at fault in a Jupyter notebook, as `cells[2].source`.
  public var key: String?
  /// What is wrong, in one sentence without a full stop.
  public var problem: String
  /// What to do about it, in one sentence without a full stop.
  public var advice: String
  /// Whether the system refused to write the file, which could be read or was not there yet.
  public internal(set) var isOfWriting = false

  init(
    _ reason: Reason, file: String = "", cell: Int? = nil, line: Int? = nil, key: String? = nil,
    problem: String,
    advice: String
  ) {
    self.reason = reason
    self.file = file
    self.cell = cell
    self.line = line
    self.key = key
    self.problem = problem
    self.advice = advice
  }

  /// The same error with its place.
  func at(_ line: Int, in file: String) -> CellsFileError {
    var error = self
    (error.file, error.line) = (file, line)
    return error
  }

  /// The same error of a notebook that was to be written and came from one of Jupyter's: with the way to the value there.
  public func inJupyterNotebook(_ file: String) -> CellsFileError {
    guard let place else { return self }
    var error = self
    (error.file, error.cell) = (file, nil)
    error.key = "cells[\(place)]" + (line == nil ? "" : ".source")
    return error
  }

  /// `tutorial.cells, line 12: two cells have the number 3; give one of them another number`
  public var description: String {
    let way = [file.isEmpty ? nil : file, cell.map { "cell [\($0)]" }, key, line.map { "line \($0)" }]
    let known = way.compactMap { $0 }.joined(separator: ", ")
    return (known.isEmpty ? "" : known + ": ") + problem + "; " + advice
  }
}
