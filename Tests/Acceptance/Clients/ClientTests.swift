import Foundation
import TestSupport
import Testing

/// The built program as clients of the world find it. What each of them does stands in a script of its own; a function
/// of the script is a behaviour, and a test. All talk with one server, of `clients.cells`.
@Suite(.clientServer, .timeLimit(.minutes(5)))
struct ClientTests {
  @Test(
    .enabled(if: ClientScript.requests.canRun, ClientScript.requests.missing),
    arguments: ClientScript.requests.behaviours)
  func requests(behaviour: String) async throws { try await ClientScript.requests.run(behaviour) }

  @Test(
    .enabled(if: ClientScript.aiohttp.canRun, ClientScript.aiohttp.missing),
    arguments: ClientScript.aiohttp.behaviours)
  func aiohttp(behaviour: String) async throws { try await ClientScript.aiohttp.run(behaviour) }

  @Test(
    .enabled(if: ClientScript.websockets.canRun, ClientScript.websockets.missing),
    arguments: ClientScript.websockets.behaviours)
  func websockets(behaviour: String) async throws { try await ClientScript.websockets.run(behaviour) }

  @Test(
    .enabled(if: ClientScript.node.canRun, ClientScript.node.missing), arguments: ClientScript.node.behaviours
  )
  func node(behaviour: String) async throws { try await ClientScript.node.run(behaviour) }

  @Test(
    .enabled(if: ClientScript.nodeWebSocket.canRun, ClientScript.nodeWebSocket.missing),
    arguments: ClientScript.nodeWebSocket.behaviours)
  func nodeWebSocket(behaviour: String) async throws { try await ClientScript.nodeWebSocket.run(behaviour) }

  @Test("Each script has behaviours, and none is there twice")
  func scripts() {
    for script in [ClientScript.requests, .aiohttp, .websockets, .node, .nodeWebSocket] {
      #expect(script.behaviours.count >= 2, "\(script.file)")
      #expect(Set(script.behaviours).count == script.behaviours.count, "\(script.file)")
    }
  }
}
