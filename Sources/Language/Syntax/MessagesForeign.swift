// What the parser says about forms that other languages have.

extension Message {
  static func tryBlock(_ name: String = "error") -> Message {
    Message(
      "there is no \"try\" here", help: "write do { … } catch \(name == "error" ? "" : "\(name) "){ … }")
  }
  static func catchParentheses(_ name: String) -> Message {
    Message("the name of the error stands without parentheses", help: "write catch \(name) { … }")
  }
  /// - Parameter awaited: the `await` of a Deferred behind it, where that is short.
  static func noTryMark(awaited: String?) -> Message {
    Message(
      "there is no try?: an error is caught", help: "write \(awaited ?? "await deferred").catch { nil }")
  }
  static func noTryMark(_ name: String?, _ call: String?) -> Message {
    let name = name ?? "x"
    return Message(
      "there is no try?: an error is caught",
      help: "write var \(name) = nil; do { \(name) = \(call ?? "f()") } catch { }")
  }
  static func asyncFunction(_ name: String) -> Message {
    Message("any function may wait: none says so", help: "write func \(name)(…) { … }")
  }
  static func oneNameAtATime(_ names: [String], _ values: [String?]) -> Message {
    let isSwap = names.count == 2 && values == names.reversed()
    let own =
      if isSwap {
        "let c = \(names[0]); \(names[0]) = \(names[1]); \(names[1]) = c"
      } else if names.count == values.count {
        zip(names, values).map { "\($0) = \($1 ?? "…")" }.joined(separator: "; ")
      } else {
        "let pair = …, then pair[0] and pair[1]"
      }
    return Message("= gives a value to one name at a time", help: "write \(own)")
  }
  static func typedAssignment(_ name: String) -> Message {
    Message(noTypes.text, help: "write let \(name) = … or var \(name) = …")
  }
  static func unquotedHTML(_ value: String) -> Message {
    Message("html stands before a text in quotes", help: "write html \"\\(\(value))\"")
  }
  static func choiceBackwards(_ parts: [String?]) -> Message {
    Message(
      "a choice begins with its condition",
      help: "write \(parts[0] ?? "condition") ? \(parts[1] ?? "a") : \(parts[2] ?? "b")")
  }
  static func choiceWithoutSpaces(_ condition: String?, _ value: String?) -> Message {
    Message(
      "a choice has a space before its ?", help: "write \(condition ?? "condition") ? \(value ?? "[1]") : …")
  }
  /// - Parameter name: the method in lower case.
  static func routeWithoutWord(_ name: String, _ pattern: String?) -> Message {
    Message(
      "a route begins with the word route",
      help: "write route \(name.uppercased()) \(pattern ?? "\"/path\"") { … }")
  }
  static let noDecorators = Message(
    "there is no @ here", help: "a route is written route GET \"/path\" { … }, without a function to decorate"
  )
  static let commandInCell = Message(
    "a command with % is no statement of a cell",
    help: "it is typed at the prompt, as a line of its own; leave it out here")
  static func noOptionalCall(_ callee: String?, _ arguments: String?) -> Message {
    Message(
      "a call has no ? before its arguments",
      help: "where the function may be nil write if let f = \(callee ?? "…") { f\(arguments ?? "(…)") }")
  }
  static func noSpread(_ sum: String) -> Message {
    Message("an array is not put into another by dots", help: "write \(sum)")
  }
  static let noSpreadArgument = Message(
    "an array is not taken apart in a call", help: "pass the array itself, or element by element")
  /// - Parameter arguments: what it is called with, in its parentheses; nil where that is nothing.
  static func noTypeOfArray(_ arguments: String?) -> Message {
    Message(
      "an Array has no type of its elements", help: "write \(arguments.map { "Array\($0)" } ?? "[]")")
  }
  static func noTypeOfDictionary(_ arguments: String?) -> Message {
    Message(
      "a Dictionary has no types of its keys and values",
      help: "write \(arguments.map { "Dictionary\($0)" } ?? "[:]")")
  }
  static func noStringPrefix(_ prefix: String, _ own: String) -> Message {
    Message("there is no \(prefix)\"…\" here", help: "write \(own)")
  }
  static func templateString(_ own: String?) -> Message {
    Message(
      "strings are written with double quotes", help: own.map { "write \($0)" } ?? "write \"…\\(name)…\"")
  }
}
