import Foundation
import Language
import Testing

@testable import Console

@MainActor @Suite struct CommandTests {
  private func found(_ word: String) -> String {
    switch Command.find(word) {
    case .success(let command): command.name
    case .failure(let problem): problem.message
    }
  }

  @Test func aNameOrAnUnambiguousBeginningOfOneFindsACommand() {
    for command in Command.all { #expect(found(command.name) == command.name) }
    #expect(found("ce") == "cells")
    #expect(found("rer") == "rerun")
    #expect(found("ro") == "routes")
  }

  @Test func whatIsAmbiguousUnknownOrMissingIsSaid() {
    #expect(found("re") == "%re could be %restart, %rerun, %reset, %recover")
    #expect(found("saev") == "there is no command %saev; did you mean %save?")
    #expect(found("frobnicate") == "there is no command %frobnicate; %help lists them")
    #expect(found("") == "a command's name follows the %; %help lists them")
  }

  @Test func everyCommandSaysWhatItDoesInOneLine() {
    #expect(Set(Command.all.map(\.name)).count == Command.all.count)
    for command in Command.all {
      #expect(!command.explanation.isEmpty && command.explanation.count <= 60, "\(command.name)")
      #expect(!(command.usage + command.explanation).contains("\n"))
    }
  }

  @Test func questionsAreANameAndAMark() {
    #expect(Prompt.question(in: "every?") == "every")
    #expect(Prompt.question(in: "?every") == "every")
    #expect(Prompt.question(in: "%save?") == "%save")
    #expect(Prompt.question(in: "?") == "")
    #expect(Prompt.question(in: "xs.map?") == "xs.map")
    #expect(Prompt.question(in: "/greet/<int:user>?") == "/greet/<int:user>")
    #expect(Prompt.question(in: "f(1)?") == "f(1)")
    for other in ["a ? b", "let x = a ?", "f(1) ?", "every", "", "// why?", "/* why?", "/a b?", "%save x?"] {
      #expect(Prompt.question(in: other) == nil, "\(other)")
    }
  }

  @Test func commandsAndQuestionsAreCompleteAndHalfATernaryIsNot() {
    #expect(Prompt.completeness("%run {") == .complete)
    #expect(Prompt.completeness("route?") == .complete)
    #expect(Prompt.completeness("1 + 1") == .complete)
    if case .incomplete = Prompt.completeness("let x = true ?") {} else { Issue.record("it wants more") }
    if case .incomplete = Prompt.completeness("route \"/\" {") {} else { Issue.record("it wants more") }
  }
}

@Suite struct CellSelectionTests {
  private let numbers = [1, 2, 5, 3, 9]

  private func chosen(_ text: String, failed: [Int] = []) -> String {
    switch CellSelection.parse(text, among: numbers, failed: failed) {
    case .success(let chosen): chosen.map(String.init).joined(separator: " ")
    case .failure(let problem): problem.message
    }
  }

  @Test func namesCellsOneByOneInRangesAndAll() {
    #expect(chosen("5") == "5")
    #expect(chosen("all") == "1 2 5 3 9")
    #expect(chosen("9, 1 2") == "9 1 2")
    // From where the one stands to where the other does.
    #expect(chosen("2-3") == "2 5 3")
    #expect(chosen("3 2-3 all") == "3 2 5 1 9")
    #expect(chosen("failed", failed: [2, 9]) == "2 9")
  }

  @Test func saysWhatIsWrong() {
    #expect(chosen("4") == "there is no cell [4]; %cells lists them")
    #expect(chosen("1-4") == "there is no cell [4]; %cells lists them")
    #expect(chosen("3-5") == "cell [5] stands before cell [3]; write 5-3")
    #expect(chosen("failed") == "no cell has failed")
    #expect(chosen(" , ") == "no cell is named; write 3, 3-5 or all")
    for text in ["x", "-3", "3-", "1-2-3", "3.5", "99999999999999999999", "-", "1--2"] {
      #expect(chosen(text) == "\"\(text)\" names no cell; write 3, 3-5 or all")
    }
    if case .failure(let problem) = CellSelection.parse("1", among: []) {
      #expect(problem.message == "there is no cell [1]: the notebook is empty")
    } else {
      Issue.record("there is no cell")
    }
  }
}
