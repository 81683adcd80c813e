import Glibc
import TestSupport

/// The probe at a terminal: the line editor with toy answers, in folders of its own.
struct Probe {
  let terminal: PseudoTerminal
  let home: TemporaryFolder

  init(
    columns: Int = 80, rows: Int = 24, home: TemporaryFolder = TemporaryFolder(),
    environment: [String: String] = [:],
    firstPrompt: String? = "In [1]:"
  ) throws {
    self.home = home
    var variables = [
      "HOME": home.path, "XDG_STATE_HOME": home.path + "/state", "PATH": "/usr/bin:/bin",
      "ASAN_OPTIONS": "detect_leaks=0",
    ]
    variables.merge(environment) { $1 }
    terminal = try PseudoTerminal(
      PseudoTerminal.builtProgram("EditorProbe"), environment: variables, columns: columns, rows: rows)
    if let firstPrompt { try terminal.wait(for: firstPrompt) }
  }

  func send(_ keys: String) throws { try terminal.send(keys) }
  func wait(for text: String) throws { try terminal.wait(for: text) }
  func wait(for wanted: String, until condition: (Screen) -> Bool) throws {
    try terminal.wait(for: wanted, until: condition)
  }
  func waitForLines(_ lines: [String]) throws {
    try terminal.wait(for: lines.joined(separator: "⏎")) { Array($0.lines.prefix(lines.count)) == lines }
  }
  var screen: Screen { terminal.screen }
}

/// A folder that goes when nobody holds it any more.
final class TemporaryFolder: Sendable {
  let path: String

  init() {
    var template = Array("/tmp/routebook-tests.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      fatalError("no temporary folder: \(String(cString: strerror(errno)))")
    }
    path = template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  deinit { Self.remove(path) }

  func write(_ text: String, to name: String, mode: mode_t = 0o644) {
    let descriptor = open(path + "/" + name, O_WRONLY | O_CREAT | O_TRUNC, mode)
    precondition(descriptor >= 0)
    var bytes = Array(text.utf8)
    precondition(Glibc.write(descriptor, &bytes, bytes.count) == bytes.count)
    close(descriptor)
  }

  func read(_ name: String) -> String? { Self.read(path + "/" + name) }

  static func read(_ path: String) -> String? {
    let descriptor = open(path, O_RDONLY)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var result: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let count = Glibc.read(descriptor, &buffer, buffer.count)
      guard count > 0 else { return String(decoding: result, as: UTF8.self) }
      result += buffer[..<count]
    }
  }

  private static func remove(_ path: String) {
    if let folder = opendir(path) {
      while let entry = readdir(folder) {
        let name = withUnsafeBytes(of: entry.pointee.d_name) {
          String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
        if name != ".", name != "..", unlink(path + "/" + name) != 0 { remove(path + "/" + name) }
      }
      closedir(folder)
    }
    rmdir(path)
  }
}

extension Probe {
  func paste(_ text: String) throws { try terminal.paste(text) }
}
