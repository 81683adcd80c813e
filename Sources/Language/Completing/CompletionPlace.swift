/// What stands at a place of a text that is being typed, however unfinished or wrong: what completion and help need
/// to know of it.
public struct CompletionPlace {
  public enum Kind {
    /// In a comment, in the text of a string, or where a name is introduced: there is nothing to propose.
    case nothing
    /// Where a value or a statement may stand.
    case name
    /// Behind the dot of a value; nil where the value can't be read. `isAwaited` where `await` stands before its chain.
    case member(of: Expression?, isAwaited: Bool)
    /// In a string that is an argument of a call by itself: `open("/gr`.
    case argument(function: String, label: String?)
    /// Behind `route`, where a method may stand.
    case routeMethod
  }

  /// The call that an argument is being typed for.
  public struct Call {
    public var callee: Expression
    /// The labels that other arguments have.
    public var labels: Set<String>
    /// How many arguments without a label stand before.
    public var unlabelled: Int
  }

  public let kind: Kind
  /// What was typed of the word, up to the place; of a string that is an argument, all of it.
  public let typed: String
  /// Where `typed` stands, in UTF-8 offsets.
  public let range: Range<Int>
  /// The names in scope that the text itself introduces, the innermost first; each name once.
  public let names: [ScopeName]
  /// Where an argument begins here, its call.
  public let call: Call?

  /// Looks at a place, given as a UTF-8 offset; one beyond the text is its end.
  ///
  /// The time is linear in the text. Of one beyond `Parser.textLimit` nothing is found.
  public init(in text: String, at offset: Int) {
    let bytes = Array(text.utf8)
    let end = max(0, min(offset, bytes.count))
    let before = OpenText(
      bytes.count <= Parser.textLimit ? String(decoding: bytes[..<end], as: UTF8.self) : "")
    let (typed, start) = before.word
    kind = before.kind
    if case .argument = kind, let string = before.openString {
      self.typed = string.text
      range = string.start..<end
    } else {
      self.typed = typed
      range = start..<max(start, end)
    }
    guard bytes.count <= Parser.textLimit else {
      (names, call) = ([], nil)
      return
    }
    switch kind {
    case .name, .member:
      let after = OpenText.functions(in: String(decoding: bytes[end...], as: UTF8.self))
      names = ScopeName.inScope(of: before, further: after)
    case .nothing, .argument, .routeMethod: names = []
    }
    if case .name = kind {
      call = before.call(followedBy: String(decoding: bytes[end...], as: UTF8.self))
    } else {
      call = nil
    }
  }
}

extension OpenText {
  /// What stands at the end of the text.
  fileprivate var kind: CompletionPlace.Kind {
    if isInComment { return .nothing }
    if openString != nil { return argumentOfCall ?? .nothing }
    guard hasWord || !endsInLiteral else { return .nothing }
    guard let last = lastBeforeWord else { return .name }
    switch tokens[last].kind {
    case .symbol(.dot), .symbol(.optionalDot):
      guard let chain = chain(endingAt: last - 1) else { return .member(of: nil, isAwaited: false) }
      return .member(of: expression(chain), isAwaited: isAwaited(chain))
    case .keyword(.let), .keyword(.var), .keyword(.func), .keyword(.for), .keyword(.catch): return .nothing
    default:
      if introducesParameter(behind: last) { return .nothing }
      return standsBehindRoute(last) ? .routeMethod : .name
    }
  }

  /// `open("/gr`, `redirect(to: "/gr`: the string is the first argument and holds nothing but text.
  private var argumentOfCall: CompletionPlace.Kind? {
    guard case .string(let start)? = open.last, tokens.count <= start + 2 else { return nil }
    var label: String?
    var paren = start - 1
    if paren >= 2, tokens[paren].kind == .symbol(.colon), case .identifier(let name) = tokens[paren - 1].kind
    {
      label = name
      paren -= 2
    }
    guard paren >= 1, tokens[paren].kind == .symbol(.openParen), !tokens[paren].startsLine,
      case .identifier(let function) = tokens[paren - 1].kind, !isMember(paren - 1)
    else { return nil }
    return .argument(function: function, label: label)
  }

  /// In `func f(a, ` and `for (a, ` names are introduced.
  private func introducesParameter(behind last: Int) -> Bool {
    guard case .round(let paren)? = open.last, paren > 0,
      tokens[last].kind == .symbol(.comma) || last == paren
    else { return false }
    if tokens[paren - 1].kind == .keyword(.for) { return true }
    guard paren > 1, case .identifier = tokens[paren - 1].kind else { return false }
    return tokens[paren - 2].kind == .keyword(.func)
  }

  /// Behind `route`, and behind `route GET,`.
  private func standsBehindRoute(_ last: Int) -> Bool {
    var index = last
    while index > 1, tokens[index].kind == .symbol(.comma),
      case .identifier(let method) = tokens[index - 1].kind,
      Parser.methods.contains(method)
    {
      index -= 2
    }
    return tokens[index].kind == .identifier("route") && !isMember(index) && !hasLineBreak(after: last)
  }
}
