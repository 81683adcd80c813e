import ArgumentParser
import Console

openStandardStreams()

do {
  var command = try Routebook.parseQuickly(Array(CommandLine.arguments.dropFirst()))
  try command.run()
} catch {
  let code = Routebook.exitCode(for: error)
  // Help and version are output as any other: where they cannot be written, that is told.
  guard code.isSuccess else { Routebook.exit(withError: error) }
  Routebook.exit(withError: ExitCode(Stream.writeWhole(Routebook.fullMessage(for: error)).rawValue))
}
