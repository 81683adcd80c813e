/// Rows that change, each as JSON, with what is needed to tell somebody who has seen an earlier state the difference.
///
/// Confined to its event loop.
struct LiveTable {
  /// A state that somebody has seen; 0 is none.
  typealias Version = Int

  private var rows: [String: (json: String, changed: Version)] = [:]
  private var order: [String] = []
  private var reordered: Version = 0
  /// Rows that there was no room for.
  private var hidden = 0
  private(set) var version: Version = 0

  /// Takes the rows as they are now.
  ///
  /// - Parameters:
  ///   - rows: the rows in order; no two have the same key.
  ///   - hidden: how many more there are.
  mutating func update(_ rows: [(key: String, json: String)], hidden: Int) {
    let next = version + 1
    var isChanged = false
    for (key, json) in rows where self.rows[key]?.json != json {
      self.rows[key] = (json, next)
      isChanged = true
    }
    let keys = rows.map(\.key)
    if keys != order || hidden != self.hidden {
      order = keys
      self.hidden = hidden
      reordered = next
      isChanged = true
      if self.rows.count > keys.count {
        let kept = Set(keys)
        self.rows = self.rows.filter { kept.contains($0.key) }
      }
    }
    if isChanged { version = next }
  }

  /// What has changed since a version, as JSON: `set` has the rows that did, by their keys; `order` all keys, and `hidden`
  /// how many more there are, where those did. Nil where nothing did.
  func changes(since seen: Version) -> String? {
    guard version > seen else { return nil }
    var json = JSONText.object()
    json.member("set") { json in
      json.object { json in
        for key in order {
          guard let row = rows[key], row.changed > seen else { continue }
          json.member(key) { $0.raw(row.json) }
        }
      }
    }
    if reordered > seen {
      json.member("order") { json in json.array(order) { $0.string($1) } }
      json.member("hidden") { $0.number(hidden) }
    }
    return json.closed()
  }
}
