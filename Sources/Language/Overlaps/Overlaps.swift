/// GETs of one piece of code that are awaited one after the other, though all of them could have been begun before the
/// first was waited for: none is made from what another gives, and nothing is done in between that anybody could notice.
public struct OverlapGroup: Hashable, Sendable {
  /// Where the calls stand: the offsets of their names in UTF-8, in the order in which they are made; two at least.
  public let calls: [Int]
  /// Globals that the text gives a value between the first and the last.
  public let declares: Set<String>
  /// Whether an address has a text of what a function was given. Where that is an array or something else that others may
  /// change, which the address shows, the calls can't be begun earlier.
  public let tellsArguments: Bool
  /// Those of the calls whose failure is caught where they are awaited.
  public let caught: Set<Int>
  /// Those of the calls that have a limit of their own for their time.
  public let limited: Set<Int>
}

/// What a piece of code has to do with globals.
public struct CodeEffects: Hashable, Sendable {
  /// Those that it reads.
  public let reads: Set<String>
  /// Those that it gives another value. It changes nothing that they hold.
  public let writes: Set<String>
}

/// What a piece of code has to do with what was begun before and is under way.
public struct CodeProgress: Hashable, Sendable {
  /// Whether it asks how far that has come.
  public internal(set) var isAskedFor = false
  /// Whether it hands on what may stand for such, as to a function, in place of waiting for it.
  public internal(set) var isHandedOn = false
  /// The globals that it reads.
  public internal(set) var globals: Set<String> = []
}

/// What a text could do at once, found in its tree. Nothing of it is run, and no times are known.
///
/// Where it can't be told whether something matters, it counts as if it did: what is found is right, and not all is found.
public struct OverlapAnalysis {
  /// In the order of the text.
  public let groups: [OverlapGroup]
  /// The globals that the text uses, and does not declare.
  public let uses: Set<String>
  private let facts: VariableFacts

  /// - Parameters:
  ///   - source: the text of a cell. One with errors has no groups.
  ///   - names: what the notebook knows, as for `Resolver`.
  ///   - isConstant: whether a global of the notebook is a `let` that holds a number, a text, or another value that nobody
  ///     can change.
  ///   - isArray: whether one is a `let` that holds an Array.
  public init(
    _ source: SourceText, names: some GlobalNames, isConstant: @escaping (String) -> Bool,
    isArray: @escaping (String) -> Bool = { _ in false }
  ) {
    let parsed = Parser.parse(source)
    let resolution = Resolver.resolve(parsed.program, source: source, globals: names)
    let globals = GlobalFacts(
      names: names, declared: Set(resolution.declared.keys), isConstant: isConstant, isArray: isArray)
    let facts = VariableFacts(parsed.program, globals: globals)
    self.facts = facts
    uses = Set(resolution.reads.keys).union(resolution.writes.keys).subtracting(resolution.declared.keys)
    if parsed.diagnostics.contains(where: { $0.severity == .error }) || resolution.hasErrors {
      groups = []
    } else {
      groups = facts.blocks.flatMap { block in
        var finder = OverlapFinder(facts, isMain: block.isMain)
        return finder.groups(in: block.statements)
      }.sorted { $0.calls[0] < $1.calls[0] }
    }
  }

  /// What the handler of a route or another function has to do with globals; nil where it may change something else than
  /// them and variables of its own, or where none begins there.
  ///
  /// - Parameter offset: where its text begins, that of a route with its word, in UTF-8.
  public func effectsOfFunction(at offset: Int) -> CodeEffects? {
    function(at: offset).flatMap { ReadingCheck.effects(of: $0, facts) }
  }

  /// Whether the text itself changes nothing but what it declares.
  public var isReadingText: Bool {
    facts.functions.first.flatMap { ReadingCheck.effects(of: $0, facts) }?.writes.isEmpty ?? false
  }

  /// Whether what fibers and callbacks of a function may run changes nothing but variables of their own, so that nobody
  /// notices whether they have run.
  ///
  /// - Parameter offset: as for `effectsOfFunction`.
  public func hasQuietFibers(inFunctionAt offset: Int) -> Bool {
    guard let range = rangeOfFunction(at: offset) else { return false }
    return facts.functions.allSatisfy { function in
      let isWithin =
        function.role != .main && range.contains(function.span.start) && function.span.start != offset
      return !isWithin || ReadingCheck.effects(of: function, facts)?.writes.isEmpty ?? false
    }
  }

  /// Whether the code around a place asks how far something has come that was begun before, as `isPending` does: it would
  /// come to that sooner. Nil where the text can't be read.
  ///
  /// - Parameter offset: of something in the code, in UTF-8. What is looked at is the whole function around it, the
  ///   outermost one; outside of functions all of the text.
  public func progress(around offset: Int) -> CodeProgress? {
    let function = facts.functions.first {
      $0.role != .main && ($0.span.start..<$0.span.end).contains(offset) && $0.parent?.role == .main
    }
    return (function ?? facts.functions.first).map { ProgressCheck(.function($0), facts).found }
  }

  /// The globals that functions in the text read; nil where one may change something.
  public var readsOfFunctions: Set<String>? {
    var reads: Set<String> = []
    for function in facts.functions where function.role != .main {
      guard let effects = ReadingCheck.effects(of: function, facts) else { return nil }
      reads.formUnion(effects.reads)
    }
    return reads
  }

  /// The text of such a function, in UTF-8.
  public func rangeOfFunction(at offset: Int) -> Range<Int>? {
    function(at: offset).map { $0.span.start..<$0.span.end }
  }

  private func function(at offset: Int) -> FunctionNode? {
    facts.functions.first { $0.role != .main && $0.span.start == offset }
  }
}
