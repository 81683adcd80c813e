import Language
import Web

/// What cells change by asking routes of the notebook as they run, as one does that signs up a user to begin with.
///
/// Where a variable is declared anew that the route fills, the cell asks again. That the route has another handler makes it
/// ask no more, since what was asked before would be there twice.
struct OwnRequests {
  /// By the place of the cell, what routes change that it asks.
  private(set) var requested: [Int: ChangedNames] = [:]
  private let handlers: [CellText.Handler]
  private let staleness: Staleness
  private var addresses: [String: Set<Resolution.CalledAddress>] = [:]

  init(_ texts: [CellText], _ staleness: Staleness) {
    self.staleness = staleness
    handlers = texts.flatMap(\.handlers)
    for text in texts {
      for (name, called) in text.calledByFunctions { addresses[name, default: []].formUnion(called) }
    }
    for (place, text) in texts.enumerated() {
      var names = ChangedNames()
      names.atOnce = assigned(byCalling: text.calledAtOnce.union(addressesCalled(by: text.uses.reads)))
      let asked = staleness.goingOn(of: text.uses).reduce(into: Set<Resolution.CalledAddress>()) {
        $0.formUnion($1.addresses.union(addressesCalled(by: $1.all.reads)))
      }
      names.later = assigned(byCalling: asked)
      if !names.isEmpty { requested[place] = names }
    }
  }

  private func addressesCalled(by names: Set<String>) -> Set<Resolution.CalledAddress> {
    if addresses.isEmpty || names.isEmpty { return [] }
    return staleness.reached(from: names).reduce(into: []) { $0.formUnion(addresses[$1] ?? []) }
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
        let inner = handler.addresses.union(addressesCalled(by: handler.uses.reads))
        for address in inner where known.insert(address).inserted { open.append(address) }
      }
    }
    return found
  }
}
