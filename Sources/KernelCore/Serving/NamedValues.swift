import VM

/// Headers, queries and forms: pairs of names and texts in which a name may come more than once.
enum NamedValues {
  typealias Pair = (name: String, value: String)

  /// All values of each name, in the order they came.
  static func lists(_ pairs: some Sequence<Pair>, in machine: Machine) -> Value {
    machine.makeDictionary(
      grouped(pairs).map { ($0.name, machine.makeArray($0.values.map(machine.makeString))) })
  }

  /// Headers by lower-case name; values of one name joined by commas (RFC 9110 section 5.3).
  static func merged(_ headers: some Sequence<Pair>, in machine: Machine) -> Value {
    machine.makeDictionary(
      grouped(lowercased(headers)).map { ($0.name, machine.makeString($0.values.joined(separator: ", "))) })
  }

  /// Headers with their names in lower case, without the mark of the notebook's own calls.
  static func lowercased(_ headers: some Sequence<Pair>) -> [Pair] {
    headers.map { ($0.name.lowercased(), $0.value) }.filter { $0.0 != OwnCallMark.header }
  }

  /// The names in the order in which each came first, with all their values.
  static func grouped<Element>(
    _ pairs: some Sequence<(name: String, value: Element)>
  ) -> [(name: String, values: [Element])] {
    var places: [String: Int] = [:]
    var groups: [(name: String, values: [Element])] = []
    for (name, value) in pairs {
      if let place = places[name] {
        groups[place].values.append(value)
      } else {
        places[name] = groups.count
        groups.append((name, [value]))
      }
    }
    return groups
  }
}
