import Foundation
import Web

/// What tells the notebook's own calls from others' when they arrive at its server: such a call is never held
/// back, and carries how many requests led to it, so that a route which calls itself without an end is stopped.
struct OwnCallMark {
  /// The header that carries it; no handler sees it.
  static let header = "routebook-origin"
  /// How many requests may each be made for the one before.
  static let depthLimit = 200

  /// Nobody else knows it.
  private let token = UUID().uuidString

  /// The header field of a call that is made on behalf of `depth` requests.
  func field(depth: Int) -> (name: String, value: String) { (OwnCallMark.header, "\(token) \(depth)") }

  /// Whether the notebook itself asks.
  func isOn(_ request: Request) -> Bool { callerDepth(of: request) != nil }

  /// The number of requests of which each was made for the next, this one included: 1 for one from outside.
  func depth(of request: Request) -> Int { (callerDepth(of: request) ?? 0) + 1 }

  /// On behalf of how many requests the notebook itself asks; nil where somebody else does.
  private func callerDepth(of request: Request) -> Int? {
    guard let value = request.headers.first(name: OwnCallMark.header), value.hasPrefix(token) else {
      return nil
    }
    return Int(value.dropFirst(token.count + 1))
  }
}
