import Foundation
import KernelCore
import Notebooks

// What the prompt writes to files besides the notebook.

extension Prompt {
  /// `%export trace 17 FILE.svg`.
  func export(_ argument: String) {
    let arguments: ExportArguments
    switch ExportArguments.parse(argument) {
    case .failure(let problem): return refuse(problem.message)
    case .success(let parsed): arguments = parsed
    }
    guard let waterfall = asked({ $0.trace(arguments.choice) }) else {
      return refuse(Prompt.missing(arguments.choice))
    }
    let target = Prompt.path(arguments.file)
    guard CellsFile.isWaitless(target) else {
      return refuse("\(target) is no file; a picture is written to one")
    }
    if Prompt.isForeign(target),
      !isConfirmed(
        .export(target),
        "\(target) exists and is no trace of Routebook; %export \(argument) again replaces it")
    {
      return
    }
    do throws(CellsFileError) {
      try TextFile.write(WaterfallSVG(waterfall).text, to: target)
    } catch {
      return refuse("\(error)")
    }
    say("wrote trace \(waterfall.trace.number), \(waterfall.trace.title), to \(target)")
  }

  /// Whether a file is there that `%export` has not written.
  private static func isForeign(_ path: String) -> Bool {
    guard isOrdinaryFile(path) else { return false }
    guard let file = FileHandle(forReadingAtPath: path) else { return true }
    let beginning = try? file.read(upToCount: WaterfallSVG.beginningLength)
    return !WaterfallSVG.isPicture(beginningWith: beginning ?? Data())
  }
}
