import Glibc

/// The browser that a person names in `$BROWSER`: commands with colons between them, the first that there is. `%s` in
/// one stands for the address, which otherwise comes last.
///
/// xdg-open honours the variable only where it knows no desktop and no program for web pages.
struct BrowserCommand: Equatable {
  /// The program's path, then what comes before and behind the address.
  private let words: [String]

  /// Nil where no command of the list is found in `path`.
  init?(_ list: String, path folders: [String]) {
    let commands = list.split(separator: ":").map { $0.split(separator: " ").map(String.init) }
    for command in commands {
      guard let name = command.first, let program = Self.find(name, in: folders) else { continue }
      words = [program] + command.dropFirst()
      return
    }
    return nil
  }

  private static func find(_ name: String, in folders: [String]) -> String? {
    let places = name.contains("/") ? [name] : folders.map { "\($0)/\(name)" }
    return places.first { access($0, X_OK) == 0 }
  }

  /// The words to start it with, the program first.
  func arguments(for address: String) -> [String] {
    guard words.dropFirst().contains(where: { $0.contains("%s") }) else { return words + [address] }
    return words.prefix(1) + words.dropFirst().map { $0.replacing("%s", with: address) }
  }
}
