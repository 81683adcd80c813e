import Foundation

/// A rule of waiting: a small program of the language, and what must come of it on a virtual clock.
///
/// The rules are Twisted's, in words of this project, or say where the language differs from Twisted on purpose.
public struct Rule: Sendable, CustomStringConvertible {
  public let name: String
  public let program: String
  /// What the program prints, in order. It prints something, so that a program which never ran is not taken for
  /// one that did as it should.
  public let prints: [String]
  /// Errors that are reported because nobody awaits them, in order.
  public let reports: [String]
  /// How many operations, such as timers, are stopped before they fire; nil where that is not the point.
  public let stops: Int?

  public var description: String { name }

  public init(
    _ name: String, _ program: String, prints: [String], reports: [String] = [], stops: Int? = nil
  ) {
    precondition(!prints.isEmpty, "a rule without output proves nothing: \(name)")
    self.name = name
    self.program = program
    self.prints = prints
    self.reports = reports
    self.stops = stops
  }

  /// The differences from Twisted that the decision about them lists in a section, in order.
  public static func differences(inSection section: String) throws -> [String] {
    let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../docs/decisions")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder.standardizedFileURL.path())
    guard let name = names.first(where: { $0.hasSuffix("-where-waiting-differs-from-twisted.md") }) else {
      throw CocoaError(.fileNoSuchFile)
    }
    let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    let sections = text.components(separatedBy: "\n## ").dropFirst()
    guard let found = sections.first(where: { $0.hasPrefix("\(section)\n") }) else { return [] }
    let rows = found.split(separator: "\n").filter { $0.hasPrefix("| ") }
    return rows.dropFirst(2).map { row in
      row.dropFirst(2).prefix { $0 != "|" }.trimmingCharacters(in: .whitespaces)
    }
  }
}
