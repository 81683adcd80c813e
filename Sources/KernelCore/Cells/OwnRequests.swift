import Language
import Web

/// What cells change by asking routes of the notebook as they run, as one does that signs up a user to begin with; and what
/// functions and timers of theirs change by another name.
///
/// Where a variable is declared anew that the route fills, the cell asks again. That the route has another handler makes it
/// ask no more, since what was asked before would be there twice.
struct OwnRequests {
  /// Names that are assigned to or changed as a cell runs, and by its timers and fibers.
  struct Names {
    var atOnce: Set<String> = []
    var later: Set<String> = []
    /// By its routes, as they answer.
    var forRequests: Set<String> = []

    var all: Set<String> { atOnce.union(later).union(forRequests) }
    var isEmpty: Bool { atOnce.isEmpty && later.isEmpty && forRequests.isEmpty }
  }

  /// By the place of the cell, what it changes by another name.
  private(set) var changed: [Int: Names] = [:]
  /// By the place of the cell, what routes change that it asks.
  private(set) var requested: [Int: Names] = [:]
  private let handlers: [CellText.Handler]
  private let staleness: Staleness
  private var addresses: [String: Set<Resolution.CalledAddress>] = [:]
  /// What functions change a part of by another name.
  private var parts: [String: Set<String>] = [:]
  /// The names of which a name may stand for a part.
  private var otherNames: [String: Set<String>] = [:]

  init(_ texts: [CellText], _ staleness: Staleness) {
    self.staleness = staleness
    handlers = texts.flatMap(\.handlers)
    for text in texts {
      for (name, called) in text.calledByFunctions { addresses[name, default: []].formUnion(called) }
      for (name, changed) in text.partsChangedByFunctions { parts[name, default: []].formUnion(changed) }
      for (name, others) in text.otherNames { otherNames[name, default: []].formUnion(others) }
    }
    follow(given: texts)
    for (place, text) in texts.enumerated() {
      var (changed, requested) = (Names(), Names())
      requested.atOnce = assigned(byCalling: text.calledAtOnce.union(addressesCalled(by: text.uses.reads)))
      var atOnce = text.changedParts
      atOnce.noteChanges(reads: text.uses.reads, assigns: text.changesAtOnce)
      changed.atOnce = partsChanged(by: atOnce)
      for handler in text.handlers { changed.forRequests.formUnion(partsChanged(by: handler.uses)) }
      var asked: Set<Resolution.CalledAddress> = []
      for begun in staleness.goingOn(of: text.uses) {
        asked.formUnion(begun.addresses.union(addressesCalled(by: begun.all.reads)))
        changed.later.formUnion(partsChanged(by: begun.all))
      }
      requested.later = assigned(byCalling: asked)
      if !changed.isEmpty { self.changed[place] = changed }
      if !requested.isEmpty { self.requested[place] = requested }
    }
  }

  /// A function that gives what it was given to one that changes that changes it, too.
  private mutating func follow(given texts: [CellText]) {
    var isOpen = true
    while isOpen {
      isOpen = false
      for text in texts {
        for (name, given) in text.givenByFunctions {
          for (function, names) in given where parts[function]?.contains(Self.parameter) ?? false {
            if !names.isSubset(of: parts[name] ?? []) {
              parts[name, default: []].formUnion(names)
              isOpen = true
            }
          }
        }
      }
    }
  }

  private static let parameter = Resolution.parameterName

  private func addressesCalled(by names: Set<String>) -> Set<Resolution.CalledAddress> {
    if addresses.isEmpty || names.isEmpty { return [] }
    return staleness.reached(from: names).reduce(into: []) { $0.formUnion(addresses[$1] ?? []) }
  }

  /// What code changes a part of by another name, itself or by functions that it calls.
  private func partsChanged(by uses: Resolution.GlobalUses) -> Set<String> {
    var names = uses.changesParts
    for (function, given) in uses.given where parts[function]?.contains(Self.parameter) ?? false {
      names.formUnion(given)
    }
    names.formUnion(otherNames(of: uses.assigns))
    if !parts.isEmpty {
      for name in staleness.reached(from: uses.reads) { names.formUnion(parts[name] ?? []) }
    }
    // What a function gives may be a part of whatever it reads.
    names.remove(Self.parameter)
    if names.isEmpty { return [] }
    names.formUnion(otherNames(of: names))
    return staleness.reached(from: names).filter { !staleness.isFunction($0) }
  }

  /// The names of which some stand for a part.
  private func otherNames(of names: Set<String>) -> Set<String> {
    if otherNames.isEmpty { return [] }
    var found: Set<String> = []
    var open = Array(names)
    while let name = open.popLast() {
      for other in otherNames[name] ?? [] where found.insert(other).inserted { open.append(other) }
    }
    return found
  }

  private func assigned(byCalling called: Set<Resolution.CalledAddress>) -> Set<String> {
    var found: Set<String> = []
    var known = called
    var open = handlers.isEmpty ? [] : Array(called)
    while let address = open.popLast() {
      // Of an address that is made of values alone nobody knows whom it asks.
      if address.beginning.isEmpty { continue }
      for handler in handlers where CalledRoutes.mayAnswer([handler.route], address) {
        found.formUnion(handler.uses.assigns)
        found.formUnion(staleness.assigned(byCalling: handler.uses.reads))
        found.formUnion(partsChanged(by: handler.uses))
        let inner = handler.addresses.union(addressesCalled(by: handler.uses.reads))
        for address in inner where known.insert(address).inserted { open.append(address) }
      }
    }
    return found
  }
}
