import ArgumentParser
import Console

struct ConvertFile: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "convert", _superCommandName: Routebook.name,
    abstract: "Makes a Jupyter notebook of a cells file, or a cells file of a Jupyter notebook.",
    discussion: """
      The names say which is which. A file that exists is brought up to date: a Jupyter notebook keeps its cells' ids, \
      attachments, metadata, and the outputs of cells whose code has not changed; a cells file keeps its spelling. \
      Where it can't be read it is left as it is, and the exit status is 2.

      EXAMPLES
        routebook convert api.cells api.ipynb
        routebook convert api.ipynb api.cells
        routebook convert --from ipynb - - < api.ipynb | less
      """)

  @Option(help: "What the input is, where its name doesn't say it: cells or ipynb.")
  var from: Convert.Format?
  @Option(help: "What the output is to be, where its name doesn't say it.")
  var to: Convert.Format?
  @Argument(
    help: "The file to read; - is standard input.", completion: .file(extensions: ["cells", "ipynb"]))
  var input: String
  @Argument(
    help: "The file to write; - is standard output.", completion: .file(extensions: ["cells", "ipynb"]))
  var output: String

  func run() throws {
    let conversion: Convert
    do {
      conversion = try Convert(from: input, to: output, source: from, target: to)
    } catch {
      throw ValidationError("\(error)")
    }
    let status = conversion.run()
    if status != .success { throw ExitCode(status.rawValue) }
  }
}

extension Convert.Format: ExpressibleByArgument {}
