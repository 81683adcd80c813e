import TestSupport
import Testing

@testable import Console

@MainActor @Suite struct CompleterTests {
  private let completer = Completer()

  /// What could stand at the end of the text, as the whole text would be then.
  private func completed(_ text: String) -> [String] {
    let found = completer.complete(text, text.utf8.count)
    #expect(found.candidates.isEmpty || found.range.upperBound == text.utf8.count)
    let kept = String(decoding: Array(text.utf8)[..<found.range.lowerBound], as: UTF8.self)
    return found.candidates.map { kept + $0.text }
  }

  @Test func completesCommandsAndTheirArguments() {
    #expect(completed("%rer") == ["%rerun"])
    #expect(completed("%help eve") == ["%help every"])
    #expect(completed("%zzz") == [])
  }

  @Test func completesWhatCellsDeclareAndTheLanguageHas() {
    completer.learn(from: ["let wonderful = 1; func wonder() { 2 }", "route \"/greet/<user>\" { user }"])
    #expect(completed("1 + wond") == ["1 + wonder", "1 + wonderful"])
    #expect(completed("let é = wonderf") == ["let é = wonderful"])
    #expect(completed("x.upp") == ["x.uppercased"])
    #expect(completed("retu") == ["return"])
    #expect(completed("get(\"/gr") == ["get(\"/greet/"])
    #expect(completed("%open /") == ["%open /greet/"])
    #expect(completed("1 + ") == [])
    #expect(completer.knows("wonder"))
    completer.forgetAll()
    #expect(completed("1 + wond") == [])
    #expect(completed("%open /") == [])
  }

  @Test func textThatIsNotOfTheLanguageTeachesNothingAndDoesNoHarm() {
    completer.learn(from: ["route \"", "}}}{{{", "\u{0}", "let"])
    #expect(completed("%open /") == [])
  }

  @Test func completesFilesAndFolders() {
    let folder = TemporaryFolder()
    folder.write("", to: "one.cells")
    folder.write("", to: ".hidden")
    #expect(completed("%load \(folder.path)/o") == ["%load \(folder.path)/one.cells"])
    #expect(completed("%load \(folder.path)/") == ["%load \(folder.path)/one.cells"])
    #expect(completed("%save \(folder.path)/none/x") == [])
  }

  @Test func anyCursorIsAnswered() {
    let text = "get(\"/é %open 🙂.x\n%load /"
    for cursor in 0...(text.utf8.count + 5) { _ = completer.complete(text, cursor) }
  }
}
