import Language
import VM

/// A global as a listing shows it.
public struct VariableInfo: Sendable, Equatable {
  public enum Kind: String, Sendable {
    case `let`, `var`, function
  }

  public let name: String
  public let kind: Kind
  /// The name of its value's type.
  public let type: String
  /// The value, cut where it is long.
  public let value: String
  /// The cell that declared it.
  public let cell: Int?
  /// The names of its parameters, where it is a function.
  public let parameters: [String]
}

/// A route as a listing shows it.
public struct RouteInfo: Sendable, Equatable {
  /// Nil is any method.
  public let method: String?
  public let pattern: String
  public let cell: Int?
  public let hits: Int
  public let errors: Int
  /// The time within which half of its answers were given, and 99 of 100; nil before the first.
  public let median: Duration?
  public let slowest: Duration?
}

/// Something around routes as a listing shows it.
public struct SurroundingInfo: Sendable, Equatable {
  /// The word that declares it.
  public let kind: String
  /// The path of the group that it concerns; empty where it concerns all routes.
  public let prefix: String
  public let cell: Int?
  /// Of `files`, the folder.
  public let folder: String?
}

/// A guard as its text has it, wherever that stands.
public struct GuardText: Hashable, Sendable {
  /// The path of the group that it concerns; empty where it concerns all routes.
  public let prefix: String
  public let text: String

  /// Guards, each with how often it is there.
  public typealias Counts = [GuardText: Int]
}

extension GuardText.Counts {
  /// Whether there is one that others lack.
  public func hasMore(than others: GuardText.Counts) -> Bool {
    contains { others[$0.key, default: 0] < $0.value }
  }
}

extension Surroundings {
  /// In the order in which they count.
  var infos: [SurroundingInfo] {
    ordered.map {
      SurroundingInfo(
        kind: $0.key.kind.name, prefix: $0.prefix.text, cell: $0.cell, folder: $0.folder?.name)
    }
  }
}

extension Kernel {
  /// The guards in force, each with how often it is there.
  var guards: [GuardText: Int] {
    surroundings.ordered.filter { $0.key.kind == .hook(.before) }.reduce(into: [:]) { guards, surrounding in
      let place = machine.place(of: surrounding.record.handler.value)
      let text = place.map { $0.source.slice($0.span) } ?? ""
      guards[GuardText(prefix: surrounding.prefix.text, text: text), default: 0] += 1
    }
  }
}

extension Kernel {
  /// The globals that cells have declared, in the order of their names.
  func variables() -> [VariableInfo] {
    machine.declaredGlobals.compactMap { variable($0.name, valueLimit: VariableInfo.valueLimit) }.sorted {
      $0.name < $1.name
    }
  }

  /// A global that a cell has declared; nil for any other name.
  ///
  /// - Parameter valueLimit: about how many bytes are shown of its value.
  func variable(_ name: String, valueLimit: Int) -> VariableInfo? {
    guard let (slot, kind) = machine.declaredGlobal(named: name), let kind = VariableInfo.Kind(kind),
      let value = machine.global(slot)?.value
    else { return nil }
    return VariableInfo(
      name: name, kind: kind, type: machine.typeName(value), value: machine.repr(value, limit: valueLimit),
      cell: ownership.cell(declaringGlobal: slot), parameters: machine.parameterNames(of: value) ?? [])
  }
}

extension VariableInfo.Kind {
  /// Nil for what is the program's own.
  fileprivate init?(_ kind: GlobalKind) {
    switch kind {
    case .let: self = .let
    case .var: self = .var
    case .function: self = .function
    case .builtin: return nil
    }
  }
}
