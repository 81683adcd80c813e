import VM

extension Machine {
  /// A value as it is sent bit by bit, in a body, an event or a message: an Array and a Dictionary as JSON, anything else
  /// as its text.
  func sentText(of value: Value) throws(Failure) -> String {
    if elements(of: value, most: 0) != nil || pairs(of: value) != nil {
      return String(decoding: try writeJSON(value), as: UTF8.self)
    }
    return try text(of: value)
  }
}
