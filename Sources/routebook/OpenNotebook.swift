import ArgumentParser
import Console
import Foundation

struct OpenNotebook: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "notebook", abstract: "Opens the interactive notebook (the default).")

  @OptionGroup var options: KernelOptions
  @Argument(
    help: "A cells file to open: all its cells are run, then the prompt comes.",
    completion: .file(extensions: ["cells"]))
  var file: String?

  func run() throws {
  }
}
