import Language

/// A command of the prompt: `%name` alone on its line.
struct Command {
  let name: String
  /// What may follow the name, for people: `[3 | 3-5 | all]`.
  let usage: String
  let explanation: String
  let run: @MainActor (Prompt, String) -> Void

  /// All commands, in the order in which help lists them.
  @MainActor static let all: [Command] = cellCommands + kernelCommands + requestCommands + fileCommands

  /// Finds a command by its name or an unambiguous beginning of it.
  @MainActor static func find(_ word: String) -> Result<Command, CommandProblem> {
    if word.isEmpty { return .failure(CommandProblem("a command's name follows the %; %help lists them")) }
    if let exact = all.first(where: { $0.name == word }) { return .success(exact) }
    let matching = all.filter { $0.name.hasPrefix(word) }
    if matching.count == 1 { return .success(matching[0]) }
    if matching.count > 1 {
      let names = matching.map { "%\($0.name)" }.joined(separator: ", ")
      return .failure(CommandProblem("%\(word) could be \(names)"))
    }
    let near = Suggestion.nearest(to: word, among: all.map(\.name))
    return .failure(
      CommandProblem(
        "there is no command %\(word)" + (near.map { "; did you mean %\($0)?" } ?? "; %help lists them")))
  }
}

/// What is wrong with a command as it was typed, and what to do.
struct CommandProblem: Error {
  let message: String
  init(_ message: String) { self.message = message }
}

/// The cells that an argument names: `3`, `3-5`, `all`, `failed`, `stale`, or several of them.
enum CellSelection {
  /// Whether a text names cells, be they there or not, rather than being one.
  static func isMeant(by text: String) -> Bool {
    text.split(whereSeparator: { $0 == " " || $0 == "," }).allSatisfy { part in
      ["all", "failed", "stale"].contains(part)
        || part.split(separator: "-", omittingEmptySubsequences: false).allSatisfy { Int($0) != nil }
    }
  }

  /// In the order in which they are named, each once.
  ///
  /// - Parameters:
  ///   - numbers: the cells there are.
  ///   - failed: those of them that did not succeed.
  ///   - stale: those that would come to something else now.
  ///   - advice: what to write in the place of what names no cell.
  static func parse(
    _ text: String, among numbers: [Int], failed: [Int] = [], stale: @autoclosure () -> [Int] = [],
    advice: String = "3, 3-5 or all"
  ) -> Result<[Int], CommandProblem> {
    var chosen: [Int] = []
    let parts = text.split(whereSeparator: { $0 == " " || $0 == "," })
    if parts.isEmpty { return .failure(CommandProblem("no cell is named; write \(advice)")) }
    for part in parts {
      if part == "all" {
        chosen += numbers
        continue
      }
      if part == "failed" {
        if failed.isEmpty { return .failure(CommandProblem("no cell has failed")) }
        chosen += failed
        continue
      }
      if part == "stale" {
        let stale = stale()
        if stale.isEmpty { return .failure(CommandProblem("no cell is stale")) }
        chosen += stale
        continue
      }
      let bounds = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      if bounds.count == 1, let number = bounds[0] {
        guard numbers.contains(number) else { return .failure(missing(number, numbers)) }
        chosen.append(number)
      } else if bounds.count == 2, let first = bounds[0], let last = bounds[1] {
        // From where the one stands to where the other does, whatever lies between.
        guard let start = numbers.firstIndex(of: first) else { return .failure(missing(first, numbers)) }
        guard let end = numbers.firstIndex(of: last) else { return .failure(missing(last, numbers)) }
        guard start <= end else {
          return .failure(
            CommandProblem("cell [\(last)] stands before cell [\(first)]; write \(last)-\(first)"))
        }
        chosen += numbers[start...end]
      } else {
        return .failure(CommandProblem("\"\(part)\" names no cell; write \(advice)"))
      }
    }
    var seen: Set<Int> = []
    return .success(chosen.filter { seen.insert($0).inserted })
  }

  private static func missing(_ number: Int, _ numbers: [Int]) -> CommandProblem {
    if numbers.isEmpty { return CommandProblem("there is no cell [\(number)]: the notebook is empty") }
    return CommandProblem("there is no cell [\(number)]; %cells lists them")
  }
}
