// Calls by async-http-client: reads a name, an address and a number, answers with `= ` and the milliseconds that it took.
import AsyncHTTPClient
import Glibc

var configuration = HTTPClient.Configuration()
// It keeps eight connections to a server unless it is told otherwise.
configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 4096
let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)

@Sendable func call(_ url: String) async throws {
  let response = try await client.execute(HTTPClientRequest(url: url), timeout: .seconds(30))
  let text = try await response.body.collect(upTo: 1 << 20)
  guard text.readableBytesView.elementsEqual("ok".utf8) else { fatalError("the answer is \(text)") }
}

func atOnce(_ url: String, _ count: Int) async throws {
  try await withThrowingTaskGroup(of: Void.self) { group in
    for _ in 0..<count { group.addTask { try await call(url) } }
    try await group.waitForAll()
  }
}

func oneByOne(_ url: String, _ count: Int) async throws {
  for _ in 0..<count { try await call(url) }
}

// Lines are read without a thread: between two of them nothing else has to go on.
while let line = readLine() {
  let words = line.split(separator: " ").map(String.init)
  guard words.count == 3, let count = Int(words[2]) else {
    fatalError("not a name, an address and a number: \(line)")
  }
  let took = try await ContinuousClock().measure {
    try await words[0] == "atOnce" ? atOnce(words[1], count) : oneByOne(words[1], count)
  }
  print("=", took / .milliseconds(1))
  fflush(nil)
}
try await client.shutdown()
