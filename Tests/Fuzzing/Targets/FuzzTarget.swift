/// Something that takes any bytes at all and must hold what it promises.
public struct FuzzTarget: Sendable {
  public let name: String
  /// Takes one input through the code under test; stops the process where a promise is broken.
  public let run: @Sendable ([UInt8]) -> Void

  public static let all = [parser, machine, json, routes, cells, jupyter, multipart, connection, webSocket]

  public static func named(_ name: String) -> FuzzTarget? { all.first { $0.name == name } }
}

/// Stops the process, which is how a fuzzer learns of a broken promise.
func promise(_ holds: Bool, _ what: @autoclosure () -> String) {
  if !holds { fatalError(what()) }
}
