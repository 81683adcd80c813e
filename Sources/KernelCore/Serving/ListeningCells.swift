import Web

/// Which cells want the server to listen on which addresses: one that no cell wants any more is given up. Outlives the
/// kernels, as the server does. Confined to the event loop.
///
/// The last address stays whatever becomes of its cell, so that the notebook can be reached: until there is another.
final class ListeningCells {
  private let server: HTTPServer
  private var wanted: [Int: [BoundAddress]] = [:]
  /// Those that the command line has asked for.
  private var kept: [BoundAddress] = []
  /// One that nobody wants and that stays as the last.
  private var last: BoundAddress?

  init(_ server: HTTPServer) { self.server = server }

  /// The command line wants it: it stays.
  func keep(_ address: BoundAddress) {
    kept.append(address)
    giveUp([])
  }

  /// The notebook is to be reached there until a cell says where.
  func fallBack(to address: BoundAddress) {
    giveUp([])
    if !isWanted(address) { last = address }
  }

  /// A cell has run anew, or is gone; gives the addresses that were given up.
  func cell(_ cell: Int, wants addresses: [BoundAddress]) -> [BoundAddress] {
    let before = wanted.updateValue(addresses, forKey: cell) ?? []
    return giveUp(before)
  }

  /// A cell wants one more.
  func add(_ address: BoundAddress, of cell: Int) {
    wanted[cell, default: []].append(address)
    giveUp([])
  }

  /// There are no other cells any more than these.
  func keepOnly(_ cells: Set<Int>) {
    let gone = wanted.filter { !cells.contains($0.key) }
    for cell in gone.keys { wanted[cell] = nil }
    giveUp(gone.sorted { $0.key < $1.key }.flatMap(\.value))
  }

  /// Gives up what nobody wants of some addresses, and of what has stayed as the last.
  @discardableResult
  func giveUp(_ addresses: [BoundAddress]) -> [BoundAddress] {
    let candidates = addresses + [last].compactMap(\.self)
    last = nil
    return candidates.filter { address in
      guard !isWanted(address), server.addresses.contains(address) else { return false }
      guard server.addresses.count > 1 else {
        last = address
        return false
      }
      server.close(address)
      return true
    }
  }

  private func isWanted(_ address: BoundAddress) -> Bool {
    kept.contains(address) || wanted.values.contains { $0.contains(address) }
  }
}
