import KernelCore
import Language
import Notebooks

/// Brings the code of cells files into one style.
public struct Format {
  private let changesFiles: Bool
  private let usesColor: Bool

  /// - Parameters:
  ///   - changesFiles: false only tells which files are not in the style.
  ///   - usesColor: whether standard error gets colours.
  public init(changesFiles: Bool, usesColor: Bool) {
    self.changesFiles = changesFiles
    self.usesColor = usesColor
  }

  /// Formats each file, or standard input, whose text goes to standard output. All but the code stays as it is, byte for
  /// byte. A file with an error in a cell is left as it is.
  ///
  /// - Returns: of the last file that could not be formatted `.badFile` where it cannot be read or parsed and
  ///   `.outputLost` where it cannot be written; else `.outputsDiffer` where files would change and must not.
  public func run(_ paths: [String]) -> ExitStatus {
    var status = ExitStatus.success
    for path in paths {
      do throws(UnattendedFailure) {
        let isInStyle = try format(path)
        if !isInStyle, !changesFiles, status == .success { status = .outputsDiffer }
      } catch {
        status = error.status
      }
    }
    return status == .success && Stream.hasLostOutput ? .outputLost : status
  }

  /// Gives whether nothing was to be changed.
  private func format(_ path: String) throws(UnattendedFailure) -> Bool {
    guard NotebookFile.Format(ofFileAt: path) == .cells else {
      throw fail(
        "\(path) is a Jupyter notebook, whose outputs belong to its code as it is; `routebook convert` makes a cells"
          + " file of it, which can be formatted")
    }
    var notebook = try readNotebook(path)
    let changed = try reformat(&notebook, path)
    if changesFiles, !changed.isEmpty, path != standardInput, !CellsFile.isWaitless(path) {
      throw fail("\(path) is a pipe or a device and cannot be written anew; - formats standard input")
    }
    do throws(CellsFileError) {
      if path == standardInput, changesFiles {
        Stream.writeOutput(try CellsFile.serialize(notebook, name: fileName(path)))
      } else if !changed.isEmpty {
        if changesFiles { try CellsFile.save(notebook, to: path) }
        Stream.write(
          "\(fileName(path)): \(changesFiles ? "formatted" : "not in the style:") \(list(changed))")
      }
    } catch {
      throw fail("\(error)", ExitStatus(error))
    }
    return changed.isEmpty
  }

  /// Formats the code cells of a notebook; gives the numbers of those that changed. Where one cannot be formatted, no
  /// cell is changed.
  private func reformat(_ notebook: inout Notebook, _ path: String) throws(UnattendedFailure) -> [Int] {
    var formatted: [(number: Int, source: String)] = []
    var hasErrors = false
    for cell in sources(of: notebook, in: path) {
      do throws(SourceFormatter.Refusal) {
        let text = try SourceFormatter.format(cell)
        if let number = cell.cell, text != cell.text { formatted.append((number, text)) }
      } catch {
        Stream.complain(ErrorRenderer(usesColor: usesColor).render(error.diagnostics, in: cell) + "\n")
        hasErrors = true
      }
    }
    if hasErrors { throw fail("\(fileName(path)) has errors and is left as it is") }
    do {
      for (number, source) in formatted { try notebook.reformat(number, source: source) }
    } catch {
      throw fail("\(fileName(path)): \(error)")
    }
    return formatted.map(\.number)
  }

  private func fail(_ message: String, _ status: ExitStatus = .badFile) -> UnattendedFailure {
    Stream.complain(message)
    return UnattendedFailure(status: status)
  }

  private func list(_ numbers: [Int]) -> String {
    let shown = numbers.prefix(20).map { "[\($0)]" }.joined(separator: " ")
    return numbers.count > 20 ? "\(shown) and \(numbers.count - 20) more cells" : shown
  }
}
