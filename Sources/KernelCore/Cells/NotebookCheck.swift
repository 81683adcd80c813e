import Language
import VM

/// What a cell was found to be without running it.
public struct CheckedCell: Sendable {
  /// Errors and warnings in the order of the text.
  public let diagnostics: [Diagnostic]
  /// What the machine would run; nil for a text that cannot be compiled, and where it is not asked for.
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
  private let keepsPrograms: Bool

  /// - Parameters:
  ///   - isWhole: whether the cells are all that there will be; otherwise an unknown name is a warning.
  ///   - keepsPrograms: whether somebody wants to see what the machine would run.
  init(builtins: [(name: String, kind: GlobalKind)], isWhole: Bool, keepsPrograms: Bool) {
    self.isWhole = isWhole
    self.keepsPrograms = keepsPrograms
    var scope = GlobalScope()
    for builtin in builtins { scope.declare(builtin.name, .init(builtin.kind)) }
    // The last Out, from the first on.
    scope.declare("_", .builtin)
    self.builtins = scope
  }

  func checked(_ cells: [SourceText]) -> [CheckedCell] {
    var before = builtins
    let behind = NamesBehind(cells)
    return cells.map { cell in
      let parsed = Parser.parse(cell)
      behind.passNext { CompiledCell.declarations(of: cell, parsed).keys }
      // The names are given away, not kept: a second holder would make each declaration copy them all.
      let (compiled, diagnostics) = checked(
        cell, parsed, NotebookNames(before: before, behind: behind, mayGrow: !isWhole))
      for (name, kind) in compiled.declared { before.declare(name, kind, in: cell.name) }
      return CheckedCell(diagnostics: diagnostics, program: keepsPrograms ? compiled.program : nil)
    }
  }

  private func checked(
    _ cell: SourceText, _ parsed: ParseResult, _ names: NotebookNames
  ) -> (CompiledCell, [Diagnostic]) {
    let compiled = CompiledCell(cell, parsed, globals: names)
    var found = compiled.diagnostics
    if let resolution = compiled.resolution {
      func check(_ name: String, _ use: Resolution.Use, isRead: Bool) {
        guard use.isAtTopLevel, names.before.entry(named: name) == nil else { return }
        if let declaration = resolution.declared[name] {
          guard isRead, let end = declaration.valueEnd, use.span.start < end else { return }
          found.append(
            Diagnostic(
              .error, "\"\(name)\" is used before it is declared", at: use.span,
              help: "declare it above its first use"))
        } else if let other = names.behind.cell(declaring: name) {
          found.append(
            Diagnostic(
              .error, "\"\(name)\" is not defined yet: \(other), further down, declares it", at: use.span,
              help: "move that cell up, or this one down"))
        }
      }
      for (name, use) in resolution.reads { check(name, use, isRead: true) }
      // One complaint is enough for a name.
      for (name, use) in resolution.writes where resolution.reads[name]?.isAtTopLevel != true {
        check(name, use, isRead: false)
      }
      for (name, declaration) in resolution.declared where isWhole {
        guard let before = names.before.entry(named: name), before.kind != .builtin, let other = before.origin
        else { continue }
        found.append(
          Diagnostic(
            .warning, "\"\(name)\" of \(other) is replaced by this one", at: declaration.span,
            help: "give one of them another name"))
      }
    }
    found.sort { ($0.span.start, $0.severity.rawValue) < ($1.span.start, $1.severity.rawValue) }
    return (compiled, found)
  }
}

/// The names that a cell may use when the whole notebook is known.
private struct NotebookNames: GlobalNames {
  let before: GlobalScope
  let behind: NamesBehind
  let mayGrow: Bool

  /// What is declared further down says nothing yet about how the name may be used.
  func entry(named name: String) -> GlobalScope.Entry? {
    before.entry(named: name) ?? behind.cell(declaring: name).map { .init(kind: .var, origin: $0) }
  }

  func isBuiltin(_ name: String) -> Bool { before.isBuiltin(name) }

  var names: [String] { before.names + behind.names }
  var nameCount: Int { before.nameCount + behind.names.count }
}

/// What the cells behind the one that is being looked at declare. Few notebooks need to know: those cells are read for
/// it when it is first asked for.
private final class NamesBehind {
  /// The cells that have not been passed.
  private var cells: ArraySlice<SourceText>
  /// By name the cells that declare it, the next one last; nil until it is asked for.
  private var declarers: [String: [String]]?

  init(_ cells: [SourceText]) { self.cells = cells[...] }

  /// The next cell lies behind no longer.
  func passNext(declaring names: () -> some Sequence<String>) {
    cells.removeFirst()
    guard declarers != nil else { return }
    for name in names() { declarers?[name]?.removeLast() }
  }

  /// The next cell that declares a name.
  func cell(declaring name: String) -> String? { known[name]?.last }

  var names: some Collection<String> { known.keys }

  private var known: [String: [String]] {
    if let declarers { return declarers }
    var found: [String: [String]] = [:]
    for cell in cells.reversed() {
      for name in CompiledCell.declarations(of: cell, Parser.parse(cell)).keys {
        found[name, default: []].append(cell.name)
      }
    }
    declarers = found
    return found
  }
}
