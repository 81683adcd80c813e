import Language
import NIOHTTP1
import Web

/// A route as the text of a cell has it, which need not have run.
public struct DeclaredRoute: Hashable, Sendable {
  /// Nil for any.
  public let method: String?
  public let pattern: String

  /// What a route of a text declares, one for each method.
  static func all(_ route: Resolution.RoutePlace) -> [DeclaredRoute] {
    var methods: [String?] = route.isSocket ? ["GET"] : route.methods
    if methods.isEmpty { methods = [nil] }
    return methods.map { DeclaredRoute(method: $0, pattern: route.pattern) }
  }

  /// Some routes beside those of a table, the former with their numbers.
  static func table(of routes: [DeclaredRoute], beside others: RouteTable<Int>) -> RouteTable<Int?> {
    let declared: [(method: HTTPMethod?, pattern: RoutePattern, target: Int?)] =
      routes.enumerated().compactMap { number, route in
        (try? RoutePattern.parse(route.pattern)).map { pattern in
          (route.method.map(HTTPMethod.init(rawValue:)), pattern, number)
        }
      }
    return RouteTable(entries: others.entries.map { ($0.method, $0.pattern, nil) } + declared)
  }
}
