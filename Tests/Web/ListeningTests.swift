import Foundation
import NIOCore
import TestSupport
import Testing

@testable import Web

@Suite struct ListeningTests {
  private func server() throws -> RunningServer {
    try RunningServer { $0.respond(.text(.ok, $0.request.isFromThisMachine ? "from here" : "from afar")) }
  }

  /// A program that another test is starting has a copy of a closed socket for a moment.
  private static func waitUntilNothingListens(_ connect: () throws -> RawHTTPClient) {
    for _ in 0..<2_000 where (try? connect()) != nil { usleep(1_000) }
  }

  @Test("The same endpoint again is the same address, and so is its port")
  func again() throws {
    let server = try server()
    let first = try #require(try server.run { $0.addresses.first })
    #expect(first.url == "http://127.0.0.1:\(server.port)")
    #expect(try server.listen(.tcp(host: "127.0.0.1", port: 0)) == first)
    #expect(try server.listen(.tcp(host: "localhost", port: server.port)) == first)
    #expect(try server.run { $0.addresses } == [first])
  }

  @Test("Asking twice at once binds once")
  func together() throws {
    let server = try server()
    let both = try server.runLater { server in
      server.listen(on: .tcp(host: "0.0.0.0", port: 0)).and(server.listen(on: .tcp(host: "0.0.0.0", port: 0)))
    }
    #expect(both.0 == both.1)
    #expect(both.0.url == "http://127.0.0.1:\(both.0.port ?? 0)")
    #expect(try server.run { $0.addresses.count } == 2)
  }

  @Test("A closed address refuses, and can be bound again")
  func closing() throws {
    let server = try server()
    let address = try #require(try server.run { $0.addresses.first })
    try server.run { $0.close(address) }
    Self.waitUntilNothingListens { try server.client() }
    #expect(throws: RawHTTPClient.Failure.self) { try server.client() }
    #expect(try server.run { $0.addresses } == [])
    let again = try server.listen(.tcp(host: "127.0.0.1", port: server.port))
    #expect(again.port == server.port)
    #expect(try RawHTTPClient.request(port: server.port, "GET", "/").text == "from here")
  }

  @Test("A port in use is named, and so is the way out")
  func inUse() throws {
    let (one, two) = (try server(), try server())
    let error = #expect(throws: BindError.self) { try two.listen(.tcp(host: "127.0.0.1", port: one.port)) }
    #expect(error == .addressInUse(port: one.port))
    #expect(
      error?.description
        == "port \(one.port) is in use by another program; pick another with --port or listen(\"tcp:0\")")
    let own = #expect(throws: BindError.self) { try one.listen(.tcp(host: "0.0.0.0", port: one.port)) }
    #expect(own?.description.hasPrefix("this server listens on port \(one.port) already") == true)
  }

  @Test(
    "An address that no interface has is refused without asking a name server",
    arguments: ["203.0.113.7", "example.org"])
  func noInterface(host: String) throws {
    let error = #expect(throws: BindError.self) { try server().listen(.tcp(host: host, port: 0)) }
    #expect(error == .noSuchInterface(host: host))
  }

  @Test("A Unix socket serves; its file goes with it; a stale one is replaced")
  func unixSocket() throws {
    let path = NSTemporaryDirectory() + "web-\(UUID().uuidString.prefix(8)).sock"
    let first = try server()
    let address = try first.listen(.unix(path: path))
    #expect(address.unixPath == path)
    #expect(address.url == "http://localhost")
    let client = try RawHTTPClient(unixPath: path)
    try client.sendRequest("GET", "/")
    #expect(try client.readResponse().text == "from here")

    let second = try server()
    let error = #expect(throws: BindError.self) { try second.listen(.unix(path: path)) }
    #expect(error == .unixSocketInUse(path: path))

    // A copy of the file outlives its socket as that of a killed program does.
    let stale = path + ".stale"
    try FileManager.default.linkItem(atPath: path, toPath: stale)
    try first.run { $0.close(address) }
    #expect(!FileManager.default.fileExists(atPath: path))
    #expect(FileManager.default.fileExists(atPath: stale))
    Self.waitUntilNothingListens { try RawHTTPClient(unixPath: stale) }
    let taken = try second.listen(.unix(path: stale))
    _ = try RawHTTPClient(unixPath: stale)
    try second.run { $0.close(taken) }
    #expect(!FileManager.default.fileExists(atPath: stale))
  }

  @Test("A file that is no socket is left alone; a path too long is refused")
  func unixRefusals() throws {
    let path = NSTemporaryDirectory() + "web-\(UUID().uuidString.prefix(8)).txt"
    try Data("precious".utf8).write(to: URL(fileURLWithPath: path))
    defer { try? FileManager.default.removeItem(atPath: path) }
    let server = try server()
    #expect(
      #expect(throws: BindError.self) { try server.listen(.unix(path: path)) } == .notASocket(path: path))
    #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == Data("precious".utf8))
    let long = "/tmp/" + String(repeating: "x", count: 120)
    #expect(
      #expect(throws: BindError.self) { try server.listen(.unix(path: long)) }
        == .unixPathTooLong(path: long, limit: 107))
    let lost = "/nonexistent-\(UUID().uuidString)/socket"
    #expect(
      #expect(throws: BindError.self) { try server.listen(.unix(path: lost)) } == .noSuchFolder(path: lost))
  }

  @Test("Shutting down closes idle connections at once and lets a request finish")
  func shutDown() throws {
    let began = Mailbox<NIOLoopBound<Exchange>>()
    let server = try RunningServer { exchange in
      if exchange.request.path == "/idle" { return exchange.respond(.text(.ok, "idle")) }
      began.put(NIOLoopBound(exchange, eventLoop: CurrentLoop.value))
    }
    let idle = try server.client()
    try idle.sendRequest("GET", "/idle")
    _ = try idle.readResponse()
    let busy = try server.client()
    try busy.sendRequest("GET", "/busy")
    let exchange = try #require(began.take())
    let done = server.start { $0.shutDown(grace: .seconds(20)) }
    #expect(try idle.isClosedByPeer())
    Self.waitUntilNothingListens { try server.client() }
    #expect(throws: RawHTTPClient.Failure.self) { try server.client() }
    try server.run { _ in exchange.value.respond(.text(.ok, "finished")) }
    let response = try busy.readResponse()
    #expect(response.text == "finished")
    #expect(response["connection"] == "close")
    try done.wait()
    #expect(try server.run { $0.connectionCount } == 0)
    #expect(
      #expect(throws: BindError.self) { try server.listen(.tcp(host: "127.0.0.1", port: 0)) } == .shutDown)
  }
}
