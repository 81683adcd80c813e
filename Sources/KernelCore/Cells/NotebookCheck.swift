import Language
import VM

/// What a cell was found to be without running it.
public struct CheckedCell: Sendable {
  /// Errors and warnings in the order of the text.
  public let diagnostics: [Diagnostic]
  /// What the machine would run; nil for a text that cannot be compiled.
  public let program: Program?
}

/// What is wrong with the cells of a notebook, as far as that shows without running them.
///
/// Every cell knows the names of the program and of the cells before it. Its functions, which run later, know those of
/// the cells behind it too; nothing else can ever come to be defined, so that a name which none of them has is an
/// error and not, as at the prompt, a warning.
struct NotebookCheck {
  private let builtins: GlobalScope
  private let isWhole: Bool

  /// - Parameter isWhole: whether the cells are all that there will be; otherwise an unknown name is a warning.
  init(builtins: [(name: String, kind: GlobalKind)], isWhole: Bool) {
    self.isWhole = isWhole
    var scope = GlobalScope()
    for builtin in builtins { scope.declare(builtin.name, .init(builtin.kind)) }
    // The last Out, from the first on.
    scope.declare("_", .builtin)
    self.builtins = scope
  }

  func checked(_ cells: [SourceText]) -> [CheckedCell] {
    let declared = cells.map { cell in
      let parsed = Parser.parse(cell)
      let resolution = Resolver.resolve(parsed.program, source: cell, globals: builtins)
      return CompiledCell.declarations(of: cell, parsed, resolution)
    }
    // Of the cells that declare a name the next is the last.
    var behind: [String: [String]] = [:]
    for (cell, names) in zip(cells, declared).reversed() {
      for name in names.keys { behind[name, default: []].append(cell.name) }
    }
    var before = builtins
    return zip(cells, declared).map { cell, names in
      for name in names.keys { behind[name]?.removeLast() }
      let result = checked(cell, NotebookNames(before: before, behind: behind, mayGrow: !isWhole))
      for (name, kind) in names { before.declare(name, kind, in: cell.name) }
      return result
    }
  }

  private func checked(_ cell: SourceText, _ names: NotebookNames) -> CheckedCell {
    let compiled = CompiledCell(cell, globals: names)
    var found = compiled.diagnostics
    if let resolution = compiled.resolution {
      for (name, use) in resolution.reads where use.isAtTopLevel && names.before.entry(named: name) == nil {
        guard let declared = resolution.declaredBy[name], use.span.start < declared else { continue }
        found.append(
          Diagnostic(
            .error, "\"\(name)\" is used before it is declared", at: use.span,
            help: "declare it above its first use"))
      }
      for (name, span) in resolution.declaredAt where isWhole {
        guard let before = names.before.entry(named: name), before.kind != .builtin, let other = before.origin
        else { continue }
        found.append(
          Diagnostic(
            .warning, "\"\(name)\" of \(other) is replaced by this one", at: span,
            help: "give one of them another name"))
      }
      let uses = resolution.reads.merging(resolution.writes) { $0.isAtTopLevel ? $0 : $1 }
      for (name, use) in uses where use.isAtTopLevel && resolution.declares[name] == nil {
        guard names.before.entry(named: name) == nil, let other = names.behind[name]?.last else { continue }
        found.append(
          Diagnostic(
            .error, "\"\(name)\" is not defined yet: \(other), further down, declares it", at: use.span,
            help: "move that cell up, or this one down"))
      }
    }
    found.sort { ($0.span.start, $0.severity.rawValue) < ($1.span.start, $1.severity.rawValue) }
    return CheckedCell(diagnostics: found, program: compiled.program)
  }
}

/// The names that a cell may use when the whole notebook is known.
private struct NotebookNames: GlobalNames {
  let before: GlobalScope
  /// The names of the cells behind it, with those cells, the next one last.
  let behind: [String: [String]]
  let mayGrow: Bool

  /// What is declared further down says nothing yet about how the name may be used.
  func entry(named name: String) -> GlobalScope.Entry? {
    before.entry(named: name) ?? behind[name]?.last.map { .init(kind: .var, origin: $0) }
  }

  var names: [String] { before.names + behind.keys }
  var nameCount: Int { before.nameCount + behind.count }
}
