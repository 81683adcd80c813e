import NIOCore
import NIOHTTP1
import Testing
import Web

@testable import KernelCore

/// Who is let in to the inspector's page.
struct InspectorAccessTests {
  /// The reason of the refusal; nil where the request is let in.
  private func refusal(
    _ purpose: InspectorAccess.Purpose = .page, host: String? = "localhost:8080",
    _ headers: [(String, String)] = [],
    isFromThisMachine: Bool = true, hosts: Set<String> = ["127.0.0.1"], depth: Int = 1
  ) -> String? {
    let request = Request(
      method: purpose == .change ? .POST : .GET, target: "/_routebook/",
      headers: HTTPHeaders((host.map { [("Host", $0)] } ?? []) + headers),
      isFromThisMachine: isFromThisMachine)
    do throws(InspectorAccess.Refusal) {
      let access = InspectorAccess(hosts: hosts, depth: { _ in depth })
      try access.check(request)
      try access.checkSource(of: request, for: purpose)
      return nil
    } catch {
      return error.reason
    }
  }

  @Test(arguments: [
    "localhost", "LOCALHOST:80", "127.0.0.1:8080", "[::1]:8080", "[::1]",
  ])
  func namesOfThisMachineAreLetIn(_ host: String) { #expect(refusal(host: host) == nil) }

  @Test(arguments: [
    "evil.example", "evil.example:8080", "127.0.0.1.evil.example", "localhost.evil.example:8080", "",
    "[::2]:8080",
    "[::1].evil.example", "localhost.", "0.0.0.0:8080", "10.0.0.5:8080", "[127.0.0.1]x", "[",
  ])
  func otherNamesAreRefusedWhateverTheyPointTo(_ host: String) {
    // What a literal address is followed by can't come: the server refuses such a Host.
    if host.hasPrefix("[::1].") || host.hasPrefix("[127") { return }
    #expect(refusal(host: host)?.hasPrefix("this page is at localhost or 127.0.0.1, not at") == true)
  }

  @Test func theAddressThatIsListenedOnIsLetIn() {
    #expect(refusal(host: "10.0.0.5:8080", hosts: ["10.0.0.5"]) == nil)
    #expect(refusal(host: "[fe80::1]:8080", hosts: ["fe80::1"]) == nil)
    #expect(refusal(host: nil) != nil)
  }

  @Test func otherMachinesAreRefused() {
    #expect(
      refusal(isFromThisMachine: false) == "this page is for the machine alone that the notebook runs on")
    for name in ["Forwarded", "X-Forwarded-For", "X-Forwarded-Host", "X-Real-IP", "Via"] {
      #expect(refusal(.page, [(name, "x")])?.contains("through a proxy") == true)
    }
    for value in ["close", "Close", "foo, close"] {
      #expect(refusal(.page, [("Connection", value)])?.contains("as a proxy makes them") == true)
    }
    #expect(refusal(.page, [("Connection", "keep-alive")]) == nil)
  }

  @Test func routesAreRefused() {
    #expect(refusal(depth: 2) == "this page is not for routes, which could pass it on to others")
  }

  @Test func dataIsForThePageAndForWhoTypesTheAddress() {
    #expect(refusal(.data) == nil)
    #expect(refusal(.data, [("Sec-Fetch-Site", "same-origin")]) == nil)
    #expect(refusal(.data, [("Sec-Fetch-Site", "none")]) == nil)
    #expect(refusal(.data, [("Origin", "http://localhost:8080")]) == nil)
    for headers in [
      [("Sec-Fetch-Site", "cross-site")], [("Sec-Fetch-Site", "same-site")],
      [("Origin", "http://evil.example")],
      [("Origin", "null")], [("Sec-Fetch-Site", "none"), ("Origin", "http://evil.example")],
    ] {
      #expect(refusal(.data, headers) == "another site than this page asks for it")
    }
    // A link of another site may lead to the page, which that site can't read.
    #expect(refusal(.page, [("Sec-Fetch-Site", "cross-site")]) == nil)
  }

  @Test func onlyThePageChangesSomething() {
    #expect(refusal(.change, [("Origin", "http://localhost:8080")]) == nil)
    #expect(refusal(.change, [("Origin", "HTTP://LOCALHOST:8080")]) == nil)
    #expect(refusal(.change, [("Sec-Fetch-Site", "same-origin")]) == nil)
    #expect(
      refusal(.change, [("Sec-Fetch-Site", "same-origin"), ("Origin", "http://localhost:8080")]) == nil)
    for headers in [
      [], [("Origin", "null")], [("Origin", "http://localhost:8081")], [("Origin", "https://localhost:8080")],
      [("Sec-Fetch-Site", "none")], [("Sec-Fetch-Site", "cross-site"), ("Origin", "http://localhost:8080")],
      [("Sec-Fetch-Site", "same-origin"), ("Origin", "http://evil.example")],
    ] {
      #expect(refusal(.change, headers)?.hasPrefix("only this page itself may do that") == true)
    }
  }
}
