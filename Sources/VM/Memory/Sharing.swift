// What several values have in common: who changes an array by one name changes it for all who have it.

extension Heap {
  /// For each of some values the places of the others that reach an array, a dictionary or a variable held by functions
  /// which it reaches, too. What waits is not looked into.
  ///
  /// - Parameter effort: about how much is looked at, an element being 1; what is beyond it counts as not shared.
  func sharing(among values: [Value], effort: Int) -> [Set<Int>] {
    var owners: [UnsafeMutablePointer<Header>: [Int32]] = [:]
    var shared = Array(repeating: Set<Int>(), count: values.count)
    var left = effort
    for (place, value) in values.enumerated() where value.isObject {
      var open = [value.header]
      while left > 0, let object = open.popLast() {
        switch UInt(object.pointee.kind) {
        case Tag.array, Tag.dictionary, Tag.box:
          left -= Heap.effortOfSharing
          var others = owners[object] ?? []
          if others.last == Int32(place) { continue }
          for other in others {
            shared[place].insert(Int(other))
            shared[Int(other)].insert(place)
          }
          others.append(Int32(place))
          owners[object] = others
        case Tag.closure, Tag.boundMethod, Tag.error, Tag.instance: left -= Heap.effortOfSharing
        default: continue
        }
        Heap.eachReference(of: RawPointer(object)) { inner in
          left -= 1
          switch UInt(inner.pointee.kind) {
          case Tag.array, Tag.dictionary, Tag.box, Tag.closure, Tag.boundMethod, Tag.error, Tag.instance:
            open.append(inner)
          default: break
          }
        }
      }
    }
    return shared
  }

  private static let effortOfSharing = 10
}

extension Machine {
  /// Which globals that a notebook has declared have arrays, dictionaries or variables held by functions in common.
  ///
  /// - Parameters:
  ///   - first: those that are looked at before the others.
  ///   - effort: about how much is looked at, an element being 1.
  public func sharedGlobals(first: Set<String>, effort: Int) -> [String: Set<String>] {
    let names = declaredGlobals.filter { $0.kind == .let || $0.kind == .var }.map(\.name)
    let ordered = names.filter(first.contains) + names.filter { !first.contains($0) }
    let values = ordered.map { name in
      declaredGlobal(named: name).flatMap { global($0.slot)?.value } ?? .nil
    }
    var found: [String: Set<String>] = [:]
    for (place, others) in heap.sharing(among: values, effort: effort).enumerated() where !others.isEmpty {
      found[ordered[place]] = Set(others.map { ordered[$0] })
    }
    return found
  }
}
