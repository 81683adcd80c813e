import Language
import VM
import Web

/// The text of a cell, compiled or refused.
struct CompiledCell {
  /// What the machine runs; nil where there are errors.
  private(set) var program: Program?
  /// Errors and warnings, those of the parser first.
  private(set) var diagnostics: [Diagnostic]
  /// The globals that the text declares; of a text with errors what could be read.
  private(set) var declared: [String: GlobalScope.Kind] = [:]
  /// The variables of other cells that the text assigns to, in order.
  private(set) var assigned: [String] = []
  /// How the text uses globals; nil where it could not be parsed.
  private(set) var resolution: Resolution?

  /// The number in a text that ends in `Out[3]` alone.
  private(set) var soughtOut: Int?

  /// - Parameters:
  ///   - globals: the names that the text may use.
  ///   - reserved: a path that is answered before all routes, with what is below it.
  init(_ source: SourceText, globals: some GlobalNames, reserved: String? = nil) {
    self.init(source, Parser.parse(source), globals: globals, reserved: reserved)
  }

  /// - Parameters:
  ///   - parsed: the tree of the text, which no cell has been compiled from.
  init(
    _ source: SourceText, _ parsed: ParseResult, globals: some GlobalNames, reserved: String? = nil
  ) {
    diagnostics = parsed.diagnostics
    let resolution = Resolver.resolve(parsed.program, source: source, globals: globals)
    declared = CompiledCell.complete(resolution.declared.mapValues(\.kind), of: source, parsed)
    // A pattern is told once, and every one of them even where something else is wrong.
    let patterns = (resolution.groups + resolution.routes).filter { route in
      !parsed.diagnostics.contains { route.span.start <= $0.span.start && $0.span.start < route.span.end }
    }
    let patternProblems = patterns.compactMap(CompiledCell.patternProblem)
    if hasErrors {
      diagnostics = (diagnostics + patternProblems).sorted { $0.span.start < $1.span.start }
      return
    }
    self.resolution = resolution
    diagnostics += resolution.diagnostics + patternProblems
    if let reserved {
      diagnostics += resolution.routes.compactMap { CompiledCell.warning(of: $0, reserved: reserved) }
    }
    if hasErrors { return }
    do throws(Diagnostic) {
      program = try Compiler.compile(parsed.program, source: source)
      soughtOut = CompiledCell.outSought(by: parsed.program)
      assigned = resolution.writes.keys.filter { resolution.declared[$0] == nil }.sorted()
    } catch {
      diagnostics.append(error)
    }
  }

  /// The globals that a text declares; of one with errors what could be read.
  static func declarations(of source: SourceText, _ parsed: ParseResult) -> [String: GlobalScope.Kind] {
    complete(Resolver.globals(declaredBy: parsed.program), of: source, parsed)
  }

  /// With those that a text with errors declares where the parser could not read it.
  private static func complete(
    _ read: [String: GlobalScope.Kind], of source: SourceText, _ parsed: ParseResult
  ) -> [String: GlobalScope.Kind] {
    var names = read
    if parsed.diagnostics.contains(where: { $0.severity == .error }) {
      for name in Parser.namesBehindDeclarationWords(in: source.text) where names[name] == nil {
        names[name] = .var
      }
    }
    return names
  }

  private static func outSought(by program: FunctionNode) -> Int? {
    guard case .expression(let value)? = program.body.last?.kind,
      case .index(let base, let index, fallback: nil, isOptional: false) = value.kind,
      case .name(let reference) = base.kind, reference.name == "Out", case .integer(let number) = index.kind
    else { return nil }
    return number
  }

  var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

  private static func patternProblem(_ route: Resolution.RoutePlace) -> Diagnostic? {
    do throws(RoutePatternError) {
      _ = try RoutePattern.parse(route.literal)
      return problemOfWhole(route)
    } catch {
      let start = route.span.start + 1
      let span = Span(
        start + error.range.lowerBound, start + max(error.range.upperBound, error.range.lowerBound + 1))
      return Diagnostic(
        .error, error.message, at: span, help: error.suggestion.map { "did you mean \"\($0)\"?" })
    }
  }
}

extension CompiledCell {
  /// The warning of a route that no request reaches; nil for any other.
  private static func warning(of route: Resolution.RoutePlace, reserved: String) -> Diagnostic? {
    guard route.pattern == reserved || route.pattern.hasPrefix(reserved + "/") else { return nil }
    return Diagnostic(
      .warning, "no request reaches this route: \(reserved)/ is the page that shows the notebook",
      at: route.span,
      help: "choose another path, or start with --no-inspect")
  }

  /// What is wrong with a pattern only where those of the groups around it stand before it.
  private static func problemOfWhole(_ route: Resolution.RoutePlace) -> Diagnostic? {
    guard !route.prefix.isEmpty, (try? RoutePattern.parse(route.prefix)) != nil else { return nil }
    do throws(RoutePatternError) {
      _ = try RoutePattern.parse(route.pattern)
      return nil
    } catch {
      return Diagnostic(.error, "in its group: \(error.message)", at: route.span)
    }
  }
}

/// The names that a cell of a running notebook can use, with where they come from; looked up one by one, since a
/// notebook may have many.
struct KnownNames: GlobalNames {
  let machine: Machine
  let ownership: Ownership

  func entry(named name: String) -> GlobalScope.Entry? {
    guard let (slot, kind) = machine.declaredGlobal(named: name) else { return nil }
    return .init(
      kind: .init(kind), origin: ownership.cell(declaringGlobal: slot).map { "cell [\($0)]" })
  }

  var names: [String] { machine.declaredGlobals.map(\.name) }
  var nameCount: Int { machine.globalCount }
}

extension GlobalScope.Kind {
  init(_ kind: GlobalKind) {
    self =
      switch kind {
      case .let: .let
      case .var: .var
      case .function: .function
      case .builtin: .builtin
      }
  }
}
