import NIOHTTP1
import Web

/// A route as the text of a cell has it, which need not have run.
public struct DeclaredRoute: Hashable, Sendable {
  /// Nil for any.
  public let method: String?
  public let pattern: String

  static func table(of routes: [DeclaredRoute]) -> RouteTable<Int> {
    RouteTable(
      entries: routes.enumerated().compactMap { number, route in
        (try? RoutePattern.parse(route.pattern)).map { pattern in
          (route.method.map(HTTPMethod.init(rawValue:)), pattern, number)
        }
      })
  }
}
