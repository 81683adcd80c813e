/// What is known to change nothing and to give the same for the same, whenever it is called.
enum PureNames {
  /// Functions of the program's own that give a number, a text, or another value that nobody can change.
  static let scalarFunctions: Set = [
    "Bool", "Double", "Int", "String", "abs", "acos", "asin", "atan", "atan2", "cbrt", "ceil", "cos", "cosh",
    "exp", "floor", "hypot", "log", "log10", "log2", "pow", "repr", "round", "sin", "sinh", "sqrt", "tan",
    "tanh", "toJSON", "trunc",
  ]
  /// Those, and functions that give other values.
  static let functions = scalarFunctions.union([
    "Array", "Bytes", "Date", "Dictionary", "hmacSHA256", "json", "max", "min", "rawHTML", "sha256", "stride",
    "zip",
  ])
  /// Functions that change nothing of the notebook, but wait, or make what an answer is. Those that tell the time are not
  /// among them: what they give is another at another time.
  static let readingFunctions = functions.union([
    "Cookie", "Error", "after", "all", "expect", "expiredCookie", "get", "httpError",
    "race",
    "redirect", "respond", "settled", "sleep", "type",
  ])

  /// Those that give an array, some when they are awaited.
  static let functionsThatGiveArrays: Set = ["Array", "all", "settled", "stride", "zip"]

  /// Members that are called and give a number or a text where they are called on one.
  static let scalarMembers: Set = [
    "base64Encoded", "capitalized", "clamped", "contains", "dropFirst", "dropLast", "formatted", "hasPrefix",
    "hasSuffix", "hexEncoded", "htmlEscaped", "isMultiple", "leftPadded", "lowercased", "padded",
    "percentDecoded", "percentEncoded", "prefix", "remainder", "repeated", "replacing", "rounded", "signum",
    "squareRoot", "starts", "suffix", "trimmed", "trimmingPrefix", "trimmingSuffix",
    "truncatingRemainder", "uppercased",
  ]
  /// Members that are called and change nothing; the functions that they are given are looked at where they stand.
  static let members = scalarMembers.union([
    "allSatisfy", "compactMap", "compactMapValues", "count", "drop", "enumerated", "filter", "first",
    "firstIndex", "firstRange", "flatMap", "grouped", "joined", "last", "lastIndex", "map", "mapValues",
    "max",
    "merging", "min", "overlaps", "quotientAndRemainder", "ranges", "reduce", "reversed", "sorted", "split",
    "sum", "uniqued", "windows",
  ])
  /// Those that call what they are given with each element, and with nothing else.
  static let membersForEach: Set = ["compactMap", "filter", "flatMap", "forEach", "map"]
  /// Those that change an array and call nothing that they are given.
  static let storingMembers: Set = [
    "append", "insert", "popFirst", "popLast", "remove", "removeFirst", "removeLast", "removeSubrange",
    "replaceSubrange", "reverse", "swapAt",
  ]
  /// Those that a dictionary has itself: a function under such a key is not what is called.
  static let dictionaryMembers: Set = [
    "allSatisfy", "compactMap", "compactMapValues", "contains", "count", "filter", "map", "mapValues",
    "merging",
    "reduce", "sorted",
  ]
  /// Those that give a number, a text or an array, whatever they are called on.
  static let givingNoDictionary = scalarMembers.union([
    "allSatisfy", "compactMap", "count", "enumerated", "flatMap", "joined", "map", "ranges", "reversed",
    "sorted",
    "split", "windows",
  ])
  /// Those that give something of the kind that they are called on.
  static let givingTheLike: Set = ["drop", "filter", "uniqued"]
  /// Members of a Deferred that come before it is waited for. `finally` and others may do something.
  static let deferredMembers: Set = ["catch", "then", "timeout"]
  /// Members of a Deferred that may act on it.
  static let otherDeferredMembers: Set = ["cancel", "finally", "reject", "resolve"]
  /// What a Deferred tells of its state.
  static let stateMembers: Set = ["isCancelled", "isFailed", "isPending", "isResolved"]
  /// What comes piece by piece is taken by reading it.
  static let takingMembers: Set = ["chunks", "events"]

  /// What an answer has that nobody can change.
  static let answerTexts: Set = ["status", "text"]

  /// What `request` has that nobody can change.
  static let requestTexts: Set = ["method", "path", "remote", "target", "text"]
  /// Its dictionaries of numbers and texts.
  static let requestTextFields: Set = ["cookies", "form", "headers", "params", "query"]
  /// What it has that only its own handler can reach.
  static let requestFields = requestTextFields.union(["json"])

  /// What a call may be given so that a later one may begin before it has ended. A jar of cookies hands on what an
  /// answer sets; a stream is read while others wait.
  static let callLabels: Set = [
    "check", "connectTimeout", "cookies", "follow", "headers", "insecure", "query", "retry", "timeout", "url",
  ]
  /// Those that are dictionaries of texts and numbers.
  static let fieldLabels: Set = ["cookies", "headers", "query"]
  /// Those that say how long the call may take.
  static let limitLabels: Set = ["connectTimeout", "timeout"]
}
