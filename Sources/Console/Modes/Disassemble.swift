import KernelCore
import Language
import Notebooks

/// Shows what the cells of a file are compiled to.
public struct Disassemble {
  private let usesColor: Bool

  /// - Parameter usesColor: whether standard error gets colours.
  public init(usesColor: Bool) { self.usesColor = usesColor }

  /// Writes the programs of a file's code cells to standard output, or that of one of them.
  ///
  /// - Parameter number: the cell's number; nil shows all.
  /// - Returns: `.badFile` where the file cannot be read, has no such cell, or a cell has errors, which standard error
  ///   gets; the other cells are shown all the same.
  public func run(_ path: String, cell number: Int?) -> ExitStatus {
    var status = ExitStatus.success
    do throws(UnattendedFailure) {
      let cells = sources(of: try readNotebook(path), in: path)
      let checked = try withUnlistenedKernel { $0.check(cells, isWhole: false, keepsPrograms: true) }
      let wanted = zip(cells, checked).filter { number == nil || $0.0.cell == number }
      if wanted.isEmpty, let number { throw noSuchCell(number, path, cells) }
      for (cell, result) in wanted {
        if let program = result.program {
          Stream.write(Disassembler(program).text() + "\n")
        } else {
          Stream.complain(ErrorRenderer(usesColor: usesColor).render(result.diagnostics, in: cell) + "\n")
          status = .badFile
        }
      }
    } catch {
      return error.status
    }
    return status == .success && Stream.hasLostOutput ? .outputLost : status
  }

  private func noSuchCell(_ number: Int, _ path: String, _ cells: [SourceText]) -> UnattendedFailure {
    let numbers = cells.compactMap(\.cell)
    let range = numbers.isEmpty ? "it has no code cells" : "its cells are \(list(numbers))"
    Stream.complain("\(fileName(path)) has no cell [\(number)]; \(range)")
    return UnattendedFailure(status: .badFile)
  }

  private func list(_ numbers: [Int]) -> String {
    let shown = numbers.prefix(12).map { "[\($0)]" }.joined(separator: ", ")
    return numbers.count > 12 ? "\(shown) and \(numbers.count - 12) more" : shown
  }
}
