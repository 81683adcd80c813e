import Foundation
import TestSupport
import Testing

/// What a person sees in the program's main situations, as kept in `Pictures`: ports, dates and times are replaced by
/// what stays the same.
///
/// With `ROUTEBOOK_GOLDEN=update` the pictures are stored instead; look at each of them before it is committed.
@Suite struct PictureTests {
  struct Situation: Sendable, CustomTestStringConvertible {
    let name: String
    var columns = 80
    let entered: [String]

    var testDescription: String { name }
  }

  private static let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Pictures")

  static let situations: [Situation] = [
    Situation(
      name: "first-cells",
      entered: [
        "route \"/greet/<user>\" { \"Hello \\(user)!\" }", "await get(\"/greet/you\").text", "%routes",
        "route \"/greet/<name>\" { \"Hi \\(name)!\" }",
      ]),
    Situation(
      name: "errors",
      entered: [
        "func half(n) {\nn / 0\n}", "half(4)", "let x = [1, 2\n", "prnt(1)", "await get(\"/nowhere\")",
      ]),
    Situation(
      name: "values",
      entered: [
        "(1...4).map { [\"id\": $0, \"name\": \"n\".repeated($0)] }", "Array(0..<60)",
        "[\"a\": [\"b\": [1, nil, true]], \"text\": \"x\".repeated(60), \"when\": 1.5h]",
        "\"\\u{1B}[31m red? \\u{7}\"",
      ]),
    Situation(
      name: "requests",
      entered: [
        "route POST \"/items\" { respond(request.json, status: 201) }",
        "%post /items json={\"a\": [1, \"x\"]}",
        "%get /item", "%ps",
      ]),
    Situation(
      name: "stale-cells",
      entered: [
        "let base = 2", "base * 10", "let base = 3", "%run 1", "%cells", "%run stale", "%delete 3", "%undo",
        "%cells",
      ]),
    Situation(
      name: "twenty-columns", columns: 20,
      entered: ["let names = [\"Ada\", \"Charles\", \"Mary\"]", "names", "%cells"]),
  ]

  @Test(arguments: situations)
  func looksAsItIsKept(_ situation: Situation) throws {
    let notebook = try NotebookTerminal(columns: situation.columns, rows: 60)
    for text in situation.entered { try notebook.enter(text) }
    let picture = Self.steady(notebook.screen.text + "\n")
    let file = Self.folder.appending(path: situation.name + ".txt")
    if ProcessInfo.processInfo.environment["ROUTEBOOK_GOLDEN"] == "update" {
      try FileManager.default.createDirectory(at: Self.folder, withIntermediateDirectories: true)
      try picture.write(to: file, atomically: true, encoding: .utf8)
      return
    }
    let kept = try String(contentsOf: file, encoding: .utf8)
    #expect(picture == kept, "\(situation.name): seen is\n\(picture)")
  }

  @Test func everyPictureBelongsToASituation() throws {
    let files = try FileManager.default.contentsOfDirectory(atPath: Self.folder.path())
    #expect(Set(files) == Set(Self.situations.map { $0.name + ".txt" }))
  }

  /// Without what differs from one run to the next.
  private static func steady(_ picture: String) -> String {
    picture.replacing(#/127\.0\.0\.1:\d+(\n\d+)?/#, with: "127.0.0.1:PORT")
      .replacing(#/date: [A-Z][a-z]{2}, .* GMT/#, with: "date: DATE")
      .replacing(#/(<1 ms|\d+ ms|\d+\.\d s) */#, with: "TIME ")
  }
}
