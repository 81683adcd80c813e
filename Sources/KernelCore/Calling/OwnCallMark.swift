import Foundation
import VM
import Web

/// What tells the notebook's own calls from others' when they arrive at its server: such a call is never held
/// back, and carries how many requests led to it, so that a route which calls itself without an end is stopped, and which
/// call it is, so that the two can be shown as one.
struct OwnCallMark {
  /// The header that carries it; no handler sees it.
  static let header = "routebook-origin"
  static let headers: Set = [header]
  /// How many requests may each be made for the one before.
  static let depthLimit = 200

  /// Nobody else knows it.
  private let token = UUID().uuidString

  /// The header field of a call that is made on behalf of some requests.
  ///
  /// - Parameter span: what the call is traced as.
  func field(_ requests: RequestChain, span: SpanID) -> (name: String, value: String) {
    (OwnCallMark.header, "\(token) \(requests.bits) \(span.bits)")
  }

  /// Whether the notebook itself asks.
  func isOn(_ request: Request) -> Bool { numbers(of: request) != nil }

  /// Where a request comes from: the requests of which each was made for the next, this one included; and the call that
  /// made it.
  func origin(of request: Request) -> (requests: RequestChain, caller: SpanID) {
    guard let numbers = numbers(of: request) else { return (RequestChain.none.next, .none) }
    return (RequestChain(bits: UInt32(truncatingIfNeeded: numbers[0])).next, SpanID(bits: numbers[1]))
  }

  private func numbers(of request: Request) -> [Int]? {
    guard let value = request.headers.first(name: OwnCallMark.header), value.hasPrefix(token) else {
      return nil
    }
    let numbers = value.dropFirst(token.count).split(separator: " ").compactMap { Int($0) }
    return numbers.count == 2 ? numbers : nil
  }
}
