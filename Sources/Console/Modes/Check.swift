import KernelCore
import Language
import Notebooks

/// Looks for errors in cells files without running anything.
public struct Check {
  private let usesColor: Bool

  /// - Parameter usesColor: whether standard error gets colours.
  public init(usesColor: Bool) { self.usesColor = usesColor }

  /// Checks each file on its own. Diagnostics go to standard error, a line about a file without errors to standard
  /// output.
  ///
  /// - Returns: `.badFile` where a file cannot be read or has an error; warnings are no failure.
  public func run(_ paths: [String]) -> ExitStatus {
    var status = ExitStatus.success
    for path in paths {
      do throws(UnattendedFailure) {
        if try hasErrors(path) { status = .badFile }
      } catch {
        status = error.status
      }
    }
    return status == .success && Stream.hasLostOutput ? .outputLost : status
  }

  private func hasErrors(_ path: String) throws(UnattendedFailure) -> Bool {
    let notebook = try readNotebook(path)
    let cells = sources(of: notebook, in: path)
    let unusable = OutputComparison.problems(of: notebook)
    for problem in unusable { Stream.complain(problem.description(in: path)) }
    let checked = try withUnlistenedKernel { $0.check(cells) }
    for (cell, result) in zip(cells, checked) where !result.diagnostics.isEmpty {
      Stream.complain(ErrorRenderer(usesColor: usesColor).render(result.diagnostics, in: cell) + "\n")
    }
    let all = checked.flatMap(\.diagnostics)
    let failed = all.count { $0.severity == .error }
    let errors = failed + unusable.count
    let isCut = checked.contains { $0.diagnostics.count { $0.severity == .error } >= Parser.diagnosticLimit }
    let found = [
      counted(errors, "error").map { isCut ? "at least \($0)" : $0 }, counted(all.count - failed, "warning"),
    ].compactMap(\.self)
    let summary =
      "\(fileName(path)): \(counted(cells.count, "cell") ?? "no cells"), "
      + (found.isEmpty ? "nothing wrong" : found.joined(separator: ", "))
    if errors > 0 { Stream.complain(summary) } else { Stream.write(summary) }
    return errors > 0
  }

  private func counted(_ count: Int, _ thing: String) -> String? {
    count == 0 ? nil : "\(count) \(thing)\(count == 1 ? "" : "s")"
  }
}

/// Starts a kernel that serves nothing, for what it knows of the language, and ends it afterwards.
func withUnlistenedKernel<Result>(_ body: (KernelHandle) -> Result) throws(UnattendedFailure) -> Result {
  do {
    let kernel = try KernelHandle(KernelConfiguration()) { _ in }
    defer { kernel.shutDown(grace: .zero) }
    return body(kernel)
  } catch {
    Stream.complain("error: \(error)")
    throw UnattendedFailure(status: .cellFailed)
  }
}
