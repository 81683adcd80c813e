import TestSupport

/// The built program with some arguments, run to its end.
struct Run {
  let exit: RunningProgram.Exit
  let output: String
  let errors: String

  /// - Parameter input: what comes by standard input; nil for none.
  init(_ arguments: [String], in folder: TemporaryFolder? = nil, input: String? = nil) throws {
    let program = try RunningProgram(
      BuiltProgram.path(), arguments, environment: Serving.environment, folder: folder?.path,
      input: input == nil ? .none : .stream)
    if let input {
      try program.write(input)
      program.closeInput()
    }
    exit = try program.waitForExit()
    output = program.output
    errors = program.errors
  }
}
