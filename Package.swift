// swift-tools-version: 6.1
import Foundation
import PackageDescription

let nio = [
  Target.Dependency.product(name: "NIOCore", package: "swift-nio"),
  .product(name: "NIOPosix", package: "swift-nio"),
  .product(name: "NIOHTTP1", package: "swift-nio"),
  .product(name: "NIOWebSocket", package: "swift-nio"),
]

let package = Package(
  name: "routebook",
  products: [.executable(name: "routebook", targets: ["routebook"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
  ],
  targets: [
    // C wrappers over calls that Swift cannot import.
    .target(name: "CCurl", dependencies: ["CLateLibrary"]),
    .target(name: "CEditline", dependencies: ["CLateLibrary"]),
    .target(name: "CDigest", dependencies: ["CLateLibrary"]),
    .target(name: "CLateLibrary", linkerSettings: [.linkedLibrary("dl")]),
    .target(name: "CPrefetch"),
    // Text to program.
    .target(name: "Language"),
    // Runs programs.
    .target(name: "VM", dependencies: ["Language", "CDigest", "CPrefetch"]),
    // Bytes to responder.
    .target(
      name: "Web",
      dependencies: nio + ["CDigest", .product(name: "DequeModule", package: "swift-collections")]),
    // Outbound HTTP.
    .target(name: "Fetch", dependencies: ["CCurl"]),
    // Cells and their files.
    .target(name: "Notebooks"),
    // Joins them on one event loop.
    .target(
      name: "KernelCore",
      dependencies: [
        "Language", "VM", "Web", "Fetch", "Notebooks", "CDigest",
        .product(name: "DequeModule", package: "swift-collections"),
        .product(name: "HeapModule", package: "swift-collections"),
        .product(name: "OrderedCollections", package: "swift-collections"),
      ] + nio),
    // The person's side.
    .target(name: "Console", dependencies: ["KernelCore", "CEditline"]),
    .executableTarget(
      name: "routebook",
      dependencies: [
        "Console", "Language", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // A pseudo-terminal, a screen, raw sockets: what tests drive real things with.
    .target(name: "TestSupport", path: "Sources/TestSupport"),
    .testTarget(name: "LanguageTests", dependencies: ["Language", "TestSupport"], path: "Tests/Language"),
    .testTarget(name: "VMTests", dependencies: ["VM", "TestSupport", "Mangling"], path: "Tests/VM"),
    .testTarget(
      name: "WebTests",
      dependencies: ["Web", "TestSupport", .product(name: "NIOEmbedded", package: "swift-nio")] + nio,
      path: "Tests/Web"),
    .testTarget(name: "FetchTests", dependencies: ["Fetch", "TestSupport"] + nio, path: "Tests/Fetch"),
    .testTarget(
      name: "KernelCoreTests", dependencies: ["KernelCore", "TestSupport"] + nio, path: "Tests/KernelCore"),
    // Small notebooks with the outputs that they must give.
    .testTarget(
      name: "GoldenTests",
      dependencies: [
        "Console", "KernelCore", "Notebooks", "Language", "VM", "Mangling", "Examples", "TestSupport",
      ],
      path: "Tests/Golden",
      exclude: ["cells", "overlaps"]),
    .testTarget(
      name: "NotebooksTests", dependencies: ["Notebooks", "TestSupport"], path: "Tests/Notebooks",
      exclude: ["Jupyter/Python"]),
    // What editors are told about the language.
    .testTarget(
      name: "EditorsTests", dependencies: ["Language", "Notebooks", "KernelCore"] + nio,
      path: "Tests/Editors", exclude: ["everything.cells"]),
    // How long a keystroke takes until it is seen.
    .executableTarget(name: "EditorBenchmark", dependencies: ["TestSupport"], path: "Benchmarks/Editor"),
    // What a request costs in NIO alone.
    .executableTarget(name: "NIOBenchmark", dependencies: nio, path: "Benchmarks/NIO"),
    // Writes programs in another way that means the same, and says what the formatter makes of them.
    .target(name: "Mangling", dependencies: ["Language", "TestSupport"], path: "Tests/Support/Mangling"),
    // Runs the examples of pages and of the prompt's help.
    .target(name: "Examples", dependencies: ["KernelCore"], path: "Tests/Support/Examples"),
    // A line editor alone, for its tests to type at.
    .executableTarget(name: "EditorProbe", dependencies: ["Console"], path: "Tests/Support/EditorProbe"),
    .testTarget(
      name: "ConsoleTests",
      dependencies: [
        "Console", "KernelCore", "Notebooks", "VM", "Language", "EditorProbe", "Examples", "TestSupport",
      ]
        + nio,
      path: "Tests/Console",
      exclude: ["Screens"]),
    .testTarget(
      name: "AcceptanceTests", dependencies: ["TestSupport"], path: "Tests/Acceptance",
      exclude: ["Clients/Scripts", "Clients/clients.cells"]),
    // What takes any bytes at all; `make fuzz` lets libFuzzer choose them.
    .target(
      name: "FuzzTargets",
      dependencies: [
        "Language", "VM", "Web", "Notebooks", .product(name: "NIOEmbedded", package: "swift-nio"),
      ] + nio,
      path: "Tests/Fuzzing/Targets"),
    .testTarget(
      name: "FuzzingTests", dependencies: ["FuzzTargets", "TestSupport"], path: "Tests/Fuzzing",
      exclude: ["Targets", "Fuzzer", "CFuzzer", "corpora"]),
    // The built program at a terminal.
    .testTarget(
      name: "TerminalTests", dependencies: ["TestSupport"], path: "Tests/Terminal", exclude: ["Pictures"]),
  ]
)

// libFuzzer is linked only where the compiler is told to instrument everything for it.
if ProcessInfo.processInfo.environment["ROUTEBOOK_FUZZ"] != nil {
  package.targets += [
    .target(name: "CFuzzer", path: "Tests/Fuzzing/CFuzzer"),
    .executableTarget(
      name: "Fuzzer", dependencies: ["FuzzTargets", "CFuzzer"], path: "Tests/Fuzzing/Fuzzer"),
  ]
}
