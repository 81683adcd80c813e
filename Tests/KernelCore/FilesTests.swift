import Foundation
import TestSupport
import Testing

@testable import KernelCore

/// `files` over real sockets and within the process.
struct FilesTests {
  private let folder = TemporaryFolder()

  private func bench(isReal: Bool = true) throws -> Bench {
    try FileManager.default.createDirectory(
      atPath: folder.path + "/public", withIntermediateDirectories: true)
    folder.write("body { }", to: "public/x.css")
    folder.write("<h1>Hello</h1>", to: "public/index.html")
    folder.write("secret", to: "secret.txt")
    let path = folder.path
    return Bench {
      $0.port = nil
      $0.isClockVirtual = !isReal
      try! $0.allowFiles(in: path)
    }
  }

  private func ask(_ port: Int, _ method: String, _ path: String, _ headers: String...) throws
    -> (head: String, body: [UInt8])
  {
    let client = try RawHTTPClient(port: port)
    try client.send(
      "\(method) \(path) HTTP/1.1\r\nHost: a\r\nConnection: close\r\n" + headers.map { $0 + "\r\n" }.joined()
        + "\r\n")
    let bytes = try client.readUntilClose()
    let end = bytes.indices.first { bytes[$0...].starts(with: Array("\r\n\r\n".utf8)) } ?? 0
    return (String(decoding: bytes[..<end], as: UTF8.self), Array(bytes.dropFirst(end + 4)))
  }

  @Test func whatAFolderDoesNotHaveIsNotLikenedToRoutes() throws {
    let bench = try bench()
    let port = try bench.listen().port
    bench.run("files(\"/assets\", from: \"public\")\nroute POST \"/assetz\" { 1 }", cell: 2)
    let missing = try ask(port, "GET", "/assets/none.css")
    #expect(missing.head.hasPrefix("HTTP/1.1 404 "))
    let text = "No file matches GET /assets/none.css: the folder served at /assets has none there.\n"
    #expect(String(decoding: missing.body, as: UTF8.self) == text)
    // HEAD has the length of that page.
    let head = try ask(port, "HEAD", "/assets/none.css").head.lowercased()
    #expect(head.contains("\r\ncontent-length: \(text.utf8.count)"))
    // Where the folder has all paths, a route may be meant.
    bench.run("files(\"/\", from: \"public\")\nroute \"/greet\" { 1 }", cell: 2)
    let both = try ask(port, "GET", "/gret")
    #expect(String(decoding: both.body, as: UTF8.self).contains("The nearest is /greet"))
  }

  @Test func filesComeWithTheirHeadersAndGoThroughWhatSurroundsThem() throws {
    let bench = try bench()
    let port = try bench.listen().port
    #expect(
      bench.start("files(\"/assets\", from: \"public\")", cell: 2).value?.notes == ["files /assets → public"])
    bench.run(
      "route \"/assets/own.css\" { \"own\" }\nafter { response.headers[\"x-after\"] = \"1\" }", cell: 3)
    let found = try ask(port, "GET", "/assets/x.css")
    #expect(
      found.head.hasPrefix("HTTP/1.1 200 ") && String(decoding: found.body, as: UTF8.self) == "body { }")
    for field in [
      "content-type: text/css; charset=utf-8", "content-length: 8", "accept-ranges: bytes", "x-after: 1",
    ] {
      #expect(found.head.lowercased().contains("\r\n\(field)"), "\(field)")
    }
    // What is put in its place has nothing of the file.
    bench.run("group \"/assets\" { after { response.body = \"other\" } }\ncors()", cell: 4)
    let other = try ask(port, "GET", "/assets/x.css", "Range: bytes=5-").head.lowercased()
    #expect(other.hasPrefix("http/1.1 200 ") && other.contains("\r\ncontent-length: 5"))
    for field in ["content-range", "etag", "last-modified", "accept-ranges"] {
      #expect(!other.contains("\r\n\(field):"), "\(field)")
    }
    let preflight = try ask(
      port, "OPTIONS", "/assets/x.css", "Origin: https://a.example", "Access-Control-Request-Method: POST")
    #expect(preflight.head.lowercased().contains("\r\naccess-control-allow-methods: get, head\r\n"))
    bench.run("1", cell: 4)
    let head = try ask(port, "HEAD", "/assets/x.css")
    #expect(head.body.isEmpty && head.head.lowercased().contains("content-length: 8"))
    let part = try ask(port, "GET", "/assets/x.css", "Range: bytes=5-")
    #expect(
      part.head.hasPrefix("HTTP/1.1 206 ") && part.head.lowercased().contains("content-range: bytes 5-7/8"))
    #expect(part.body == Array("{ }".utf8))
    #expect(try ask(port, "GET", "/assets/x.css", "Range: bytes=9-").head.hasPrefix("HTTP/1.1 416 "))
    #expect(try ask(port, "GET", "/assets/x.css", "If-None-Match: *").head.hasPrefix("HTTP/1.1 304 "))
    #expect(try ask(port, "GET", "/assets/x.css", "If-Match: \"no\"").head.hasPrefix("HTTP/1.1 412 "))
    #expect(try ask(port, "GET", "/assets").head.contains("location: /assets/"))
    #expect(try ask(port, "GET", "/assets/").body == Array("<h1>Hello</h1>".utf8))
    #expect(try ask(port, "GET", "/assets/own.css").body == Array("own".utf8))
    // Where routes have the path of a file for other methods, it has those of both.
    bench.run("route POST \"/assets/x.css\" { 1 }\nroute POST \"/assets/form\" { 1 }\ncors()", cell: 5)
    for method in ["OPTIONS", "PUT"] {
      let answer = try ask(port, method, "/assets/x.css").head.lowercased()
      #expect(answer.contains("\r\nallow: get, head, post, options\r\n"), "\(answer)")
      #expect(
        try ask(port, method, "/assets/form").head.lowercased().contains("\r\nallow: post, options\r\n"))
    }
    let both = try ask(
      port, "OPTIONS", "/assets/x.css", "Origin: https://a.example", "Access-Control-Request-Method: GET")
    #expect(both.head.lowercased().contains("\r\naccess-control-allow-methods: get, head, post\r\n"))
    #expect(try ask(port, "GET", "/assets/../secret.txt").head.hasPrefix("HTTP/1.1 404 "))
    #expect(try ask(port, "GET", "/assets/%2e%2e/secret.txt").head.hasPrefix("HTTP/1.1 404 "))
    bench.run("notFound { \"none\" }\nbefore { if request.path == \"/assets/x.css\" { \"mine\" } }", cell: 4)
    #expect(try ask(port, "GET", "/assets/y.css").body == Array("none".utf8))
    #expect(try ask(port, "GET", "/assets/x.css").body == Array("mine".utf8))
  }

  @Test func otherMethodsOnAFileAreToldWhichItHas() throws {
    let bench = try bench()
    let port = try bench.listen().port
    bench.run("files(\"/\", from: \"public\")\nnotFound { \"none\" }", cell: 2)
    for path in ["/x.css", "/"] {
      let refused = try ask(port, "POST", path)
      #expect(refused.head.hasPrefix("HTTP/1.1 405 "))
      #expect(refused.head.lowercased().contains("\r\nallow: get, head, options"))
      #expect(
        String(decoding: refused.body, as: UTF8.self)
          == "\(path) does not take POST, but GET, HEAD, OPTIONS.\n")
    }
    let options = try ask(port, "OPTIONS", "/x.css")
    #expect(options.head.hasPrefix("HTTP/1.1 204 "))
    #expect(options.head.lowercased().contains("\r\nallow: get, head, options"))
    #expect(try ask(port, "POST", "/y.css").head.hasPrefix("HTTP/1.1 404 "))
    bench.run("route POST \"/x.css\" { \"mine\" }", cell: 3)
    #expect(try ask(port, "POST", "/x.css").body == Array("mine".utf8))
    // The file is still there, and what neither has is told.
    let file = try ask(port, "GET", "/x.css")
    #expect(file.head.hasPrefix("HTTP/1.1 200 "))
    bench.run("route POST \"/form\" { \"mine\" }", cell: 4)
    #expect(try ask(port, "GET", "/form").head.hasPrefix("HTTP/1.1 405 "))
    #expect(try ask(port, "PUT", "/x.css").head.hasPrefix("HTTP/1.1 405 "))
  }

  /// Five thousand million bytes, of which none but those that are asked for are looked at.
  @Test func aLargeFileIsSentFromTheDisk() throws {
    let bench = try bench()
    let port = try bench.listen().port
    folder.write("", to: "public/large.bin")
    let path = folder.path + "/public/large.bin"
    let size = 5_000_000_000
    #expect(truncate(path, size) == 0)
    bench.run("files(\"/\", from: \"public\")", cell: 2)
    let end = try ask(port, "GET", "/large.bin", "Range: bytes=4999999990-")
    #expect(end.head.lowercased().contains("content-range: bytes 4999999990-4999999999/5000000000"))
    #expect(end.body == [UInt8](repeating: 0, count: 10))
    let middle = try ask(port, "GET", "/large.bin", "Range: bytes=0-9999999")
    #expect(middle.body.count == 10_000_000)
    #expect(try ask(port, "HEAD", "/large.bin").head.lowercased().contains("content-length: 5000000000"))
  }

  @Test func theNotebookReadsItsOwnFiles() throws {
    let bench = try bench()
    _ = try bench.listen()
    bench.run("files(\"/assets\", from: \"public\")", cell: 2)
    #expect(bench.awaited("await get(\"/assets/x.css\").text", cell: 3) == "\"body { }\"")
    #expect(bench.awaited("await get(\"/assets/no\", check: false).status", cell: 3) == "404")
  }

  @Test func noFileStaysOpen() throws {
    let bench = try bench()
    let port = try bench.listen().port
    bench.run("files(\"/assets\", from: \"public\")", cell: 2)
    for _ in 0..<30 { _ = try ask(port, "GET", "/assets/x.css") }
    // Nor where the client has gone before it is open.
    let clients = try (0..<30).map { _ in try RawHTTPClient(port: port) }
    try bench.holdingLoop {
      for client in clients {
        try client.sendRequest("GET", "/assets/x.css")
        client.finishSending()
      }
    }
    for client in clients { #expect(try client.isClosedByPeer()) }
    let path = folder.path + "/public/x.css"
    func isOpen() -> Bool {
      let open = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
      return open.contains {
        (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
      }
    }
    // The last is closed when its client has been sent all of it.
    #expect(bench.wait { !isOpen() })
  }

  @Test func withoutTheCommandLinesLeaveNothingIsRead() {
    let bench = Bench()
    #expect(bench.run("files(\"/\", from: \".\")").contains("start with --files DIR"))
  }

  @Test func whatIsNoFolderIsToldWhenItIsDeclared() throws {
    let bench = try bench(isReal: false)
    #expect(bench.run("files(\"/\", from: \"nowhere\")").contains("the folder \"nowhere\" does not exist"))
    #expect(bench.run("files(\"/\", from: \"..\")").contains("is no folder within it"))
    #expect(bench.run("files(\"/\", from: \"secret.txt\")").contains("is no folder"))
    #expect(bench.run("files(\"assets\", from: \".\")").contains("begins with / and does not end with one"))
    #expect(bench.run("group \"/<path:p>\" { files(\"/x\", from: \".\") }").contains("no path parameter"))
    #expect(bench.run("files(\"/x\", \"public\")").contains("must be written"))
  }
}
