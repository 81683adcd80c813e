import Glibc
import Testing

@testable import Console

@MainActor @Suite struct PlainInputTests {
  private final class Pipe {
    let readEnd: Int32
    let writeEnd: Int32

    init() {
      var ends: [Int32] = [0, 0]
      precondition(pipe(&ends) == 0)
      (readEnd, writeEnd) = (ends[0], ends[1])
    }

    func write(_ text: String) {
      var bytes = Array(text.utf8)
      precondition(Glibc.write(writeEnd, &bytes, bytes.count) == bytes.count)
    }

    func readAll() -> String {
      var buffer = [UInt8](repeating: 0, count: 60_000)
      let count = read(readEnd, &buffer, buffer.count)
      return String(decoding: buffer[..<max(0, count)], as: UTF8.self)
    }
  }

  private func cells(of text: String) -> [Input] {
    let input = Pipe()
    let output = Pipe()
    input.write(text)
    close(input.writeEnd)
    let hooks = Hooks(completeness: { text in
      let depth = text.utf8.reduce(0) { $0 + ($1 == 123 ? 1 : $1 == 125 ? -1 : 0) }
      return depth < 0 ? .invalid : depth == 0 ? .complete : .incomplete(indent: 2)
    })
    let plain = PlainInput(hooks: hooks, input: input.readEnd, output: output.writeEnd)
    var cells: [Input] = []
    for number in 1...100 {
      cells.append(plain.readCell(number: number))
      if cells.last == .endOfInput { break }
    }
    return cells
  }

  @Test func joinsLinesToCells() {
    #expect(
      cells(of: "a\r\n\nf {\n\n  x\n}\n} b\nlast")
        == [.text("a"), .text("f {\n\n  x\n}"), .text("} b"), .text("last"), .endOfInput])
  }

  @Test func whatIsUnfinishedAtTheEndIsHandedOver() {
    #expect(cells(of: "f {\nx") == [.text("f {\nx"), .endOfInput])
    #expect(cells(of: "") == [.endOfInput])
    #expect(cells(of: "\n \n") == [.endOfInput])
  }

  @Test func waitsForAConditionAndPrintsMeanwhile() {
    let output = Pipe()
    let plain = PlainInput(hooks: Hooks(), input: Pipe().readEnd, output: output.writeEnd)
    plain.printAbove("one\u{1B}")
    plain.wake()
    var asked = 0
    let outcome = plain.wait(status: { "" }) {
      asked += 1
      return asked > 1
    }
    plain.print("two\nthree\n")
    #expect(outcome == .finished)
    #expect(output.readAll() == "one\\u{1B}\ntwo\nthree\n")
  }
}
