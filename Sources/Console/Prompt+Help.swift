import Foundation
import KernelCore
import Language

// What `name?` says, and what completion asks of the notebook.

extension Prompt {
  /// The name that is asked about: of `name?`, `?name`, `%name?`, `xs.map?` and `/greet/<user>?`; empty for `?` alone.
  nonisolated static func question(in line: String) -> String? {
    guard line.hasSuffix("?") || line.hasPrefix("?") else { return nil }
    // IPython's name?? is the same.
    let topic = line.trimmingCharacters(in: ["?"]).trimmingCharacters(in: .whitespaces)
    if topic.hasPrefix("/") {
      let isComment = topic.hasPrefix("//") || topic.hasPrefix("/*")
      return isComment || topic.contains(where: \.isWhitespace) ? nil : topic
    }
    if isName(topic) { return topic }
    // A space before the sign makes it that of a choice.
    guard line.hasPrefix(topic + "?"), let asked = expression(in: topic) else { return nil }
    return isShown(asked) || isComputed(asked) ? topic : nil
  }

  /// `users`, `users.name`, `%save`.
  nonisolated private static func isName(_ topic: String) -> Bool {
    let name = topic.hasPrefix("%") ? topic.dropFirst() : topic[...]
    return name.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
  }

  nonisolated private static func expression(in topic: String) -> Language.Expression? {
    guard topic.utf8.count <= valueLimit else { return nil }
    let parsed = Parser.parse(SourceText(name: "question", text: topic))
    guard parsed.diagnostics.isEmpty, parsed.program.body.count == 1,
      case .expression(let value) = parsed.program.body[0].kind
    else { return nil }
    return value
  }

  /// The longest value that is asked about, in bytes.
  nonisolated private static let valueLimit = 500

  /// A value that can be asked about without computing it: `Out[3]`, `users["x"].name`, `"a".count`, `[1].map`.
  nonisolated private static func isShown(_ value: Language.Expression) -> Bool {
    switch value.kind {
    case .name, .string, .array, .dictionary: true
    case .member(let base, _, _, _): isShown(base)
    case .index(let base, let key, _, _):
      switch key.kind {
      case .integer, .string: isShown(base)
      default: false
      }
    default: false
    }
  }

  /// A value that nobody has before it is computed: `greet("x")`, `users[0].name()`.
  nonisolated private static func isComputed(_ value: Language.Expression) -> Bool {
    switch value.kind {
    case .call, .member, .index, .await: true
    default: false
    }
  }

  func help(_ topic: String) {
    let name = String(topic.drop { $0 == "%" })
    if name.isEmpty { return helpOverview() }
    if topic.hasPrefix("/") { return helpOnRoute(topic) }
    if !Prompt.isName(topic), let asked = Prompt.expression(in: topic) {
      if Prompt.isShown(asked) { return helpOnValue(asked, topic) }
      if Prompt.isComputed(asked) {
        return refuse(
          "\(topic) would have to run first: enter it without the ?, and _? tells what it gave; the ? of a choice has a space before it"
        )
      }
    }
    let found = Command.find(name)
    // `delete` is a request, `%delete` is a command.
    if topic.hasPrefix("%") {
      switch found {
      case .success(let command): return tell(command)
      case .failure(let problem): return refuse(problem.message)
      }
    }
    if name == "_" { tellLast() }
    let command = try? found.get()
    if let dot = name.lastIndex(of: ".") {
      let member = String(name[name.index(after: dot)...])
      return helpOnMember(member, of: String(name[..<dot]))
    }
    if let variable = asked({ $0.variable(named: name) }) { return tell(variable) }
    if helpOnName(name) || helpOnDeclared(name) { return }
    if let command, command.name == name { return tell(command) }
    let owners = Catalogue.types(withMember: name)
    if !owners.isEmpty { return tellMember(name, of: owners) }
    let isRouted = asked { $0.routes() }.contains {
      $0.pattern == "/" + name || $0.pattern.hasPrefix("/\(name)/")
    }
    let near =
      isRouted
      ? "/" + name : Suggestion.nearest(to: name, among: Catalogue.names + Command.all.map(\.name))
    refuse(
      "there is no help on \"\(name)\"" + (near.map { "; did you mean \($0)?" } ?? "; %help lists commands"))
  }

  /// A function, a word, a type; false where it is none.
  private func helpOnName(_ name: String) -> Bool {
    let type = Catalogue.type(named: name)
    if let type { tell(type) }
    let entry = Catalogue.entry(named: name)
    if let entry { tell(entry) }
    return type != nil || entry != nil
  }

  /// A name that a cell declares and the kernel does not have; false where none does.
  private func helpOnDeclared(_ name: String) -> Bool {
    let declaring = notebook.codeCells.last {
      $0.source.contains(name) && Completer.names(declaredIn: $0.source).contains(name)
    }
    guard let declaring, let number = declaring.number else { return false }
    input.tell("\(name) is declared by [\(number)], which \(whyNotInForce(number))")
    if let lines = Prompt.declaration(of: name, in: declaring.source) { say(lines) }
    return true
  }

  /// Why the kernel has not what a cell declares.
  private func whyNotInForce(_ number: Int) -> String {
    switch states[number] {
    case nil: "has not run yet"
    case .underWay: "has not ended yet"
    case .ended(let result) where !result.isSuccess: "did not succeed when it last ran"
    case .ended: "has to run again"
    }
  }

  // MARK: Values

  /// What a value is, or its member.
  private func helpOnValue(_ value: Language.Expression, _ text: String) {
    let inference = TypeInference(
      names: [], ask: { [unowned self] path in asked { $0.members(of: path, waits: true) } },
      isDeclared: { [unowned self] name in asked { $0.variable(named: name) } != nil })
    if case .member(let base, let name, _, _) = value.kind {
      let shown = String(text.dropLast(name.count + 1))
      guard let guess = inference.guess(base) else { return refuseValue(shown) }
      if let own = guess.own.first(where: { $0.name == name }) {
        return say(StyledText(text, .bold) + StyledText("  \(own.type)\n\(own.value)"))
      }
      if let entry = Catalogue.member(name, of: guess.type) { return tell(entry, of: guess.type) }
      return refuseMember(name, of: guess.type, own: guess.own.map(\.name))
    }
    guard let guess = inference.guess(value) else { return refuseValue(text) }
    say(StyledText(text, .bold) + StyledText(": \(guess.type)", .dim))
    if let value = guess.value { return input.tell(value) }
    for own in guess.own.prefix(20) { input.tell("\(own.name): \(own.type)  \(own.value)") }
    if let type = Catalogue.type(named: guess.type) { tell(type) }
  }

  /// What `_` is now, where something has given it.
  private func tellLast() {
    guard let last = asked({ $0.members(of: ValuePath("_"), waits: true) }), last.type != "nil" else {
      return
    }
    say(StyledText("_", .bold) + StyledText(": \(last.type)", .dim))
    input.tell(last.value)
  }

  private func refuseValue(_ text: String) {
    refuse("there is no value \(text) to look at; %vars lists the names there are")
  }

  // MARK: Members

  /// `Array.map`, `xs.map`: the member of a type, or of the type that a value has.
  private func helpOnMember(_ name: String, of base: String) {
    if Catalogue.type(named: base) != nil {
      let carried = Catalogue.members(ofTypeItself: base).first { $0.name == name }
      if let entry = Catalogue.member(name, of: base) ?? carried { return tell(entry, of: base) }
      return refuseMember(name, of: base)
    }
    let parts = base.split(separator: ".").map(String.init)
    let path = ValuePath(parts.first ?? "", parts.dropFirst().map { .member($0) })
    guard let value = asked({ $0.members(of: path, waits: true) }) else {
      if let first = parts.first, asked({ $0.variable(named: first) }) == nil, helpOnDeclared(first) {
        return
      }
      let near = Suggestion.nearest(to: base, among: asked { $0.variables() }.map(\.name) + Catalogue.names)
      return refuse(
        "there is no value \"\(base)\" to look at"
          + (near.map { "; did you mean \($0).\(name)?" } ?? "; %vars lists the names there are"))
    }
    if let own = value.own.first(where: { $0.name == name }) {
      return say(StyledText("\(base).\(name)", .bold) + StyledText("  \(own.type)\n\(own.value)"))
    }
    if let entry = Catalogue.member(name, of: value.type) { return tell(entry, of: value.type) }
    refuseMember(name, of: value.type, own: value.own.map(\.name))
  }

  private func refuseMember(_ name: String, of type: String, own: [String] = []) {
    let names = own + (Catalogue.type(named: type)?.members.map(\.name) ?? [])
    let near = Suggestion.nearest(to: name, among: names)
    refuse(
      "\(type) has no member \"\(name)\""
        + (near.map { "; did you mean \($0)?" } ?? "; \(type)? lists what it has"))
  }

  private func tellMember(_ name: String, of types: [TypeHelp]) {
    for type in types.prefix(3) {
      if let entry = type.member(name) { tell(entry, of: type.name) }
    }
    let names = types.dropFirst(3).map { "\($0.name).\(name)?" }
    if !names.isEmpty { input.tell("see also \(names.joined(separator: ", "))", .dim) }
  }

  // MARK: Telling

  private func tell(_ entry: HelpEntry, of type: String? = nil) {
    let owner = type.map { entry.signature.hasPrefix($0 + ".") ? "" : $0 + "." } ?? ""
    input.tell(owner + entry.signature, .bold)
    input.tell(entry.explanation)
    input.tell(entry.example, .dim)
  }

  private func tell(_ command: Command) {
    say(StyledText("%\(command.name) \(command.usage)", .bold) + StyledText("\n\(command.explanation)"))
  }

  /// What a type is, and the names of its members in columns.
  private func tell(_ type: TypeHelp) {
    input.tell(type.name, .bold)
    input.tell(type.explanation)
    let carried = type.name == "Function" ? [] : Catalogue.members(ofTypeItself: type.name)
    let names = carried.map { "\(type.name).\($0.name)" } + type.members.map(\.name).sorted()
    for line in Prompt.columns(names, width: input.columns ?? 80) { say(StyledText(line, Style(.cyan))) }
    if let example = type.members.first {
      input.tell("\(type.name).\(example.name)? explains one", .dim)
    }
  }

  /// Names in columns that fit a window, read downwards.
  nonisolated static func columns(_ names: [String], width: Int) -> [String] {
    let widest = (names.map { Layout.width(of: $0) }.max() ?? 0) + 2
    let count = max(1, (width - 1) / widest)
    let rows = (names.count + count - 1) / count
    return (0..<rows).map { row in
      let line = stride(from: row, to: names.count, by: rows).map { names[$0].padded(to: widest) }.joined()
      return "  " + line.trimmingCharacters(in: .whitespaces)
    }
  }

  /// A global: how it was declared and where, its type and value, and the lines of a function.
  private func tell(_ variable: VariableInfo) {
    let isFunction = variable.kind == .function
    let signature = isFunction ? "(\(variable.parameters.joined(separator: ", ")))" : ""
    let keyword = isFunction ? "func" : variable.kind.rawValue
    let cell = variable.cell.map { ", of cell [\($0)]" } ?? ""
    say(
      StyledText("\(keyword) \(variable.name)\(signature)", .bold)
        + StyledText("\(cell)\(isFunction ? "" : ": \(variable.type)")", .dim))
    guard isFunction else { return input.tell(variable.value) }
    let text = variable.cell.flatMap { states.text(of: $0) ?? notebook[$0]?.source }
    if let lines = text.flatMap({ Prompt.declaration(of: variable.name, in: $0) }) { say(lines) }
  }

  /// The text of a function's declaration in a cell.
  nonisolated private static func declaration(of name: String, in text: String) -> String? {
    let source = SourceText(name: "cell", text: text)
    for statement in Parser.parse(source).program.body.reversed() {
      if case .function(let declared, _) = statement.kind, declared.name == name {
        return source.slice(statement.span)
      }
    }
    return nil
  }

  // MARK: Routes

  /// A pattern, the beginning of some, or a path that a route answers.
  private func helpOnRoute(_ topic: String) {
    let routes = asked { $0.routes() }
    let exact = routes.filter { $0.pattern == topic }
    var found = exact.isEmpty ? routes.filter { $0.pattern.hasPrefix(topic) } : exact
    if found.isEmpty {
      // A path of a request rather than a pattern.
      let path = String(topic.prefix { $0 != "?" })
      found = asked { $0.routes(answering: path) }
    }
    if found.isEmpty {
      if helpOnDeclaredRoute(topic) { return }
      let near = Suggestion.nearest(to: topic, among: routes.map(\.pattern))
      return refuse(
        "there is no route \(topic)" + (near.map { "; did you mean \($0)?" } ?? "; %routes lists the routes"))
    }
    for route in found.prefix(20) {
      say(
        StyledText("route \(route.method.map { $0 + " " } ?? "")\"\(route.pattern)\"", .bold)
          + StyledText(route.cell.map { ", of cell [\($0)]" } ?? "", .dim))
      let text = route.cell.flatMap { states.text(of: $0) ?? notebook[$0]?.source }
      if let lines = text.flatMap({ Prompt.declaration(of: route, in: $0) }) { say(lines) }
    }
  }

  /// A pattern that a cell has and the kernel does not serve; false where none has it.
  private func helpOnDeclaredRoute(_ pattern: String) -> Bool {
    for cell in notebook.codeCells.reversed()
    where cell.source.contains(pattern) || cell.source.contains("group") {
      let source = SourceText(name: "cell", text: cell.source)
      guard let node = Parser.parse(source).program.declaredRoutes.last(where: { $0.pattern == pattern }),
        let number = cell.number
      else { continue }
      input.tell("\(pattern) is declared by [\(number)], which \(whyNotInForce(number))")
      say(source.slice(node.handler.span))
      return true
    }
    return false
  }

  nonisolated private static func declaration(of route: RouteInfo, in text: String) -> String? {
    let source = SourceText(name: "cell", text: text)
    for node in Parser.parse(source).program.declaredRoutes.reversed() where node.pattern == route.pattern {
      let methods = node.methods.map(\.name)
      if route.method.map(methods.contains) ?? methods.isEmpty { return source.slice(node.handler.span) }
    }
    return nil
  }
}

extension Prompt: CompletionSource {
  var cells: [(number: Int, headline: String)] {
    notebook.codeCells.compactMap { cell in cell.number.map { ($0, Prompt.headline(of: cell)) } }
  }

  var waiting: [String] {
    background.filter { !$0.isOver() }.map { $0.cell.map(String.init) ?? $0.label }
  }

  var hasPage: Bool { configuration.inspects }

  var patience: Duration { kernel.patience }

  func variables(startingWith prefix: String) -> [VariableInfo]? { kernel.variables(startingWith: prefix) }

  func members(of path: ValuePath) -> ValueMembers? { kernel.members(of: path) }

  func routes() -> [RouteInfo]? { kernel.routesAtOnce() }

  func activities() -> [Activity]? { kernel.activitiesAtOnce() }

  func tracedPaths() -> [String]? { kernel.tracedPathsAtOnce() }
}
