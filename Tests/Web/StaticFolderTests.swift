import Foundation
import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Web

/// Files of a folder, and nothing else, are found by the paths of requests.
struct StaticFolderTests {
  private let outside = TemporaryFolder()
  private var inside: String { outside.path + "/served" }

  private func write(_ name: String, _ text: String) throws {
    let url = URL(filePath: inside).appending(path: name)
    try FileManager.default.createDirectory(
      at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(text.utf8).write(to: url)
  }

  private func folder() throws -> StaticFolder {
    try Data("secret".utf8).write(to: URL(filePath: outside.path + "/secret.txt"))
    try write("a.txt", "A")
    try write("sub/b.html", "B")
    try write("sub/index.html", "I")
    try write("bare/c.txt", "C")
    try write(".env", "hidden")
    try write(".git/config", "hidden")
    try write("with space/ü.txt", "U")
    try FileManager.default.createSymbolicLink(
      atPath: inside + "/link.txt", withDestinationPath: "../secret.txt")
    try FileManager.default.createSymbolicLink(atPath: inside + "/up", withDestinationPath: "..")
    try FileManager.default.createSymbolicLink(atPath: inside + "/etc", withDestinationPath: "/etc")
    mkfifo(inside + "/pipe", 0o600)
    return try StaticFolder(path: inside)
  }

  private func ask(
    _ folder: StaticFolder, _ path: String, at prefix: String = "", _ headers: HTTPHeaders = [:]
  )
    throws -> Response?
  {
    let request = Request(
      method: .GET, target: path, headers: headers, body: ByteBuffer(), remoteHost: nil,
      isFromThisMachine: true)
    switch folder.answer(request, below: try RoutePrefix(prefix), readsContent: true) {
    case .absent: return nil
    case .response(let response): return response
    }
  }

  private func text(_ folder: StaticFolder, _ path: String, at prefix: String = "") throws -> String? {
    try ask(folder, path, at: prefix).map { $0.status == .ok ? String(buffer: $0.body) : "\($0.status.code)" }
  }

  @Test func filesAreFoundByTheirPaths() throws {
    let folder = try folder()
    #expect(try text(folder, "/a.txt") == "A")
    #expect(try text(folder, "/%61.txt") == "A")
    #expect(try text(folder, "/assets/a.txt", at: "/assets") == "A")
    #expect(try text(folder, "/1/assets/a.txt", at: "/<int:n>/assets") == "A")
    #expect(try text(folder, "/sub/b.html") == "B")
    #expect(try text(folder, "/with%20space/%C3%BC.txt") == "U")
    #expect(try text(folder, "/sub/") == "I")
    #expect(try ask(folder, "/sub?x=1")?.headers["location"] == ["/sub/?x=1"])
    #expect(try ask(folder, "/sub")?.status == .permanentRedirect)
    #expect(try text(folder, "/bare/c.txt") == "C")
  }

  @Test(arguments: [
    "/", "/bare", "/bare/", "/nowhere", "/a.txt/", "/a.txt/x", "//a.txt", "/sub//b.html", "/.env",
    "/.git/config",
    "/%2eenv", "/./a.txt", "/sub/../a.txt", "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt",
    "/sub%2fb.html", "/..%5csecret.txt", "/sub\\b.html", "/a.txt%00", "/a.txt%00.png", "/link.txt",
    "/up/secret.txt",
    "/etc/passwd", "/pipe", "/sub/index.html/", "/%zz", "/a.txt%0a",
  ])
  func nothingElseIs(path: String) throws { #expect(try text(folder(), path) == nil) }

  @Test(arguments: [
    "..", "/etc", "up", "sub/..", ".git", "a.txt", "nowhere", "", "sub/", "etc", "bare/../..",
  ])
  func aFolderIsWithinTheOneThatIsAllowed(name: String) throws {
    let root = try folder()
    #expect(throws: StaticFolder.Problem.self) { try StaticFolder(name, in: root) }
  }

  @Test func foldersWithinAreFolders() throws {
    let root = try folder()
    #expect(try text(StaticFolder("sub", in: root), "/b.html") == "B")
    #expect(try text(StaticFolder(".", in: root), "/a.txt") == "A")
    #expect(throws: StaticFolder.Problem.self) { try StaticFolder(path: inside + "/nowhere") }
  }

  /// Whatever a path is made of, what comes is a file of the folder.
  @Test func noPathLeadsOut() throws {
    let folder = try folder()
    let pieces = [
      "..", ".", "/", "\\", "%2e", "%2E", "%2f", "%5c", "%00", "secret.txt", "a.txt", "up", "etc", "passwd",
      "sub",
      "b.html", "link.txt", "%252e", "%c0%ae", "..%2f", ".git", "config", "//", "...", " ", "%20", "served",
      "~", ";",
    ]
    let allowed: Set = ["A", "B", "I", "C", "U", "308"]
    var generator = SeededGenerator(seed: 35)
    for _ in 0..<20_000 {
      let path =
        "/"
        + (0..<Int.random(in: 1...7, using: &generator)).map { _ in
          pieces.randomElement(using: &generator)! + (Bool.random(using: &generator) ? "/" : "")
        }.joined()
      if let found = try text(folder, path) { #expect(allowed.contains(found), "\(path)") }
    }
  }

  // MARK: Conditions

  private func outcome(_ headers: HTTPHeaders, tag: String = "\"t\"", isGet: Bool = true, size: Int = 10)
    -> FileConditions.Outcome
  {
    FileConditions(headers: headers, entityTag: tag, modified: 784_111_777, size: size).outcome(isGet: isGet)
  }

  private static let date = "Sun, 06 Nov 1994 08:49:37 GMT"

  @Test func conditionsCountInTheirOrder() {
    #expect(outcome(["if-none-match": "\"t\""]) == .notModified)
    #expect(outcome(["if-none-match": "W/\"t\""]) == .notModified)
    #expect(outcome(["if-none-match": "\"a,b\", \"t\""]) == .notModified)
    #expect(outcome(["if-none-match": "*"]) == .notModified)
    #expect(outcome(["if-none-match": "\"x\", t"]) == .whole)
    #expect(outcome(["if-none-match": "\"x\"", "if-modified-since": Self.date]) == .whole)
    for date in [Self.date, "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
      #expect(outcome(["if-modified-since": date]) == .notModified)
      #expect(outcome(["if-unmodified-since": date]) == .whole)
    }
    #expect(outcome(["if-modified-since": "Sun, 06 Nov 1994 08:49:36 GMT"]) == .whole)
    #expect(outcome(["if-unmodified-since": "Sun, 06 Nov 1994 08:49:36 GMT"]) == .preconditionFailed)
    #expect(outcome(["if-modified-since": "yesterday"]) == .whole)
    #expect(outcome(["if-match": "\"x\""]) == .preconditionFailed)
    #expect(outcome(["if-match": "\"x\", \"t\""]) == .whole)
    #expect(outcome(["if-match": "W/\"t\""], tag: "W/\"t\"") == .preconditionFailed)
    #expect(outcome(["if-match": "\"t\"", "if-unmodified-since": "Sun, 06 Nov 1994 08:49:36 GMT"]) == .whole)
  }

  @Test(arguments: [
    ("bytes=0-3", FileConditions.Outcome.part(0..<4)), ("bytes=4-", .part(4..<10)),
    ("bytes=-3", .part(7..<10)),
    ("bytes=-30", .part(0..<10)), ("bytes=0-99", .part(0..<10)), ("BYTES=9-9", .part(9..<10)),
    ("bytes=10-", .rangeNotSatisfiable), ("bytes=-0", .rangeNotSatisfiable), ("bytes=3-2", .whole),
    ("bytes=0-1,4-5", .whole), ("bytes=a-b", .whole), ("bytes=-", .whole), ("items=0-1", .whole),
    ("bytes=", .whole),
    ("bytes=0-99999999999999999999", .part(0..<10)), ("bytes=99999999999999999999-", .rangeNotSatisfiable),
  ])
  func rangesAreOfBytes(range: String, expected: FileConditions.Outcome) {
    #expect(outcome(["range": range]) == expected)
    #expect(outcome(["range": range], isGet: false) == .whole)
    #expect(outcome(["range": range, "if-range": "\"t\""]) == expected)
    #expect(outcome(["range": range, "if-range": Self.date]) == expected)
    #expect(outcome(["range": range, "if-range": "\"x\""]) == .whole)
    #expect(outcome(["range": range, "if-range": "W/\"t\""], tag: "W/\"t\"") == .whole)
    #expect(outcome(["range": range, "if-range": Self.date], tag: "W/\"t\"") == .whole)
  }

  @Test func anEmptyFileHasNoRange() {
    #expect(outcome(["range": "bytes=0-"], size: 0) == .rangeNotSatisfiable)
    #expect(outcome(["range": "bytes=-5"], size: 0) == .rangeNotSatisfiable)
  }

  @Test func typesGoByTheEnding() {
    #expect(FileTypes.type(ofName: "a.HTML") == "text/html; charset=utf-8")
    #expect(FileTypes.type(ofName: "a.b.svg") == "image/svg+xml")
    #expect(FileTypes.type(ofName: "README") == "application/octet-stream")
  }
}
