import Testing

@testable import Web

@Suite struct EndpointTests {
  @Test(
    "Twisted's forms are read, with its escaping",
    arguments: [
      ("tcp:8080", Endpoint.tcp(host: "127.0.0.1", port: 8080)),
      ("tcp:0:interface=0.0.0.0", .tcp(host: "0.0.0.0", port: 0)),
      ("tcp:port=80:interface=\\:\\:1", .tcp(host: "::1", port: 80)), ("unix:/tmp/a", .unix(path: "/tmp/a")),
      ("tcp:8080:interface=::1", .tcp(host: "::1", port: 8080)),
      ("unix:/tmp/a\\:b\\\\c\\=d", .unix(path: "/tmp/a:b\\c=d")),
      ("tcp:1:interface=localhost", .tcp(host: "localhost", port: 1)),
    ])
  func read(text: String, endpoint: Endpoint) throws {
    #expect(try Endpoint.parse(text) == endpoint)
    #expect(try Endpoint.parse(endpoint.description) == endpoint)
  }

  @Test(
    "What is no endpoint is refused with what is accepted",
    arguments: [
      "", "8080", "tcp", "tcp:", "tcp:x", "tcp:65536", "tcp:-1", "tcp:+1", "tcp:80:interface=",
      "tcp:80:interface=::1x", "tcp:80:interface=::1:backlog=5",
      "tcp:80:interface=example.org", "tcp:80:backlog=5", "tcp:80:81", "ssl:443", "unix:", "unix:/a:b",
      "tcp:80:interface=1.2.3.4:interface=1.2.3.4",
      "tcp:interface=127.0.0.1", "a=b",
    ])
  func refused(text: String) {
    let error = #expect(throws: EndpointError.self) { try Endpoint.parse(text) }
    #expect(
      error?.message.contains("tcp:") == true || error?.message.contains("unix:") == true
        || error?.message.contains("127.0.0.1") == true)
  }

  @Test("Only loopback interfaces and Unix sockets stay within this machine")
  func beyond() {
    for host in ["127.0.0.1", "127.9.9.9", "::1", "localhost", "::ffff:127.0.0.1"] {
      #expect(!Endpoint.tcp(host: host, port: 1).isBeyondThisMachine)
    }
    for host in ["0.0.0.0", "::", "192.168.0.1", "128.0.0.1", "::ffff:10.0.0.1", "fe80::1", "127.evil.org"] {
      #expect(Endpoint.tcp(host: host, port: 1).isBeyondThisMachine)
    }
    #expect(!Endpoint.unix(path: "/x").isBeyondThisMachine)
  }

  @Test("An address of all interfaces is named by one that a browser here can open")
  func urls() {
    func url(_ host: String) -> String {
      BoundAddress(endpoint: .tcp(host: host, port: 0), host: host, port: 80, unixPath: nil).url
    }
    #expect(url("0.0.0.0") == "http://127.0.0.1:80")
    #expect(url("::") == "http://[::1]:80")
    #expect(url("::1") == "http://[::1]:80")
    #expect(url("10.0.0.1") == "http://10.0.0.1:80")
  }
}
