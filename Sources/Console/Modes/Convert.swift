import Notebooks

/// Makes a Jupyter notebook of a cells file, or a cells file of a Jupyter notebook.
public struct Convert {
  public typealias Format = NotebookFile.Format

  private let input: String
  private let output: String
  private let source: Format
  private let target: Format

  /// What is wrong with the wish, in a sentence for the person.
  public struct Refusal: Error, Equatable, CustomStringConvertible {
    public let description: String
  }

  /// - Parameters:
  ///   - input: the file to read; `-` is standard input.
  ///   - output: the file to write; `-` is standard output.
  ///   - source: the format of the input, where its name doesn't say it.
  ///   - target: the format of the output.
  public init(from input: String, to output: String, source: Format?, target: Format?) throws(Refusal) {
    self.input = input
    self.output = output
    // One end says what the other is: there are two formats.
    let known = (source ?? Convert.format(of: input), target ?? Convert.format(of: output))
    switch known {
    case (let source?, let target?): (self.source, self.target) = (source, target)
    case (let source?, nil): (self.source, self.target) = (source, Convert.other(than: source))
    case (nil, let target?): (self.source, self.target) = (Convert.other(than: target), target)
    case (nil, nil):
      throw Refusal(
        description: "neither name ends in .cells or .ipynb; say what they are with --from and --to")
    }
    guard self.source != self.target else {
      let format = self.source == .cells ? "cells files" : "Jupyter notebooks"
      throw Refusal(description: "both are \(format), so there is nothing to convert; `cp` copies a file")
    }
  }

  private static func format(of path: String) -> Format? {
    if path.lowercased().hasSuffix(".cells") { return .cells }
    return NotebookFile.Format(ofFileAt: path) == .jupyter ? .jupyter : nil
  }

  private static func other(than format: Format) -> Format { format == .cells ? .jupyter : .cells }

  /// Converts. An output that exists is brought up to date, and left as it is where it can't be read.
  ///
  /// - Returns: `.badFile` where a file cannot be read, `.outputLost` where the output cannot be written.
  public func run() -> ExitStatus {
    do throws(UnattendedFailure) {
      let contents = try readContents(input, as: source)
      tellForeignLanguage(of: contents, in: input)
      do throws(CellsFileError) {
        try write(contents.notebook)
      } catch {
        // Whoever converts has the notebook as it is in the input.
        Stream.complain("\(source == .jupyter ? error.inJupyterNotebook(fileName(input)) : error)")
        return ExitStatus(error)
      }
      if target == .cells, !contents.leftOut.isEmpty {
        Stream.complain(
          "\(fileName(input)): a cells file has no place for \(contents.leftOut); left out")
      }
    } catch {
      return error.status
    }
    return Stream.hasLostOutput ? .outputLost : .success
  }

  private func write(_ notebook: Notebook) throws(CellsFileError) {
    if output == standardInput {
      Stream.writeOutput(
        try target == .jupyter
          ? JupyterNotebook.serialize(notebook, name: fileName(input))
          : CellsFile.serialize(notebook, name: fileName(input)))
    } else {
      try NotebookFile.update(output, with: notebook, as: target)
    }
  }
}
