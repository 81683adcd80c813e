// `before { … }`, `after { … }`, `notFound { … }`, `onError { … }` and `group "/api" { … }`.

extension Parser {
  /// The groups around the place that is being read.
  struct Group {
    /// Their paths, joined.
    var prefix = ""
    /// The parameters of those paths.
    var parameters: [Parameter] = []
  }

  /// The hook that begins here: its name is a word of the language only before a body. `after(2s) { … }` is a call.
  var hookHead: HookKind? {
    guard case .identifier(let name) = current.kind, isWord(current, name),
      peek().kind == .symbol(.openBrace),
      !peek().startsLine
    else { return nil }
    return HookKind(rawValue: name)
  }

  mutating func parseHook(_ kind: HookKind) throws(SyntaxFailure) -> Statement {
    let start = advance()
    var parameters = group.parameters
    parameters.append(Parameter(name: "request", span: start.span))
    if let subject = kind.subject { parameters.append(Parameter(name: subject, span: start.span)) }
    anonymousParameters.append(.unavailable)
    let names = ["request"] + (kind.subject.map { [$0] } ?? [])
    let body = try parseHandlerBody(
      "the body of \(kind.rawValue)", ownParameters: .hookParameters(kind.rawValue, names))
    anonymousParameters.removeLast()
    let handler = FunctionNode(
      role: .hook, name: group.prefix.isEmpty ? kind.rawValue : "\(kind.rawValue) in \(group.prefix)",
      parameters: parameters, hasExplicitParameters: true, body: body.statements, span: spanFrom(start))
    let node = HookNode(kind: kind, wordSpan: start.span, prefix: group.prefix, handler: handler)
    return Statement(.hook(node), handler.span)
  }

  // MARK: - Groups

  var isGroupHead: Bool {
    isWord(current, "group") && peek().kind == .stringStart && !peek().startsLine
  }

  mutating func parseGroup() throws(SyntaxFailure) -> Statement {
    let start = advance()
    let literal = try parseString()
    let outer = group
    var path = ""
    if case .string(let text) = literal.kind {
      path = text
      if !text.hasPrefix("/") {
        report(.groupStart(text), at: literal.span)
      } else if text.hasSuffix("/") {
        report(.groupEnd(text), at: literal.span)
      }
      let parameters = parsePlaceholders(text, literal.span, of: .group)
      group = Group(prefix: outer.prefix + text, parameters: outer.parameters + parameters)
    } else {
      report(.interpolatedGroup, at: literal.span)
    }
    let prefix = group.prefix
    let body = try parseBlock("the body of the group")
    group = outer
    let node = GroupNode(literal: path, pathSpan: literal.span, prefix: prefix, body: body)
    return Statement(.group(node), spanFrom(start))
  }
}
