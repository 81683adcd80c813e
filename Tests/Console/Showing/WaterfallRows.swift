@testable import KernelCore

extension Waterfall.Row {
  /// A row of whole seconds with one piece.
  static func of(
    _ name: String, _ depth: Int, cell: Int = 4, line: Int? = nil, _ start: Int, _ end: Int,
    waits: Bool = false,
    critical: Bool = false
  ) -> Waterfall.Row {
    Waterfall.Row(
      name: name, depth: depth, cell: cell, line: line, start: .seconds(start),
      duration: .seconds(end - start),
      isOpen: false, outcome: depth == 1 ? "200" : nil,
      pieces: [
        Waterfall.Piece(start: .seconds(start), end: .seconds(end), isWaiting: waits, isCritical: critical)
      ])
  }
}
