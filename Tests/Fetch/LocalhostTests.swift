import Fetch
import TestSupport
import Testing

/// `localhost` is both ::1 and 127.0.0.1, and a server may listen on one of them alone (RFC 8305).
@Suite(.timeLimit(.minutes(1)))
struct LocalhostTests {
  @Test(arguments: [ScriptedHTTPServer.Address.loopback, .loopbackIPv6])
  func localhostIsWhereverTheServerListens(address: ScriptedHTTPServer.Address) async throws {
    let server = try ScriptedHTTPServer(on: address)
    server.on("/", .text("here"))
    let pool = TransferPool()
    for _ in 0..<3 {
      let response = try await pool.fetch(FetchRequest(url: "http://localhost:\(server.port)/"))
      #expect(response.text == "here")
      #expect(response.elapsed < .seconds(2))
    }
  }

  @Test func aServerOfIPv6IsCalledByItsAddress() async throws {
    let server = try ScriptedHTTPServer(on: .loopbackIPv6)
    server.on("/", .text("here"))
    #expect(try await TransferPool().fetch(FetchRequest(url: "http://[::1]:\(server.port)/")).text == "here")
  }
}
