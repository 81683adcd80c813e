import Language

/// What cells change by another name than its own: what a loop, a closure or a variable has of it, or a function is given;
/// and by functions that it holds, of what these hold.
struct OtherNames: Sendable {
  /// By the place of the cell, what it changes so.
  private(set) var changed: [Int: ChangedNames] = [:]
  /// What functions change so.
  private var changes: [Changer: Set<SharedPart>] = [:]
  /// What globals, and what functions give, may be a part of; and what is in that.
  private var sources: [SharedPart: Set<SharedPart>] = [:]
  /// Which of what they are given functions give or keep in that.
  private var handing: [SharedPart: Set<Handed>] = [:]
  /// Whether any function changes what it holds that is known by what gives it alone.
  private var hasUnnamedChangers = false
  /// For each member that is a function and changes something the names by which that can be reached.
  private var holders: [String: Set<String?>] = [:]
  /// What is declared as a function.
  private var functions: Set<String> = []
  private let staleness: Staleness

  private struct Handed: Hashable {
    let key: ParameterKey
    let level: SharedLevel
  }

  init(_ texts: [CellText], _ staleness: Staleness) {
    self.staleness = staleness
    for text in texts {
      functions.formUnion(text.functions)
      for (changer, parts) in text.partsChangedByFunctions { changes[changer, default: []].formUnion(parts) }
      for (part, others) in text.otherNames { sources[part, default: []].formUnion(others) }
    }
    findHanding(among: texts.reduce(into: []) { $0.formUnion($1.handing) })
    for (changer, parts) in changes { note(reached(from: parts), by: changer) }
    follow(given: texts)
    for (place, text) in texts.enumerated() {
      var names = ChangedNames()
      var atOnce = text.changedParts
      atOnce.noteChanges(reads: text.uses.reads, changes: text.changesAtOnce)
      names.atOnce = changed(by: atOnce)
      for begun in staleness.goingOn(of: text.uses) { names.later.formUnion(changed(by: begun.all)) }
      for handler in text.handlers { names.forRequests.formUnion(changed(by: handler.uses)) }
      if !names.isEmpty { changed[place] = names }
    }
  }

  // MARK: Finding

  /// A function hands on what it gives a function that hands on that.
  private mutating func findHanding(among names: Set<String>) {
    let parts = names.flatMap { name in SharedLevel.allCases.map { SharedPart.global(name, $0) } }
      .filter { sources[$0] != nil }
    var isOpen = !parts.isEmpty
    while isOpen {
      isOpen = false
      for part in parts {
        var keys: Set<Handed> = []
        for case .parameter(let key, let level, _) in reached(from: [part]) {
          keys.insert(Handed(key: key, level: level))
        }
        if !keys.isSubset(of: handing[part] ?? []) {
          handing[part, default: []].formUnion(keys)
          isOpen = true
        }
      }
    }
  }

  private mutating func note(_ parts: Set<SharedPart>, by changer: Changer) {
    changes[changer, default: []].formUnion(parts)
    switch changer {
    case .given, .element: hasUnnamedChangers = hasUnnamedChangers || parts.contains(.receiver)
    case .member(let name, let holder): holders[name, default: []].insert(holder)
    case .global: break
    }
  }

  /// A function that gives what it was given to one that changes that changes it, too.
  private mutating func follow(given texts: [CellText]) {
    var isOpen = true
    while isOpen {
      isOpen = false
      for text in texts {
        for (member, functions) in text.functionsOfMembers {
          let parts = functions.reduce(into: Set<SharedPart>()) { found, name in
            found.formUnion(changes[.global(name)] ?? [])
            for name in staleness.assigned(byCalling: [name]) { found.insert(.global(name, .own)) }
          }
          if !parts.isSubset(of: changes[member] ?? []) {
            note(parts, by: member)
            isOpen = true
          }
        }
        for (changer, takers) in text.givenByFunctions {
          for (taker, given) in takers {
            let parts = changed(of: given, by: taker)
            if !parts.isSubset(of: changes[changer] ?? []) {
              note(parts, by: changer)
              isOpen = true
            }
          }
        }
      }
    }
  }

  /// Some parts and what they may be parts of.
  private func reached(from parts: Set<SharedPart>) -> Set<SharedPart> {
    if sources.isEmpty { return parts }
    var found = parts
    var open = Array(parts)
    while let part = open.popLast() {
      var others = sources[part] ?? []
      if case .handed(let given, let key, let level, let function, let place) = part,
        handing[.global(function, place)]?.contains(Handed(key: key, level: level)) ?? false
      {
        others.insert(given)
      }
      for other in others where found.insert(other).inserted { open.append(other) }
    }
    return found
  }

  /// The names of which some values and functions may be a part, or what they give.
  private func names(behind parts: Set<SharedPart>) -> Set<String> {
    Set(parts.lazy.compactMap(\.globalName))
  }

  // MARK: Asking

  private func changesReceiver(_ changer: Changer) -> Bool { changes[changer]?.contains(.receiver) ?? false }

  /// What a function changes of what it is given.
  private func changed(of given: Set<SharedPart>, by taker: Taker) -> Set<SharedPart> {
    switch taker {
    case .function(let name, let key, let level):
      let changesAll =
        !changes.isEmpty
        && names(behind: reached(from: [.global(name, .own)])).contains { name in
          changes[.global(name)]?.contains {
            if case .parameter(key, level, _) = $0 { true } else { false }
          } ?? false
        }
      return changesAll ? reached(from: given) : []
    case .argument(let member, let key, let level):
      let changesAll = (holders[member] ?? []).contains {
        changes[.member(member, of: $0)]?.contains {
          if case .parameter(key, level, _) = $0 { true } else { false }
        } ?? false
      }
      return changesAll ? reached(from: given) : []
    case .member(let member): return changed(of: given, byCalling: member).union(unnamed(given, by: taker))
    case .element: return unnamed(given, by: taker)
    case .itself:
      return names(behind: given).reduce(into: unnamed(given, by: taker)) { found, name in
        found.formUnion((changes[.given(by: name)] ?? []).filter(\.isOfGlobal))
      }
    }
  }

  /// What the functions that are a member change: of what has it, and of other names.
  private func changed(of given: Set<SharedPart>, byCalling member: String) -> Set<SharedPart> {
    guard let holders = holders[member] else { return [] }
    var found: Set<SharedPart> = []
    for part in given {
      let reached = reached(from: [part])
      let names = names(behind: reached)
      // Of what a function is given it is not known.
      let isAny = reached.contains { if case .parameter = $0 { true } else { false } }
      for holder in holders where isAny || holder.map(names.contains) ?? true {
        for change in changes[.member(member, of: holder)] ?? [] {
          switch change {
          case .receiver: found.formUnion(self.reached(from: given))
          case .global, .handed: found.insert(change)
          case .parameter, .held: break
          }
        }
      }
    }
    return found
  }

  /// What functions change of what has them that are known by what gives them alone.
  private func unnamed(_ given: Set<SharedPart>, by taker: Taker) -> Set<SharedPart> {
    if !hasUnnamedChangers { return [] }
    return given.filter { part in
      names(behind: reached(from: [part])).contains {
        changesReceiver(.given(by: $0)) || taker == .element && changesReceiver(.element(of: $0))
      }
    }
  }

  /// What code changes a part of by another name, itself or by functions that it calls.
  func changed(by uses: Resolution.GlobalUses) -> Set<String> {
    var parts = uses.changesParts
    for (taker, given) in uses.given { parts.formUnion(changed(of: given, by: taker)) }
    for name in uses.changes { parts.formUnion(sources[.global(name, .own)] ?? []) }
    if !changes.isEmpty {
      for name in staleness.reached(from: uses.reads) { parts.formUnion(changes[.global(name)] ?? []) }
    }
    if parts.isEmpty { return [] }
    return names(behind: reached(from: parts)).filter { !staleness.isFunction($0) && !functions.contains($0) }
  }

  /// Of which names a name may hold parts.
  func held(by name: String) -> Set<String> {
    names(behind: reached(from: Set(SharedLevel.allCases.map { .global(name, $0) }))).subtracting([name])
  }
}
