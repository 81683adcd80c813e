import Web

enum BoundAddressFixture {
  static func tcp(_ host: String, _ port: Int) -> BoundAddress {
    BoundAddress(endpoint: .tcp(host: host, port: port), host: host, port: port, unixPath: nil)
  }
}
