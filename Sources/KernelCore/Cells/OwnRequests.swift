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

    var all: Set<String> { atOnce.union(later) }
    var isEmpty: Bool { atOnce.isEmpty && later.isEmpty }
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

  init(_ texts: [CellText], _ staleness: Staleness) {
    self.staleness = staleness
    handlers = texts.flatMap(\.handlers)
    for text in texts {
      for (name, called) in text.calledByFunctions { addresses[name, default: []].formUnion(called) }
      for (name, changed) in text.partsChangedByFunctions { parts[name, default: []].formUnion(changed) }
    }
    for (place, text) in texts.enumerated() {
      var (changed, requested) = (Names(), Names())
      requested.atOnce = assigned(byCalling: text.calledAtOnce.union(addressesCalled(by: text.uses.reads)))
      if !parts.isEmpty {
        changed.atOnce = partsChanged(by: Resolution.GlobalUses(reads: text.uses.reads))
      }
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

  private func addressesCalled(by names: Set<String>) -> Set<Resolution.CalledAddress> {
    if addresses.isEmpty || names.isEmpty { return [] }
    return staleness.reached(from: names).reduce(into: []) { $0.formUnion(addresses[$1] ?? []) }
  }

  /// What code changes a part of by another name, itself or by functions that it calls.
  private func partsChanged(by uses: Resolution.GlobalUses) -> Set<String> {
    var names = uses.changesParts
    if !parts.isEmpty {
      for name in staleness.reached(from: uses.reads) { names.formUnion(parts[name] ?? []) }
    }
    // What a function gives may be a part of whatever it reads.
    return names.isEmpty ? [] : staleness.reached(from: names).filter { !staleness.isFunction($0) }
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
