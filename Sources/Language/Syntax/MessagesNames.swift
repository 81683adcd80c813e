// What the resolver says about names and about where statements may stand.

extension Message {
  static func notDefinedYet(_ name: String, suggestion: String?) -> Message {
    Message(
      "\"\(name)\" is not defined yet; it is looked up when this runs",
      help: ForeignNames.advice(on: name) ?? suggestion.map { "did you mean \"\($0)\"?" })
  }
  static func assignsUndefined(_ name: String, suggestion: String?) -> Message {
    Message(
      "\"\(name)\" is not defined yet; it is looked up when this runs",
      help: suggestion.map { "did you mean \"\($0)\"?" } ?? "declare it first: var \(name) = …")
  }
  /// What nobody can define any more, since the whole notebook is known.
  static func notDefined(_ name: String, isWrite: Bool, isKey: Bool, suggestion: String?) -> Message {
    Message(
      "\"\(name)\" is not defined",
      help: ForeignNames.advice(on: name) ?? suggestion.map { "did you mean \"\($0)\"?" }
        ?? (isKey ? quotedKey(name) : nil) ?? "declare it first: \(isWrite ? "var" : "let") \(name) = …")
  }
  /// What to do about a name without a value where a key stands.
  static func quotedKey(_ name: String) -> String {
    "a key that is a text stands in quotes: write \"\(name)\""
  }
  static func foreignLiteral(_ name: String, _ own: String) -> Message {
    Message("there is no \"\(name)\" here", help: "write \(own)")
  }
  static func usedBeforeDeclaration(_ name: String) -> Message {
    Message("\"\(name)\" is used before it is declared")
  }
  static func usedInOwnValue(_ name: String) -> Message {
    Message("\"\(name)\" is used in its own value", help: "give them two names")
  }
  static func recursiveClosure(_ name: String) -> Message {
    Message(
      "\"\(name)\" is used in its own value",
      help: "a function that calls itself is written func \(name)(…) { … }")
  }
  static func calledTooEarly(_ function: String, before variable: String) -> Message {
    Message(
      "\"\(function)\" is used before \"\(variable)\" is declared, which it needs",
      help: "move this below the declarations")
  }
  static func redeclared(_ name: String) -> Message {
    Message("\"\(name)\" is declared twice", help: "choose another name, or assign to the first one")
  }
  static func replacesBuiltin(_ name: String) -> Message {
    Message("this replaces the builtin \"\(name)\" for every cell", help: "choose another name")
  }
}

// MARK: - Assigning

extension Message {
  static func assignsLet(_ name: String) -> Message {
    Message("cannot assign to \"\(name)\"", help: "declare it with var")
  }
  /// - Parameter element: what is added to it, where it may be the result that Swift's `reduce(into:)` changes.
  static func assignsParameter(_ name: String, collecting element: String?) -> Message {
    let help =
      if name.hasPrefix("$") {
        // No name for a variable of one's own.
        "give the new value back, as in reduce(0) { $0 + $1 }; only a collection can be changed in place"
      } else if let element {
        "give the new value back, as in reduce(0) { \(name), \(element) in \(name) + \(element) }; only a collection can be changed in place"
      } else {
        "copy it first: var \(name) = \(name)"
      }
    return Message("cannot assign to \"\(name)\", a parameter", help: help)
  }
  static func assignsLoopVariable(_ name: String) -> Message {
    Message("cannot assign to \"\(name)\", which the loop sets", help: "copy it first: var \(name) = \(name)")
  }
  static func assignsCaughtError(_ name: String) -> Message {
    Message(
      "cannot assign to \"\(name)\", the error that was caught", help: "copy it first: var \(name) = \(name)")
  }
  static func assignsFunction(_ name: String) -> Message {
    Message("cannot assign to \"\(name)\", a function", help: "hold a closure in a var instead")
  }
  static func assignsBuiltin(_ name: String) -> Message {
    Message("cannot assign to \"\(name)\", a builtin", help: "choose another name")
  }
}

// MARK: - Where statements may stand

extension Message {
  static func outsideLoop(_ keyword: String) -> Message { Message("\(keyword) stands only in a loop") }
  static func outOfFunction(_ keyword: String, _ function: String) -> Message {
    Message(
      "\(keyword) cannot reach the loop from within \(function)",
      help: function == "a closure" ? "write a for loop, or use filter, first or return" : nil)
  }
  static let returnFromCell = Message(
    "a cell does not return", help: "its value is its last expression; to stop early, throw an error")
  static let returnFromDefer = Message("a defer cannot return: the function is already leaving")
  static let awaitInDefer = Message(
    "a defer cannot await: it runs while a function leaves", help: "start the work with async")
  static let sleepWaitsForNothing = Message(
    "nothing waits for this sleep", help: "write await before it")
  static func neverNil(_ function: String) -> Message {
    Message(
      "the Deferred that \(function) gives is never nil, though its value may be",
      help: "write await before \(function)")
  }
  static func neverReached(_ keyword: String) -> Message {
    Message("this is never reached, as it follows \(keyword)")
  }
  /// - Parameter words: those that can stand there.
  static func guardFallsThrough(_ words: [String]) -> Message {
    let list =
      words.count > 1 ? words.dropLast().joined(separator: ", ") + " or " + words[words.count - 1] : words[0]
    return Message("the else of a guard must leave", help: "end it with \(list)")
  }
  static let handlerEndsInIf = Message(
    "this handler answers 204 without a body where no branch of its last if is taken",
    help: "add an else with the value to send, or write nil behind the if to mean 204")
  static let handlerEndsInAssignment = Message(
    "this handler ends in an assignment, so it answers 204 without a body",
    help: "end it with the value to send, or write nil to mean 204")
}
