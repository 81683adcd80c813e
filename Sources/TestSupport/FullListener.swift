import Glibc

/// A listener on a free port whose queue is full.
public final class FullListener: Sendable {
  public let port: Int
  private let descriptors: [Int32]

  public init() throws {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
    var length = socklen_t(MemoryLayout<sockaddr_in>.size)
    let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var opened = [listener]
    let code = withUnsafeMutablePointer(to: &address) { address in
      address.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
        guard bind(listener, address, length) == 0, listen(listener, 0) == 0,
          getsockname(listener, address, &length) == 0
        else { return Int32(-1) }
        for _ in 0..<8 {
          let client = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_NONBLOCK.rawValue), 0)
          opened.append(client)
          _ = connect(client, address, length)
        }
        return 0
      }
    }
    descriptors = opened
    guard code == 0 else {
      port = 0
      throw ScriptedHTTPServer.Failure(description: "cannot listen on 127.0.0.1")
    }
    port = Int(UInt16(bigEndian: address.sin_port))
  }

  deinit { for descriptor in descriptors { close(descriptor) } }
}
