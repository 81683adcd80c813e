/// Distinct names in the order they first came, each with its number. Few are found faster one by one than by their
/// hashes.
struct NumberedNames {
  private(set) var names: [String] = []
  /// The numbers, where there are more than a few.
  private var numbers: [String: Int] = [:]
  private static let few = 8

  /// The number of a name; nil where it has none.
  func find(_ name: String) -> Int? {
    names.count > Self.few ? numbers[name] : names.firstIndex(of: name)
  }

  /// The number of a name, which gets one where it has none.
  mutating func number(of name: String) -> Int {
    if let number = find(name) { return number }
    names.append(name)
    if names.count == Self.few + 1 {
      for (number, name) in names.enumerated() { numbers[name] = number }
    } else if names.count > Self.few {
      numbers[name] = names.count - 1
    }
    return names.count - 1
  }
}
