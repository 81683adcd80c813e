import Foundation
import Glibc
import TestSupport

/// A page in a headless Chromium, driven by the Chrome DevTools Protocol.
final class Chromium {
  /// Nil where it is not installed.
  static let path: String? = ["/usr/bin/chromium", "/usr/bin/chromium-browser"].first {
    access($0, X_OK) == 0
  }

  private let program: RunningProgram
  private let socket: WebSocketClient
  private var lastID = 0

  /// Opens a page; its profile is in a folder of the test's.
  init(_ url: String, home: TemporaryFolder, width: Int = 1_000, height: Int = 900) throws {
    program = try RunningProgram(
      Chromium.path ?? "/usr/bin/chromium",
      [
        "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run",
        "--user-data-dir=\(home.path)/profile", "--window-size=\(width),\(height)",
        "--remote-debugging-port=0", url,
      ], environment: ["HOME": home.path, "PATH": "/usr/bin:/bin"])
    let port = try program.wait(for: "the port of Chromium", in: .error) { text in
      text.firstMatch(of: /DevTools listening on ws:\/\/127\.0\.0\.1:(\d+)/).flatMap { Int($0.1) }
    }
    socket = try Chromium.page(url, port)
  }

  /// The protocol's end of the page, as soon as it is there.
  private static func page(_ url: String, _ port: Int) throws -> WebSocketClient {
    var path: String?
    try eventually("Chromium has the page") {
      let answer = try RawHTTPClient.request(port: port, "GET", "/json/list")
      let targets = try JSONSerialization.jsonObject(with: Data(answer.body)) as? [[String: Any]] ?? []
      let page = targets.first {
        $0["type"] as? String == "page" && ($0["url"] as? String)?.hasPrefix(url) == true
      }
      path = (page?["webSocketDebuggerUrl"] as? String)?.split(
        separator: "/", maxSplits: 2
      ).last.map { "/\($0)" }
      return path != nil
    }
    return try WebSocketClient.open(RawHTTPClient(port: port, timeout: 30), path ?? "/")
  }

  deinit { program.signal(SIGKILL) }

  /// Calls a method of the protocol and gives its result.
  @discardableResult
  func call(_ method: String, _ parameters: [String: Any] = [:]) throws -> [String: Any] {
    lastID += 1
    let message: [String: Any] = ["id": lastID, "method": method, "params": parameters]
    try socket.send(String(decoding: JSONSerialization.data(withJSONObject: message), as: UTF8.self))
    while true {
      let frame = try socket.receive()
      guard frame.opcode == WebSocketClient.text,
        let answer = try JSONSerialization.jsonObject(with: Data(frame.data)) as? [String: Any],
        answer["id"] as? Int == lastID
      else { continue }
      if let error = answer["error"] { throw Failure(description: "\(method): \(error)") }
      return answer["result"] as? [String: Any] ?? [:]
    }
  }

  /// The value of an expression in the page, which may be a promise.
  func value(_ expression: String) throws -> Any? {
    let result = try call(
      "Runtime.evaluate", ["expression": expression, "returnByValue": true, "awaitPromise": true])
    if let details = result["exceptionDetails"] { throw Failure(description: "\(expression): \(details)") }
    return (result["result"] as? [String: Any])?["value"]
  }

  func text(_ expression: String) throws -> String { try value(expression) as? String ?? "" }

  /// Waits until an expression is true; while the page is being loaded none is.
  func wait(for condition: String) throws {
    try eventually(condition) { (try? value(condition)) as? Bool == true }
  }

  /// Presses a key as a person does.
  func press(_ key: String, code: Int) throws {
    for type in ["keyDown", "keyUp"] {
      try call(
        "Input.dispatchKeyEvent",
        [
          "type": type, "key": key, "code": key, "windowsVirtualKeyCode": code,
          "text": key == "Enter" ? "\r" : "",
        ])
    }
  }

  /// Writes what is seen into a file.
  func picture(to path: String) throws {
    let data = try call("Page.captureScreenshot", ["captureBeyondViewport": true])["data"] as? String ?? ""
    _ = FileManager.default.createFile(atPath: path, contents: Data(base64Encoded: data))
  }
}
