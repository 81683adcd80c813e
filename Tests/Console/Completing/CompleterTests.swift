import Foundation
import KernelCore
import TestSupport
import Testing

@testable import Console

@MainActor @Suite struct CompleterTests {
  private let completer = Completer()

  /// What could stand at the end of the text, or at `⇥` in it, as the text before would be then.
  private func completed(_ text: String) -> [String] { completer.completed(text) }

  @Test func completesCommandsAndTheirArguments() {
    #expect(completed("%rer") == ["%rerun"])
    #expect(completed("%help eve") == ["%help events", "%help every"])
    #expect(completed("%help res").contains("%help restart"))
    #expect(completed("%log o") == ["%log on", "%log off"])
    #expect(completed("%recover ") == ["%recover show", "%recover drop"])
    #expect(completed("%post /x js") == ["%post /x json="])
    #expect(completed("%get /x js") == [])
    #expect(completed("%run 3\n%rer") == ["%run 3\n%rerun"])
    #expect(completed("%export t") == ["%export trace"])
    #expect(completed("%export trace slow") == ["%export trace slowest"])
    #expect(completed("%zzz") == [])
    #expect(completed("%zzz x") == [])
  }

  @Test func completesWhatCellsDeclareAndTheLanguageHas() {
    completer.learn(from: ["let wonderful = 1; func wonder() { 2 }", "route \"/greet/<user>\" { user }"])
    #expect(completed("1 + wond") == ["1 + wonder", "1 + wonderful"])
    #expect(completed("let é = wonderf") == ["let é = wonderful"])
    #expect(completed("x.upperc") == ["x.uppercased"])
    #expect(completed("retu") == ["return"])
    #expect(completed("get(\"/gr") == ["get(\"/greet/"])
    #expect(completed("%open /") == ["%open /greet/"])
    #expect(completed("1 + ") == [])
    #expect(completer.knows("wonder"))
    completer.forgetAll()
    #expect(completed("1 + wond") == [])
    #expect(completed("%open /") == [])
  }

  @Test func completesPathsUpToEachParameter() {
    completer.learn(from: [
      "route \"/users/<int:id>/orders/<order>\" { 1 }; route \"/users/new\" { 2 }; route \"/f/<path:p>/x\" { 3 }"
    ])
    #expect(completed("get(\"/us") == ["get(\"/users/", "get(\"/users/new"])
    #expect(completed("get(\"/users/7/") == ["get(\"/users/7/orders/"])
    #expect(completed("%open /users/7/or") == ["%open /users/7/orders/"])
    #expect(completed("%open /users/seven/") == [])
    #expect(completed("%open /users/7/orders/1/") == [])
    #expect(completed("%open /f/a/") == [])
  }

  @Test func proposesWhatIsNearestFirst() {
    completer.learn(from: ["let rest = 1"])
    #expect(
      completed("func f(respite) { let reserve = 1; res")
        == ["reserve", "respite", "rest", "respond"].map {
          "func f(respite) { let reserve = 1; \($0)"
        })
  }

  @Test func proposesNothingInTextsAndComments() {
    for text in [
      "\"retu", "print(\"retu", "// retu", "/* retu", "let retu", "func f(retu", "12", "\"\"\"\nretu",
    ] {
      #expect(completed(text) == [], "\(text)")
    }
    #expect(completed("\"\\(retu") == ["\"\\(return"])
  }

  @Test func proposesLabelsThatAreNotGiven() {
    #expect(completed("get(\"/x\", ti") == ["get(\"/x\", timeout: "])
    #expect(completed("get(\"/x\", timeout: 2s, ti") == [])
    #expect(completed("get(\"/x\", ti⇥, timeout: 2s)") == [])
    #expect(completed("\"a,b\".split(sep") == ["\"a,b\".split(separator: "])
    #expect(completed("anything.split(max").first == "anything.split(maxSplits: ")
    #expect(
      completed("func area(width, height) { 1 }\narea(")
        == ["width: ", "height: "].map {
          "func area(width, height) { 1 }\narea(\($0)"
        })
    #expect(
      completed("func area(width, height) { 1 }\narea(1, ") == [
        "func area(width, height) { 1 }\narea(1, height: "
      ])
    #expect(
      completed("respond(") == ["body: ", "status: ", "headers: ", "cookies: "].map { "respond(\($0)" })
  }

  @Test func proposesMethodsOfARoute() {
    #expect(completed("route PA") == ["route PATCH"])
    #expect(completed("route GET, PU") == ["route GET, PUT"])
  }

  @Test func textThatIsNotOfTheLanguageTeachesNothingAndDoesNoHarm() {
    completer.learn(from: ["route \"", "}}}{{{", "\u{0}", "let"])
    #expect(completed("%open /") == [])
  }

  @Test func completesFilesAndFolders() throws {
    let folder = TemporaryFolder()
    folder.write("", to: "one.cells")
    folder.write("", to: "my notes.cells")
    folder.write("", to: ".hidden")
    try FileManager.default.createDirectory(atPath: folder.path + "/older", withIntermediateDirectories: true)
    #expect(
      completed("%load \(folder.path)/o") == [
        "%load \(folder.path)/older/", "%load \(folder.path)/one.cells",
      ])
    #expect(completed("%load \(folder.path)/my no") == ["%load \(folder.path)/my notes.cells"])
    #expect(completed("%save \(folder.path)/.h") == ["%save \(folder.path)/.hidden"])
    #expect(completed("%load \(folder.path)/").count == 3)
    #expect(completed("%load ~") == ["%load ~/"])
    #expect(completed("%save \(folder.path)/none/x") == [])
  }

  @Test func anyCursorIsAnswered() {
    let text = "get(\"/é %open 🙂.x\n%load /"
    for cursor in 0...(text.utf8.count + 5) { _ = completer.complete(text, cursor) }
  }

  /// From the key to the candidates in a long cell; what the screen takes besides is little.
  @Test func aLongCellIsCompletedAtOnce() {
    let lines = (0..<200).map { "let value\($0) = [\($0), \"text \\(\($0) + 1)\"].map { x in x }" }
    let text = lines.joined(separator: "\n") + "\nlet end = value1"
    _ = completer.complete(text, text.utf8.count)
    let start = ProcessorTime.ofThisThread()
    for _ in 0..<10 { #expect(completer.complete(text, text.utf8.count).candidates.count == 111) }
    let each = (ProcessorTime.ofThisThread() - start) / 10
    #expect(each < .milliseconds(300), "\(each): it takes 15 without optimization")
  }
}

extension Completer {
  /// What could stand at the end of a text, or at `⇥` in it, as the text before would be then.
  func completed(_ text: String) -> [String] {
    let parts = text.split(separator: "⇥", maxSplits: 1, omittingEmptySubsequences: false)
    let found = complete(parts.joined(), parts[0].utf8.count)
    let kept = String(decoding: Array(parts[0].utf8)[..<found.range.lowerBound], as: UTF8.self)
    return found.candidates.map { kept + $0.text }
  }

  /// What stands beside the candidates.
  func explained(_ text: String) -> [String] {
    complete(text, text.utf8.count).candidates.map { "\($0.text) | \($0.explanation)" }
  }
}
