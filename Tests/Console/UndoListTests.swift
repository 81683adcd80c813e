import TestSupport
import Testing

@testable import Console

@Suite struct UndoListTests {
  private func state(_ marked: String, place: Int? = nil) -> UndoList.State {
    let parts = marked.split(separator: "|", omittingEmptySubsequences: false)
    return UndoList.State(
      text: parts.joined().unicodeScalars.map(\.value), cursor: parts[0].unicodeScalars.count, place: place)
  }

  private func typed(_ text: String, into list: inout UndoList) {
    for end in 1...text.count { list.note(state(String(text.prefix(end)) + "|")) }
  }

  @Test func typedTextIsUndoneAWordAtATime() {
    var list = UndoList()
    typed("let x = 12", into: &list)
    for expected in ["let x = |", "let x |", "let |", "|"] { #expect(list.undo() == state(expected)) }
    #expect(list.undo() == nil)
    for expected in ["let |", "let x |", "let x = |", "let x = 12|"] {
      #expect(list.redo() == state(expected))
    }
    #expect(list.redo() == nil)
  }

  @Test func linesAreStepsOfTheirOwn() {
    var list = UndoList()
    typed("a\nb", into: &list)
    #expect(list.undo() == state("a\n|"))
    #expect(list.undo() == state("a|"))
  }

  @Test func deletedWordsComeBackAWordAtATime() {
    var list = UndoList(state("one two|"))
    for rest in ["one tw|", "one t|", "one |", "one|", "on|"] { list.note(state(rest)) }
    #expect(list.undo() == state("one |"))
    #expect(list.undo() == state("one two|"))
  }

  @Test func aMoveOfTheCursorEndsARun() {
    var list = UndoList()
    typed("ab", into: &list)
    list.note(state("|ab"))
    list.note(state("ab|"))
    list.note(state("abc|"))
    #expect(list.undo() == state("ab|"))
  }

  @Test func equalCharactersComeAndGoWhereTheCursorWas() {
    var list = UndoList(state("a|aa"))
    list.note(state("aa|aa"))
    #expect(list.undo() == state("a|aa"))
    list.note(state("|aa"))
    #expect(list.undo() == state("a|aa"))
  }

  @Test func typingAfterAnUndoDropsWhatWasUndone() {
    var list = UndoList()
    typed("a b", into: &list)
    _ = list.undo()
    list.note(state("a c|"))
    #expect(list.redo() == nil)
    #expect(list.undo() == state("a |"))
  }

  @Test func aGroupIsUndoneAsOne() {
    var list = UndoList(state("x|"))
    list.isGrouping = true
    list.note(state("x one|"))
    list.note(state("x one two|"))
    list.note(state("y|"))
    list.isGrouping = false
    list.note(state("yz|"))
    #expect(list.undo() == state("y|"))
    #expect(list.undo() == state("x|"))
    #expect(list.redo() == state("y|"))
  }

  @Test func thePlaceInTheHistoryIsRememberedToo() {
    var list = UndoList(state("draft|", place: 3))
    list.note(state("older|", place: 2))
    #expect(list.undo() == state("draft|", place: 3))
    #expect(list.redo() == state("older|", place: 2))
  }

  @Test func stepsAndTheirSizeAreBounded() {
    var list = UndoList()
    for number in 0..<5_000 { list.note(state("\(number)\n|")) }
    var count = 0
    while list.undo() != nil { count += 1 }
    #expect(count == UndoList.stepLimit)

    let long = UndoList.State(text: Array(repeating: 0x61, count: 1_500_000), cursor: 0)
    list = UndoList()
    for _ in 0..<3 {
      list.note(long)
      list.note(state("|"))
    }
    count = 0
    while list.undo() != nil { count += 1 }
    #expect(count == 2)
  }

  @Test func undoingAllAndRedoingAllComeBackToTheSame() {
    var generator = SeededGenerator(seed: 11)
    for _ in 0..<100 {
      var list = UndoList()
      var text: [UInt32] = []
      for _ in 0..<60 {
        let place = Int.random(in: 0...text.count, using: &generator)
        if Bool.random(using: &generator), place < text.count {
          text.removeSubrange(place..<min(text.count, place + Int.random(in: 1...3, using: &generator)))
        } else {
          text.insert(
            contentsOf: [[0x61], [0x20], [0x61, 10, 0x61]].randomElement(using: &generator)!, at: place)
        }
        list.note(UndoList.State(text: text, cursor: min(place, text.count)))
      }
      while let state = list.undo() { #expect(state.cursor <= state.text.count) }
      var last: UndoList.State?
      while let state = list.redo() { last = state }
      #expect(last?.text == text)
    }
  }
}
