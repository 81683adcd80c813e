import ArgumentParser
import Language

extension Routebook {
  /// Reads the command line as ``parseAsRoot(_:)`` does, which makes the definitions of all options of a subcommand four
  /// times: a third of the program's start. A subcommand that is asked alone makes them twice, and those of completion
  /// scripts not at all where it says what it is a part of. Where it does not take the arguments, as for help and errors,
  /// all commands are asked.
  static func parseQuickly(_ arguments: [String]) throws -> any ParsableCommand {
    if let command = subcommandAlone(arguments) { return command }
    do {
      return try parseAsRoot(arguments)
    } catch {
      // It was taken for a file, and what is told would be of what stands behind it.
      if let word = arguments.first, arguments.count > 1, let meant = mistyped(word) {
        throw ValidationError("there is no command '\(word)'. Did you mean '\(meant)'?")
      }
      throw error
    }
  }

  /// The subcommand that a word was meant to be, which is none.
  private static func mistyped(_ word: String) -> String? {
    let names = configuration.subcommands.map { $0._commandName }
    guard word.allSatisfy(\.isLetter), !names.contains(word) else { return nil }
    return Suggestion.nearest(to: word, among: names)
  }

  private static func subcommandAlone(_ arguments: [String]) -> (any ParsableCommand)? {
    if arguments.contains(where: ["--version", "--help", "-h"].contains) { return nil }
    let named = { name in configuration.subcommands.first { $0._commandName == name } }
    if let first = arguments.first, let subcommand = named(first) {
      return try? subcommand.parse(Array(arguments.dropFirst()))
    }
    // A subcommand's name may come behind options, too.
    guard !arguments.contains(where: { named($0) != nil || $0 == "help" }) else { return nil }
    return try? OpenNotebook.parse(arguments)
  }
}
