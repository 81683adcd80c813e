import Language

/// Names that are assigned to or changed as a cell runs, and by its timers and fibers.
struct ChangedNames: Sendable {
  var atOnce: Set<String> = []
  var later: Set<String> = []
  /// By its routes, as they answer.
  var forRequests: Set<String> = []

  var all: Set<String> { atOnce.union(later).union(forRequests) }
  var isEmpty: Bool { atOnce.isEmpty && later.isEmpty && forRequests.isEmpty }
}

/// What cells change by another name than its own: what a loop, a closure or a variable has of it, or a function is given;
/// and by functions that it holds, of what these hold.
struct OtherNames: Sendable {
  /// By the place of the cell, what it changes so.
  private(set) var changed: [Int: ChangedNames] = [:]
  /// What functions change so; of what they are given, `Resolution.parameterName`.
  private var parts: [String: Set<String>] = [:]
  /// The names of which a name may stand for a part.
  private var sources: [String: Set<String>] = [:]
  /// What is declared as a function.
  private var functions: Set<String> = []
  private let staleness: Staleness

  init(_ texts: [CellText], _ staleness: Staleness) {
    self.staleness = staleness
    for text in texts {
      functions.formUnion(text.functions)
      for (name, changed) in text.partsChangedByFunctions { parts[name, default: []].formUnion(changed) }
      for (name, others) in text.otherNames { sources[name, default: []].formUnion(others) }
    }
    follow(given: texts)
    for (place, text) in texts.enumerated() {
      var names = ChangedNames()
      var atOnce = text.changedParts
      atOnce.noteChanges(reads: text.uses.reads, assigns: text.changesAtOnce)
      names.atOnce = changed(by: atOnce)
      for begun in staleness.goingOn(of: text.uses) { names.later.formUnion(changed(by: begun.all)) }
      for handler in text.handlers { names.forRequests.formUnion(changed(by: handler.uses)) }
      if !names.isEmpty { changed[place] = names }
    }
  }

  /// A function that gives what it was given to one that changes that changes it, too.
  private mutating func follow(given texts: [CellText]) {
    var isOpen = true
    while isOpen {
      isOpen = false
      for text in texts {
        for (name, given) in text.givenByFunctions {
          for (function, given) in given {
            let names = changed(of: given, by: function)
            if !names.isSubset(of: parts[name] ?? []) {
              parts[name, default: []].formUnion(names)
              isOpen = true
            }
          }
        }
      }
    }
  }

  private func changesWhatItIsGiven(_ function: String) -> Bool {
    parts[function]?.contains(Resolution.parameterName) ?? false
  }

  /// What a function changes that is given some names, be it a member of them or what they are themselves.
  private func changed(of names: Set<String>, by function: String) -> Set<String> {
    if changesWhatItIsGiven(function) { return names }
    let isElement = function == Resolution.elementName
    guard isElement || function == Resolution.calledName || Resolution.isMemberName(function) else {
      return []
    }
    return names.filter { name in
      sources(of: [name]).union([name]).contains {
        changesWhatItIsGiven(Resolution.givenName(by: $0))
          || isElement && changesWhatItIsGiven(Resolution.elementsName(of: $0))
      }
    }
  }

  /// What code changes a part of by another name, itself or by functions that it calls.
  func changed(by uses: Resolution.GlobalUses) -> Set<String> {
    var names = uses.changesParts
    for (function, given) in uses.given { names.formUnion(changed(of: given, by: function)) }
    names.formUnion(sources(of: uses.assigns))
    if !parts.isEmpty {
      for name in staleness.reached(from: uses.reads) { names.formUnion(parts[name] ?? []) }
    }
    // What a function gives may be a part of whatever it reads.
    names.remove(Resolution.parameterName)
    if names.isEmpty { return [] }
    names.formUnion(sources(of: names))
    return staleness.reached(from: names).filter { !staleness.isFunction($0) && !functions.contains($0) }
  }

  /// The names of which some stand for a part.
  private func sources(of names: Set<String>) -> Set<String> {
    if sources.isEmpty { return [] }
    var found: Set<String> = []
    var open = Array(names)
    while let name = open.popLast() {
      for other in sources[name] ?? [] where found.insert(other).inserted { open.append(other) }
    }
    return found
  }
}
