/// What `name?` says of a function, a member or a word of the language, and what stands beside it in a menu.
///
/// An entry is written as a paragraph: the signature, one or more lines of text, and an indented example with what it
/// gives, which a test runs. A signature says what a call gives behind an arrow, and has several forms with ` · `
/// between them.
struct HelpEntry: Sendable, Equatable {
  let name: String
  let signature: String
  let explanation: String
  let example: String

  /// The explanation's first sentence.
  var summary: String {
    let end = explanation.firstRange(of: ". ")?.lowerBound ?? explanation.endIndex
    let first = explanation[..<end]
    return String(first.last == "." ? first.dropLast() : first)
  }

  /// What a call or a property gives: the name of a type, behind ` of ` that of its elements; nil where that depends.
  var gives: (type: String, element: String?)? {
    guard let arrow = signature.firstRange(of: " -> ") else { return nil }
    let words = signature[arrow.upperBound...].split(separator: " ").map(String.init)
    guard let type = words.first, type != "Any" else { return nil }
    return (type, words.count == 3 && words[1] == "of" ? words[2] : nil)
  }

  /// The names of the parameters of each form; what takes any number of arguments has no name.
  var parameters: [[String]] {
    forms.map { form in
      guard let open = form.firstIndex(of: "("), let close = form.lastIndex(of: ")") else { return [] }
      return form[form.index(after: open)..<close].split(separator: ",").compactMap { parameter in
        let name = parameter.drop { $0 == " " }.prefix { $0.isLetter || $0.isNumber }
        return name.isEmpty || parameter.contains("…") ? nil : String(name)
      }
    }
  }

  /// Whether it is read without parentheses in one of its forms.
  var isProperty: Bool { forms.contains { !$0.contains("(") } }

  private var forms: [Substring] {
    let end = signature.firstRange(of: " -> ")?.lowerBound ?? signature.endIndex
    return signature[..<end].split(separator: "·")
  }

  /// Reads paragraphs.
  static func list(_ text: String) -> [HelpEntry] {
    text.split(separator: "\n\n").map { paragraph in
      let lines = paragraph.split(separator: "\n").map(String.init)
      let signature = lines[0]
      // `Int.max` is the member `max`.
      let path = signature.prefix { $0.isLetter || $0.isNumber || $0 == "." }
      return HelpEntry(
        name: path.split(separator: ".").last.map(String.init) ?? signature, signature: signature,
        explanation: lines.dropFirst().filter { !$0.hasPrefix("  ") }.joined(separator: " "),
        example: lines.filter { $0.hasPrefix("  ") }.map { String($0.dropFirst(2)) }.joined(separator: "\n"))
    }
  }
}

/// What a type is, and its members.
struct TypeHelp: Sendable {
  let name: String
  let explanation: String
  let members: [HelpEntry]

  init(_ name: String, _ explanation: String, members: String) {
    self.name = name
    self.explanation = explanation
    self.members = HelpEntry.list(members)
  }

  func member(_ name: String) -> HelpEntry? { members.first { $0.name == name } }
}
