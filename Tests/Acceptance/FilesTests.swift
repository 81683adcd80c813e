import Foundation
import TestSupport
import Testing

/// `--files` and `files` with the built program, as curl sees them.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: Curl.path), "needs curl"))
struct FilesTests {
  private let folder = TemporaryFolder()

  private func serving() throws -> Serving {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/public", withIntermediateDirectories: true)
    folder.write("0123456789", to: "public/digits.txt")
    folder.write("secret", to: "secret.txt")
    // Not changed a moment ago, so that its tag is strong.
    let old = Date(timeIntervalSince1970: 1_000_000_000)
    try FileManager.default.setAttributes(
      [.modificationDate: old], ofItemAtPath: folder.path + "/public/digits.txt")
    return try Serving.start(cells: "files(\"/assets\", from: \"public\")", ["--files", folder.path])
  }

  @Test func curlResumesAndKeepsWhatHasNotChanged() async throws {
    try await onOwnThread {
      let serving = try serving()
      let base = "http://127.0.0.1:\(serving.port)/assets/digits.txt"
      folder.write("01234", to: "begun.txt")
      _ = try Curl.run(["-C", "-", "-o", folder.path + "/begun.txt", base])
      #expect(folder.read("begun.txt") == "0123456789")
      let tag = folder.path + "/tag"
      let status = ["-o", "/dev/null", "-w", "%{http_code} %header{content-type}"]
      #expect(
        try Curl.run(["--etag-save", tag] + status + [base]) == "200 text/plain; charset=utf-8")
      #expect(try Curl.run(["--etag-compare", tag] + status + [base]).hasPrefix("304"))
      #expect(try Curl.run(["-z", "Sun, 09 Sep 2001 01:46:40 GMT"] + status + [base]).hasPrefix("304"))
      #expect(try Curl.run(["-r", "-3", base]) == "789")
      try serving.stop()
    }
  }

  @Test func noPathLeadsOutOfTheFolder() async throws {
    try await onOwnThread {
      let serving = try serving()
      for path in ["/assets/../secret.txt", "/assets/..%2fsecret.txt", "/assets/%2e%2e/secret.txt"] {
        let answer = try Curl.run(["--path-as-is", "http://127.0.0.1:\(serving.port)\(path)"])
        #expect(answer.contains("No file matches"), "\(path)")
      }
      try serving.stop()
    }
  }

  /// The rest of it will never come; the server tried again and again until the client's time was over.
  @Test func aFileThatBecomesShorterWhileItIsSentEndsItsConnection() async throws {
    try await onOwnThread {
      let serving = try serving()
      let path = folder.path + "/public/large.bin"
      _ = FileManager.default.createFile(atPath: path, contents: nil)
      #expect(truncate(path, 300_000_000) == 0)
      let client = try RawHTTPClient(port: serving.port)
      try client.send("GET /assets/large.bin HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try client.read(15) == "HTTP/1.1 200 OK")
      #expect(truncate(path, 0) == 0)
      #expect(try client.readUntilClose().count < 300_000_000)
      #expect(try Curl.run(["http://127.0.0.1:\(serving.port)/assets/digits.txt"]) == "0123456789")
      try serving.stop()
    }
  }

  @Test func aFolderThatIsNotThereIsToldAtTheStart() async throws {
    try await onOwnThread {
      let file = try Serving.temporaryFile("1")
      let program = try RunningProgram(
        BuiltProgram.path(), ["serve", file, "--files", "/nowhere"], environment: Serving.environment)
      #expect(try program.waitForExit() != .code(0))
      #expect(program.errors.contains("--files: /nowhere does not exist"))
    }
  }
}
