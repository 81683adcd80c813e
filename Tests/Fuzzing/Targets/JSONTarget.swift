import VM

extension FuzzTarget {
  /// What is read as JSON can be written, and what was written is read as the same.
  static let json = FuzzTarget(name: "json") { bytes in
    var limits = MachineLimits()
    limits.memory = 64 << 20
    let machine = Machine(limits: limits, host: nil)
    guard let value = try? machine.parseJSON(bytes) else { return }
    for pretty in [false, true] {
      guard let written = try? machine.writeJSON(value, pretty: pretty) else {
        fatalError("what was read cannot be written")
      }
      guard let again = try? machine.parseJSON(written),
        let twice = try? machine.writeJSON(again, pretty: pretty)
      else { fatalError("what was written cannot be read: \(String(decoding: written, as: UTF8.self))") }
      promise(written == twice, "written twice, it differs: \(String(decoding: written, as: UTF8.self))")
    }
  }
}
