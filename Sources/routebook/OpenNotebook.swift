import ArgumentParser
import Console
import Foundation

struct OpenNotebook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notebook", _superCommandName: Routebook.name,
    abstract: "Opens the interactive notebook (the default).")

  @OptionGroup var options: KernelOptions
  @Argument(
    help: "A cells file or Jupyter notebook to open: all its cells are run, then the prompt comes.",
    completion: .file(extensions: ["cells", "ipynb"]))
  var file: String?

  @Flag(help: "Open the file without running its cells.")
  var noRun = false

  func run() throws {
    var prompt = Prompt.Options()
    prompt.version = Routebook.version
    prompt.usesColor = options.usesColor
    prompt.runsCells = !noRun
    let configuration = try options.configuration(inspects: true)
    let opensBrowser = !options.noBrowser
    let status = try MainActor.assumeIsolated {
      try Prompt(configuration, prompt, opensBrowser: opensBrowser).run(file: file)
    }
    if status != .success { throw ExitCode(status.rawValue) }
  }
}
