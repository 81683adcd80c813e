import VM

/// A digest of a text that is too long to be kept, by which two such texts can be told apart: FNV-1a of 64 bits, after
/// Fowler, Noll and Vo. It is the same on all machines, and no protection against somebody who means to deceive.
public struct TextDigest: Sendable {
  private var state: UInt64 = 0xcbf2_9ce4_8422_2325

  public init() {}

  /// Adds a piece. How a text is cut into pieces makes no difference.
  public mutating func add(_ piece: String) {
    var piece = piece
    var state = state
    piece.withUTF8 { bytes in
      for byte in bytes { state = (state ^ UInt64(byte)) &* 0x100_0000_01b3 }
    }
    self.state = state
  }

  /// Sixteen hexadecimal digits.
  public var text: String {
    let digits = String(state, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
  }

  /// The line that stands below a value that is shown in part.
  public static func line(_ digest: String) -> String { "… digest of the whole: \(digest)" }
}

extension Kernel {
  /// The digest of a value of a cell that is not shown whole; nil for one that is, and where none is asked for.
  func digest(of value: Value, cell: Int) -> String? {
    guard configuration.digestsValues, !machine.excerpt(of: value).isWhole else { return nil }
    var digest = TextDigest()
    if let form = configuration.digestedForms[cell] {
      var text = ""
      machine.writeWhole(value) { text += $0 }
      digest.add(form(text))
    } else {
      machine.writeWhole(value) { digest.add($0) }
    }
    return digest.text
  }
}
