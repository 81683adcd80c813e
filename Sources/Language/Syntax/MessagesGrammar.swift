// What the parser says about the form of statements and expressions.

extension Message {
  static func expected(_ what: String, found: String) -> Message {
    Message("expected \(what), found \(found)")
  }
  static func unexpected(_ what: String, help: String? = nil) -> Message {
    Message("unexpected \(what.hasPrefix("a ") ? String(what.dropFirst(2)) : what)", help: help)
  }
  static func neverClosed(_ opener: String) -> Message { Message("this \(opener) is never closed") }
  static func closesNothing(_ closer: String) -> Message { Message("this \(closer) closes nothing") }
  static func missingComma(before item: String) -> Message {
    Message("expected \",\" before the next \(item)", help: "write , at the end of this line")
  }
  static let twoStatements = Message(
    "two statements on one line", help: "begin a new line, or write ; between them")
}

// MARK: - Statements

extension Message {
  static let bareBlock = Message(
    "a block alone is no statement",
    help: "write do { … } for a scope, return { … } or let f = { … } for a closure")
  static let elseWithoutIf = Message("this else belongs to no if")
  static let catchWithoutDo = Message("this catch belongs to no do", help: "write do { … } catch { … }")
  static func declarationWithoutValue(_ keyword: String, _ name: String) -> Message {
    Message("\(keyword) gives a name a value", help: "write \(keyword) \(name) = …")
  }
  static let destructuring = Message(
    "let and var declare one name",
    help: "write let x = …, then x.0 and x.1 of a pair or an array, x.name of a dictionary")
  static let noTypes = Message(
    "names have no types here: a value knows its own", help: "leave out the type")
  static let noReturnTypes = Message(
    "functions have no result types here: a value knows its own", help: "leave out the -> and the type")
  static func noEffects(_ word: String) -> Message {
    Message("any function may wait or throw: none says so", help: "leave out the \(word)")
  }
  static let asyncClosure = Message("async would give this closure, not run it", help: "write async { … }")
  static let asyncParameters = Message(
    "what async does has no parameters", help: "write async { … }, which sees the names around it")
  static let noAsyncLet = Message("there is no async let here", help: "write let name = async { … }")
  static let noPatternMatching = Message(
    "there are no patterns to match here", help: "write == to compare, if let x = … for what may be nil")
  static let catchTakesAll = Message(
    "catch takes every error", help: "look at error.kind in its body, and throw error on")
  static func noTypeArguments(_ type: String) -> Message {
    let own = ["Array": "[]", "Dictionary": "[:]"][type] ?? "\(type)(…)"
    return Message("values have no types between < and >", help: "write \(own)")
  }
  static func noWhere(_ word: String) -> Message {
    Message(
      "a loop has no \(word) in its head", help: "write for x in xs.filter { … } { … }, or an if in its body")
  }
  static let noComprehension = Message(
    "arrays are not made by a loop in brackets", help: "write xs.map { x in … }")
  static let noParameterLabels = Message(
    "a parameter has one name, which is its label too", help: "leave out the first of the two")
  static func duplicateParameter(_ name: String) -> Message {
    Message("two parameters are named \"\(name)\"")
  }
  static let noSwitch = Message("there is no switch here", help: "write if … { } else if … { }")
  static let noTypesOfYourOwn = Message(
    "there are no types of your own here", help: "use a dictionary, as in [\"name\": \"Ada\"], and functions")
  static let noImport = Message(
    "there is nothing to import: everything there is has a name already", help: "leave out this line")
  static let noTry = Message("a call that may fail needs no try", help: "leave out the try")
  static let noDoWhile = Message(
    "there is no loop with its condition at the end", help: "write while true { … } with a break")
  static func writeInstead(_ foreign: String, _ own: String) -> Message {
    Message("there is no \"\(foreign)\" here", help: "write \(own)")
  }
  static func noModifier(_ word: String) -> Message {
    Message("there is no \"\(word)\" here: every name of a cell is known in all cells", help: "leave it out")
  }
  static func unknownWord(_ word: String, suggestion: String) -> Message {
    Message("there is no \"\(word)\" that a statement begins with", help: "did you mean \(suggestion)?")
  }
  static let noVariadic = Message("a parameter takes one value", help: "pass an array: f([1, 2])")
  static let closureDefault = Message(
    "a parameter of a closure has no default", help: "write func name(a, b = 2) { … }")
  static let doIsNoValue = Message(
    "do is a statement, not a value",
    help: "write var x = nil before it and x = … in it, or a func that returns")
  static let forNeedsIn = Message("a loop is written for name in sequence { … }")
  static let countedFor = Message(
    "a loop is written for name in sequence { … }", help: "to count, write for i in 0..<10 { … }")
  static let loopNamesInBrackets = Message(
    "the names of a loop stand in parentheses", help: "write for (a, b) in pairs")
  static let nestedLoopNames = Message(
    "the names of a loop are not nested", help: "write for (i, pair) in …, then pair.0 and pair.1")
  static let tooManyLoopNames = Message(
    "a loop has one name, or two for the pairs of a dictionary",
    help: "write for x in xs, then x.0, x.1, x.2")
  static let socketNeedsName = Message(
    "a socket needs a name for its connection", help: "write socket \"/chat\" { ws in … }")
  static let socketHasOneName = Message(
    "a socket has one name, its connection",
    help: "the parameters of its pattern, and request, are names of its body already")
  static let awaitedPair = Message(
    "for await has one name", help: "write for await piece in …, then piece.0 and piece.1")
  static func loopInParentheses(_ name: String) -> Message {
    Message("the head of a loop stands without parentheses", help: "write for \(name) in xs { … }")
  }
  static let throwNeedsError = Message(
    "throw needs an error", help: "write throw Error(\"…\"), or throw \"…\"")
  static func leavingIsNoValue(_ word: String) -> Message {
    Message("\(word) is no value", help: "write guard let x = … else { \(word) … } before this")
  }
  static let noLabels = Message("loops have no labels here", help: "put the loops into a func and return")
}

// MARK: - Assignment

extension Message {
  static func cannotAssign(_ what: String, help: String? = nil) -> Message {
    Message("cannot assign to \(what)", help: help)
  }
  static let assignmentIsNoValue = Message(
    "an assignment has no value", help: "write it as a statement of its own")
  static let bindingWithAnd = Message(
    "&& makes a Bool, which is never nil",
    help: "separate the conditions by a comma: if let x = …, x > 3 { … }")
  static let assignmentInCondition = Message("= assigns, and an assignment is no condition", help: "write ==")
  static let labelWithEquals = Message("labels of arguments end in a colon", help: "write label: value")
  /// - Parameter target: what is assigned to; nil where it is long.
  static func noCombinedAssignment(_ operator: String, _ target: String?) -> Message {
    let name = target ?? "x"
    return Message("there is no \(`operator`)=", help: "write \(name) = \(name) \(`operator`) …")
  }
  static func noIncrement(_ operator: String, _ target: String) -> Message {
    let variable = target.first.map { $0.isLetter || $0 == "_" } == true ? target : "n"
    return Message(
      "there is no \(`operator`)", help: "write \(variable) \(`operator` == "++" ? "+=" : "-=") 1")
  }
}

// MARK: - Operators

extension Message {
  static let strictEquality = Message("there is no ===: == compares by value", help: "write ==")
  static let strictInequality = Message("there is no !==: != compares by value", help: "write !=")
  static let noDiamond = Message("there is no <>: what is unequal is written !=", help: "write !=")
  static let noInOut = Message(
    "there is no & before an argument: a function gets the value itself",
    help: "leave out the &; an Array and a Dictionary are shared, so what the function changes is seen")
  static let noPower = Message("there is no operator **", help: "write pow(a, b)")
  static let noWrapping = Message(
    "there are no wrapping operators: an Int that overflows is an error", help: "leave out the &")
  static func noBitOperators(_ operator: String) -> Message {
    let help =
      switch `operator` {
      case "&": "for conditions write &&"
      case "|": "for conditions write ||"
      case "~": "for ~= write (1...3).contains(x)"
      default: nil as String?
      }
    return Message("there is no operator \(`operator`): Int has no bit operations", help: help)
  }
  static let colonEquals = Message("there is no :=", help: "declare with let name = … or var name = …")
  static func arrow(_ spelled: String, _ names: [String]) -> Message {
    let parameters = names.isEmpty ? "" : names.joined(separator: ", ") + " in "
    return Message("there is no \(spelled)", help: "write closures as { \(parameters)… }")
  }
  static let twoDots = Message(
    "a range has two or three dots and says whether it ends", help: "write ..< or ...")
  static func strayOperator(_ operator: String) -> Message {
    Message("there is no operator \(`operator`) here")
  }
  static let comparisonChain = Message(
    "comparisons do not chain", help: "write a < b && b < c")
  static let rangeChain = Message("ranges do not chain")
  static let ifWithoutElse = Message(
    "an if that gives a value needs an else",
    help: "write if x { a } else { b }, with nil where there is nothing to give")
  static func unfinishedConditional(_ found: String) -> Message {
    unexpected(found, help: "an if that a value is made of stands in parentheses: (if x { a } else { b })")
  }
  static func htmlUnfinished(_ what: String) -> Message {
    Message(
      "this html ends within \(what), so what follows it could not be shown safely",
      help: "write the whole of it in one html \"…\"; what stands between tags may be pieces of their own")
  }
  static func htmlProblem(_ problem: HTMLScanner.Problem) -> Message {
    switch problem {
    case .inTagName:
      Message(
        "a tag's name must be written out", help: "rawHTML(text) is put in as it is, where you trust it")
    case .inAttributeName:
      Message("an attribute's name must be written out where it has a value", help: "write class=\"\\(x)\"")
    case .inScriptAddress:
      Message(
        "no value can be put safely into an address that runs code",
        help: "write onclick=\"f(\\(x))\", where a value is JSON")
    case .inScriptString:
      Message(
        "a value in a script brings its own quotes",
        help: "write let name = \\(name), without quotes around it")
    }
  }
  /// - Parameters:
  ///   - value: what a part is taken of; nil where it is long.
  ///   - from: where the part begins, as it is written, and `to` where it ends; nil where that is long or missing.
  static func slice(_ value: String?, from: String?, to: String?) -> Message {
    Message(
      "a part of an array or a text is taken with a range",
      help: "write \(value ?? "xs")[\(from ?? "a")..<\(to ?? "b")]")
  }
  static let wholeSlice = Message(
    "there is no range without ends", help: "xs is the whole already; Array(xs) copies it")
  static let noRegularExpressions = Message(
    "there are no regular expressions here",
    help: "search with text.contains(part), text.ranges(of: part), text.split(separator)")
  /// - Parameter lower: the end that is there, of a range that is an argument.
  static func openRange(from lower: String? = nil) -> Message {
    Message(
      "a range has both ends",
      help: lower.map { "write both, as in \($0)..<xs.count" }
        ?? "write both, as in 0..<xs.count or 1...Int.max")
  }
  static let prefixPlus = Message("there is no + before a value", help: "leave it out")
  static let forceUnwrap = Message(
    "there is nothing to unwrap: a value that may be nil is used as it is", help: "leave out the !")
  /// - Parameter followsBlock: whether the line before ends with one.
  static func leadingDot(followsBlock: Bool) -> Message {
    Message(
      "a member needs a value before its dot",
      help: followsBlock
        ? "a member of an if needs parentheses around it: (if x { a } else { b }).count"
        : "options such as .up or .whitespaces are members here: ceil(x), .trimmed()")
  }
  static func trailingPoint(_ digits: String, isRange: Bool) -> Message {
    isRange
      ? Message(twoDots.text, help: "write \(digits)..<")
      : Message("a number does not end with its point", help: "write \(digits).0")
  }
  static func leadingPoint(_ digits: String) -> Message {
    Message("a number does not begin with its point", help: "write 0.\(digits)")
  }
}

// MARK: - Expressions

extension Message {
  static let emptyInterpolation = Message(
    "this interpolation is empty", help: "write a value between the parentheses")
  static let noFormat = Message(
    "an interpolation holds one value", help: "for a format use members, as in x.formatted(decimals: 2)")
  static let noTuples = Message("there are no tuples here", help: "write an array: [a, b]")
  static let emptyParentheses = Message("there is no empty value ()", help: "write nil")
  static let dictionaryInBraces = Message(
    "dictionaries are written in brackets", help: "write [\"key\": value]")
  static let mixedLiteral = Message(
    "a dictionary has a value for every key", help: "write [key: value, …], or [a, b] for an array")
  static let anonymousOutsideClosure = Message("$0, $1 … stand only in closures", help: "declare a parameter")
  static let closureInHead = Message(
    "unexpected \"{\"",
    help: "in the head of if, while, for or guard a closure stands in parentheses: xs.map({ … })")
  static let anonymousInNamed = Message(
    "this closure names its parameters, so it has no $0, $1 …", help: "use the names")
  static func callLooksLike(_ name: String) -> String { "for a call write \(name)(…)" }
}

// MARK: - Routes

extension Message {
  static func unknownMethod(_ name: String, suggestion: String?) -> Message {
    Message(
      "there is no method \(name)",
      help: suggestion.map { "did you mean \($0)?" }
        ?? "methods are \(Parser.methods.joined(separator: ", "))")
  }
  static func repeatedMethod(_ name: String) -> Message { Message("\(name) stands here twice") }
  static let interpolatedPattern = Message(
    "the pattern of a route is a plain string", help: "a part that varies is a parameter: \"/items/<int:id>\""
  )
  static func foreignParameter(_ segment: String, _ own: String) -> Message {
    Message("\(segment) is a literal part of this path", help: "write \(own) for a parameter")
  }
  static let patternSlash = Message("the pattern of a route begins with /")
  static let unclosedPlaceholder = Message(
    "this parameter of the pattern is not closed", help: "close it with >")
  static let badPlaceholder = Message(
    "a parameter of a pattern is a name", help: "write <name> or <int:name>")
  static func duplicatePlaceholder(_ name: String) -> Message {
    Message("two parameters of the pattern are named \"\(name)\"")
  }
  static let placeholderRequest = Message(
    "a parameter of a pattern cannot be named \"request\": that is the request itself")
  static let handlerParameters = Message(
    "a handler lists no parameters: they come from the pattern, and request is there too",
    help: "leave out the names and the in")
}

// MARK: - What surrounds routes

extension Message {
  static func hookParameters(_ word: String, _ names: [String]) -> Message {
    Message(
      "\(word) lists no parameters: \(names.joined(separator: " and ")) \(names.count > 1 ? "are" : "is") there",
      help: "leave out the names and the in")
  }
  static func groupStart(_ path: String) -> Message {
    Message("the path of a group begins with /", help: path.isEmpty ? nil : "write \"/\(path)\"")
  }
  static func groupEnd(_ path: String) -> Message {
    let shorter = String(path.reversed().drop { $0 == "/" }.reversed())
    return Message(
      "the path of a group does not end with /: those of its routes begin with one",
      help: shorter.isEmpty
        ? "leave out this group: its routes are those of the notebook" : "write \"\(shorter)\"")
  }
  static let interpolatedGroup = Message(
    "the path of a group is a plain string", help: "a part that varies is a parameter: \"/users/<int:id>\"")
  static func groupHasPlaceholder(_ name: String) -> Message {
    Message(
      "the group around this has a parameter \"\(name)\" already", help: "give one of the two another name")
  }
}
