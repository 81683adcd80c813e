// swift-tools-version: 6.1
import PackageDescription

let nio = [
  Target.Dependency.product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
]

let package = Package(
  name: "routebook",
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    // Text to program.
    .target(name: "Language"),
    // Runs programs.
    .target(name: "VM", dependencies: ["Language"]),
    // Cells and their files.
    .target(name: "Notebooks"),
    .testTarget(name: "LanguageTests", dependencies: ["Language"], path: "Tests/Language"),
    .testTarget(name: "VMTests", dependencies: ["VM"], path: "Tests/VM"),
    .testTarget(name: "NotebooksTests", dependencies: ["Notebooks"], path: "Tests/Notebooks"),
  ]
)
