import Foundation
import TestSupport
import Testing

/// Forms as curl sends them to the built program, and cookies as curl keeps them.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: Curl.path), "needs curl"))
struct FormTests {
  private static let cells = #"""
    route POST "/up" {
        [request.form, request.fileLists.mapValues { $0.map { [$0.name, $0.type, $0.body.count, $0.text.prefix(5)] } }]
    }
    route "/set" { redirect(to: "/get", cookies: ["a": Cookie("1", httpOnly: true), "b": Cookie("2", path: "/else"), "c": 3]) }
    route "/get" { ["a", "b", "c"].map { request.cookies[$0] } }
    route "/unset" { respond("x", cookies: ["a": expiredCookie(), "c": expiredCookie(path: "/else")]) }
    """#

  @Test func curlSendsFieldsAndFiles() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.cells)
      let folder = TemporaryFolder()
      let path = folder.path + "/a \"file\"; x.txt"
      try Data("hello\r\n--boundary\r\n".utf8).write(to: URL(filePath: path))
      let big = folder.path + "/big.bin"
      try Data(repeating: 0x0D, count: 3_000_000).write(to: URL(filePath: big))
      let quoted = path.replacing("\"", with: "\\\"")
      let answer = try Curl.run([
        "--form-string", "title=a b; c", "-F", "many=1", "-F", "many=ä", "-F", "f=@\"\(quoted)\";type=text/x",
        "-F",
        "big=@\(big)", "-F", "named=@\(big);filename=../../etc/passwd", "-F", "empty=@/dev/null;filename=",
        "http://127.0.0.1:\(serving.port)/up",
      ])
      let five = "\\r\\r\\r\\r\\r"
      #expect(
        answer == #"[{"title":"a b; c","many":"ä"},{"f":[["a \"file\"; x.txt","text/x",19,"hello"]],"#
          + #""big":[["big.bin","application/octet-stream",3000000,"\#(five)"]],"#
          + #""named":[["../../etc/passwd","application/octet-stream",3000000,"\#(five)"]]}]"#)
      // Quotes are escaped with backslashes in the way of mail, too.
      let escaped = try Curl.run([
        "--form-escape", "-F", "f=@\"\(quoted)\"", "http://127.0.0.1:\(serving.port)/up",
      ])
      #expect(escaped.contains(#"[["a \"file\"; x.txt","text/plain",19,"hello"]]"#))
      try serving.stop()
    }
  }

  @Test func curlKeepsAndDropsTheCookiesThatAreSet() async throws {
    try await onOwnThread {
      let serving = try Serving.start(cells: Self.cells)
      let base = "http://127.0.0.1:\(serving.port)"
      // An empty name of a file lets curl keep cookies in memory, for all that one run asks.
      let answers = try Curl.run(["-b", "", "-L", base + "/set", base + "/unset", base + "/get"])
      #expect(answers == #"["1",null,"3"]x[null,null,"3"]"#)
      try serving.stop()
    }
  }
}

/// The curl of the machine.
enum Curl {
  static let path = "/usr/bin/curl"

  /// Its output, once it has ended well.
  static func run(_ arguments: [String]) throws -> String {
    let program = try RunningProgram(
      path, ["-sS", "--max-time", "40"] + arguments, environment: Serving.environment)
    let exit = try program.waitForExit()
    #expect(exit == .code(0), "\(program.errors)")
    return program.output
  }
}
