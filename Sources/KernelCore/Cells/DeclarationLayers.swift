/// What runs of cells declare under the same key: a name, a route, or something around routes. One of them is in force,
/// and the others are there for when its cell lets go of it.
struct DeclarationLayers<Key: Hashable, Record> {
  struct Layer {
    let owner: UInt32
    let record: Record
  }

  /// In the order in which they were declared.
  private var layers: [Key: [Layer]] = [:]

  /// The keys that several runs have declared.
  var shared: [Key] { layers.filter { $0.value.count > 1 }.map(\.key) }

  /// Adds what a run declares, in place of what it declared under the same key before.
  mutating func add(_ record: Record, of owner: UInt32, under key: Key) {
    let layer = Layer(owner: owner, record: record)
    // Most have one.
    if let before = layers.updateValue([layer], forKey: key) {
      layers[key] = before.filter { $0.owner != owner } + [layer]
    }
  }

  /// Takes out what a run declared.
  mutating func remove(_ owner: UInt32, under key: Key) {
    layers[key]?.removeAll { $0.owner == owner }
    if layers[key]?.isEmpty ?? false { layers[key] = nil }
  }

  /// Takes out all that was declared before a run declared the same.
  mutating func removeAll(before owner: UInt32, under key: Key) {
    guard let all = layers[key], all.count > 1, let place = all.firstIndex(where: { $0.owner == owner })
    else { return }
    layers[key] = Array(all[place...])
  }

  /// What was declared before a run declared the same, in that order.
  func all(before owner: UInt32, under key: Key) -> [Layer] {
    Array((layers[key] ?? []).prefix { $0.owner != owner })
  }

  /// What a run declared.
  func find(_ owner: UInt32, under key: Key) -> Record? { layers[key]?.first { $0.owner == owner }?.record }

  /// What the last of some runs has declared under each key.
  func last(of isChosen: (UInt32) -> Bool) -> [Key: Record] {
    layers.compactMapValues { $0.last { isChosen($0.owner) }?.record }
  }

  /// What is in force: what the run of the highest rank declares, and of several the last.
  func top(under key: Key, _ rank: (UInt32) -> Int) -> Layer? {
    guard let all = layers[key], var top = all.first else { return nil }
    for layer in all.dropFirst() where rank(layer.owner) >= rank(top.owner) { top = layer }
    return top
  }
}
