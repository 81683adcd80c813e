/// A word of the text with its place.
struct Token {
  enum Kind: Equatable {
    case identifier(String)
    /// `$0`, `$1` …: a parameter that a closure did not name.
    case anonymousParameter(Int)
    case keyword(Keyword)
    /// The magnitude; up to 2⁶³, so that the smallest integer can be written.
    case integer(UInt64)
    case double(Double)
    /// Nanoseconds.
    case duration(Int)
    case stringStart
    case stringText(String)
    case interpolationStart
    case interpolationEnd
    case stringEnd
    case symbol(Symbol)
    /// An operator of other languages, which the parser explains.
    case foreignOperator(String)
    /// What the lexer has already complained about.
    case invalid
    case end
  }

  var kind: Kind
  var span: Span
  /// Whether it is the first of its line.
  var startsLine: Bool
  /// Whether space, a comment or a line end stands before it.
  var spaceBefore: Bool
}

enum Keyword: String, CaseIterable {
  case `let`, `var`, `func`, `if`, `else`, `guard`, `while`, `for`, `in`, `break`, `continue`
  case `return`, `throw`, `do`, `catch`, `defer`, await, async, `nil`, `true`, `false`

  /// Up to so many bytes a keyword has.
  static let longest = 8

  /// All keywords by their first byte, of which few have the same, each with all its bytes as one number.
  static let byFirstByte: [[(word: UInt64, keyword: Keyword)]] = {
    var table = [[(word: UInt64, keyword: Keyword)]](repeating: [], count: 256)
    for keyword in allCases {
      let bytes = Array(keyword.rawValue.utf8)
      table[Int(bytes[0])].append((bytes.reduce(0) { $0 << 8 | UInt64($1) }, keyword))
    }
    return table
  }()
}

enum Symbol: String, CaseIterable {
  case openParen = "("
  case closeParen = ")"
  case openBracket = "["
  case closeBracket = "]"
  case openBrace = "{"
  case closeBrace = "}"
  case comma = ","
  case semicolon = ";"
  case colon = ":"
  case dot = "."
  case optionalDot = "?."
  case question = "?"
  case assign = "="
  case addAssign = "+="
  case subtractAssign = "-="
  case multiplyAssign = "*="
  case divideAssign = "/="
  case remainderAssign = "%="
  case add = "+"
  case subtract = "-"
  case multiply = "*"
  case divide = "/"
  case remainder = "%"
  case equal = "=="
  case notEqual = "!="
  case less = "<"
  case lessOrEqual = "<="
  case greater = ">"
  case greaterOrEqual = ">="
  case and = "&&"
  case or = "||"
  case coalesce = "??"
  case not = "!"
  case closedRange = "..."
  case halfOpenRange = "..<"
  case arrow = "->"

  /// Operators that other languages have: lexed whole, so that the parser can name them.
  static let foreign = [
    "++", "--", "===", "!==", "**", "&", "|", "^", "~", "<<", ">>", "&+", "&-", "&*", ":=", "=>", "..",
    "@", "\\",
  ]

  /// The operators of one byte that no longer one begins with, by their byte.
  static let alone: [Token.Kind?] = byFirstByte.map {
    $0.count == 1 && $0[0].bytes.count == 1 ? $0[0].kind : nil
  }

  /// All operators by their first byte, the longest first.
  static let byFirstByte: [[(bytes: [UInt8], kind: Token.Kind)]] = {
    var table = [[(bytes: [UInt8], kind: Token.Kind)]](repeating: [], count: 128)
    let all =
      allCases.map { (Array($0.rawValue.utf8), Token.Kind.symbol($0)) }
      + foreign.map { (Array($0.utf8), Token.Kind.foreignOperator($0)) }
    for (bytes, kind) in all { table[Int(bytes[0])].append((bytes, kind)) }
    for index in table.indices { table[index].sort { $0.bytes.count > $1.bytes.count } }
    return table
  }()

  /// The operator of `target op= value`; nil for plain `=`, and for what assigns nothing.
  var assignedOperator: BinaryOperator? {
    switch self {
    case .addAssign: .add
    case .subtractAssign: .subtract
    case .multiplyAssign: .multiply
    case .divideAssign: .divide
    case .remainderAssign: .remainder
    default: nil
    }
  }

  var isAssignment: Bool { self == .assign || assignedOperator != nil }
}
