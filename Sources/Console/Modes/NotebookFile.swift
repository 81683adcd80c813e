import Foundation
import KernelCore
import Language
import Notebooks

/// Whether a notebook says itself where it is served: some cell of it calls `listen`.
func callsListen(_ notebook: Notebook) -> Bool {
  notebook.codeCells.contains { cell in
    // As a rule no text needs to be read for this.
    guard mentions("listen", cell.source) else { return false }
    let source = SourceText(name: "cell", text: cell.source)
    let parsed = Parser.parse(source)
    return Resolver.resolve(parsed.program, source: source, globals: GlobalScope()).reads["listen"] != nil
  }
}

/// Whether a text has a word of ASCII in it, by itself or within another.
private func mentions(_ word: String, _ text: String) -> Bool {
  let (text, word) = (Array(text.utf8), Array(word.utf8))
  guard let first = word.first, text.count >= word.count else { return false }
  return (0...(text.count - word.count)).contains { place in
    text[place] == first && text[place...].starts(with: word)
  }
}

/// Says so where more than this machine is let in, which nobody should learn by surprise.
func warnIfOthersCanReach(_ configuration: KernelConfiguration) {
  guard configuration.isBeyondThisMachine else { return }
  Stream.complain("--host \(configuration.host): whoever reaches this machine can reach its routes")
}

/// How a run of the program ended, as its exit status.
public enum ExitStatus: Int32, Sendable {
  case success = 0
  /// A file that cannot be read or parsed.
  case badFile = 2
  case cellFailed = 3
  case outputsDiffer = 4
  case usage = 64
  /// Standard output, or a file, could not be written.
  case outputLost = 74

  /// What an error of a notebook's file comes to.
  init(_ error: CellsFileError) { self = error.isOfWriting ? .outputLost : .badFile }
}

/// Why a file cannot be run without a prompt; standard error has been told.
struct UnattendedFailure: Error {
  let status: ExitStatus
  /// What it has been told.
  var problem: String?
}

/// What stands for standard input in place of a file's path.
let standardInput = "-"

/// What messages call a file.
func fileName(_ path: String) -> String { path == standardInput ? "standard input" : path }

/// Reads a notebook: a cells file, or a Jupyter notebook where the name ends in `.ipynb`; `-` is a cells file on
/// standard input.
///
/// - Throws: `UnattendedFailure` where it cannot be read.
func readNotebook(_ path: String) throws(UnattendedFailure) -> Notebook {
  let contents = try readContents(path, as: NotebookFile.Format(ofFileAt: path))
  tellForeignLanguage(of: contents, in: path)
  return contents.notebook
}

/// Reads a file in a format; `-` is standard input.
///
/// - Throws: `UnattendedFailure` where it cannot be read.
func readContents(
  _ path: String, as format: NotebookFile.Format
) throws(UnattendedFailure) -> NotebookFile.Contents {
  do throws(CellsFileError) {
    if path != standardInput { return try NotebookFile.load(path, as: format) }
    // A byte more than may be shows that there is too much.
    let bytes = (try? FileHandle.standardInput.read(upToCount: format.maximumSize + 1)) ?? Data()
    return try NotebookFile.parse(Array(bytes), as: format, name: fileName(path))
  } catch {
    Stream.complain("\(error)")
    throw UnattendedFailure(status: .badFile, problem: "\(error)")
  }
}

/// Says so where a Jupyter notebook is in another language.
func tellForeignLanguage(of contents: NotebookFile.Contents, in path: String) {
  guard let language = contents.foreignLanguage else { return }
  Stream.complain("\(fileName(path)) says that its language is \(language); its code is read as Routebook's")
}

/// The code cells of a notebook as texts that say where in their file they stand.
func sources(of notebook: Notebook, in path: String) -> [SourceText] {
  notebook.codeCells.map { cell in
    let place = cell.firstLine.map {
      SourceText.FilePlace(path: fileName(path), line: $0)
    }
    return SourceText(cell: cell.number ?? 0, text: cell.source, file: place)
  }
}

/// Starts a kernel for a notebook, listening already where its cells don't say where.
///
/// - Parameters:
///   - takesAnyPort: whether another port will do where another program has the usual one; that is told.
///   - holdsRequests: whether requests wait from the first on, as by `KernelHandle.holdRequests`.
func openUnattended(
  _ notebook: Notebook, _ configuration: KernelConfiguration, _ events: EventQueue,
  takesAnyPort: Bool = false,
  holdsRequests: Bool = false
) throws(UnattendedFailure) -> KernelHandle {
  do {
    let kernel = try KernelHandle(configuration) { events.post($0) }
    if holdsRequests { kernel.holdRequests() }
    if !callsListen(notebook), let instead = try kernel.listenByDefault(takesAnyPort: takesAnyPort) {
      Stream.complain(instead)
    }
    return kernel
  } catch {
    Stream.complain("error: \(error)")
    throw UnattendedFailure(status: .cellFailed)
  }
}

extension KernelHandle {
  /// Listens where a notebook without `listen` is served, or on any free port.
  ///
  /// - Parameter takesAnyPort: whether another port will do where another program has the usual one.
  /// - Returns: what to say where it has come to that.
  func listenByDefault(takesAnyPort: Bool) throws -> String? {
    do {
      try listenByDefault()
      return nil
    } catch {
      guard takesAnyPort, let address = try? listen(onPort: 0) else { throw error }
      // The sentence goes on with what to do, which has been done.
      return "\("\(error)".prefix { $0 != ";" }); serving \(address) instead"
    }
  }

  /// Lets requests under way end within `grace`, then ends everything; meanwhile what comes is told as it comes.
  ///
  /// - Parameter tell: tells what has come; waits for it at most so many seconds.
  func shutDown(
    grace: Duration, lingering: Duration = .zero, telling events: EventQueue, _ tell: (TimeInterval) -> Void
  ) {
    let end = Slot<Bool>()
    Thread.detachNewThread {
      self.shutDown(grace: grace, lingering: lingering)
      end.set(true)
      events.wake()
    }
    while end.value == nil { tell(1) }
    tell(0)
  }
}
