// swift-tools-version: 6.1
import PackageDescription

// A package of its own: the program does not depend on what it stands beside.
let package = Package(
  name: "async-http-client-calls",
  dependencies: [.package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0")],
  targets: [
    .executableTarget(
      name: "AsyncHTTPClientCalls",
      dependencies: [.product(name: "AsyncHTTPClient", package: "async-http-client")], path: "Sources")
  ]
)
