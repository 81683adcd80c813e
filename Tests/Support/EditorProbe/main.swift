// The line editor by itself, for tests that type at it: every cell is answered with what was read, in a form that
// fits on one line. A cell's first word can ask for more:
//
//   print N TEXT      another thread prints TEXT N times
//   wait [N TEXT]     a cell that runs until it is interrupted, or until it has printed TEXT N times
//   later N TEXT      like print, but the next cell is read at once
//   size              says how many characters the last cell had
//   edit              has the last cell edited in the person's editor, and says what came of it
//   stop              ends the program with SIGTERM while the editor waits
import Console
import Glibc
import Synchronization

func environment() -> [String: String] {
  var result: [String: String] = [:]
  var entry = environ
  while let pointer = entry.pointee {
    let parts = String(cString: pointer).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    if parts.count == 2 { result[String(parts[0])] = String(parts[1]) }
    entry += 1
  }
  return result
}

/// Brackets alone decide: a toy of a parser.
func depth(_ text: String) -> Int {
  text.utf8.reduce(0) { depth, byte in
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "("), UInt8(ascii: "["): depth + 1
    case UInt8(ascii: "}"), UInt8(ascii: ")"), UInt8(ascii: "]"): depth - 1
    default: depth
    }
  }
}

let words = [
  Completions.Candidate("route", explanation: "answers requests for a path"),
  Completions.Candidate("routes", explanation: "the live table"),
  Completions.Candidate("return", explanation: "leaves a function"),
  Completions.Candidate("await", explanation: "waits for a deferred"),
  Completions.Candidate("größe"),
]

/// The brackets outside of quotes.
func brackets(_ text: String) -> [Bracket] {
  var brackets: [Bracket] = []
  var open: [Int] = []
  var isQuoted = false
  for (offset, byte) in text.utf8.enumerated() {
    if byte == UInt8(ascii: "\"") { isQuoted.toggle() }
    guard !isQuoted else { continue }
    switch byte {
    case UInt8(ascii: "{"), UInt8(ascii: "("), UInt8(ascii: "["):
      open.append(brackets.count)
      brackets.append(Bracket(offset: offset, partner: nil, isClosing: false))
    case UInt8(ascii: "}"), UInt8(ascii: ")"), UInt8(ascii: "]"):
      let partner = open.popLast()
      if let partner { brackets[partner].partner = offset }
      let place = partner.map { brackets[$0].offset }
      brackets.append(Bracket(offset: offset, partner: place, isClosing: true))
    default: break
    }
  }
  return brackets
}

let hooks = Hooks(
  completeness: { text in
    let depth = depth(text)
    return depth < 0 ? .invalid : depth == 0 ? .complete : .incomplete(indent: 2 * depth)
  },
  highlight: { text, _ in
    var highlights: [Highlight] = []
    var start = 0
    for word in text.split(omittingEmptySubsequences: false, whereSeparator: { " \n(){}".contains($0) }) {
      if word == "route" || word == "await" {
        highlights.append(Highlight(start..<(start + word.utf8.count), .bold))
      }
      start += word.utf8.count + 1
    }
    return highlights
  },
  brackets: brackets,
  complete: { text, cursor in
    let before = Array(text.utf8)[..<cursor]
    let start = (before.lastIndex { $0 == 0x20 || $0 == 0x0A || $0 == 0x28 } ?? -1) + 1
    let word = String(decoding: before[start...], as: UTF8.self)
    return Completions(range: start..<cursor, candidates: words.filter { $0.text.hasPrefix(word) })
  })

let variables = environment()
let color = Style.isUsed(.auto, isTerminal: isatty(STDOUT_FILENO) == 1, environment: variables)
let editor: any CellInput =
  LineEditor(
    hooks: hooks, color: color, historyPath: HistoryFile.defaultPath(environment: variables),
    environment: variables,
    program: "routebook") ?? PlainInput(hooks: hooks)

func onThread(_ body: @escaping @Sendable () -> Void) {
  let box = Unmanaged.passRetained(Box(body))
  var thread = pthread_t()
  pthread_create(
    &thread, nil,
    { pointer in
      Unmanaged<Box>.fromOpaque(pointer!).takeRetainedValue().body()
      return nil
    }, box.toOpaque())
  pthread_detach(thread)
}

final class Box {
  let body: @Sendable () -> Void
  init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}

final class Flag: Sendable {
  let isSet = Atomic(false)
}

func printMany(_ count: Int, _ text: String, pause: useconds_t = 0, then: @escaping @Sendable () -> Void = {})
{
  let editor = editor
  onThread {
    for number in 1...max(1, count) {
      editor.printAbove("\(text) \(number)")
      if pause > 0 { usleep(pause) }
    }
    then()
  }
}

var number = 1
var last = ""
reading: while true {
  switch editor.readCell(number: number) {
  case .endOfInput:
    editor.print("end")
    break reading
  case .interrupted:
    editor.print("interrupted")
  case .text(let text):
    let parts = text.split(separator: " ", maxSplits: 2).map(String.init)
    let count = parts.count > 1 ? Int(parts[1]) : nil
    let rest = parts.count > 2 ? parts[2] : "line"
    switch parts.first {
    case "wait":
      let flag = Flag()
      if let count {
        let editor = editor
        printMany(count, rest, pause: 30_000) {
          flag.isSet.store(true, ordering: .releasing)
          editor.wake()
        }
      }
      let outcome = editor.wait(status: { "working" }, until: { flag.isSet.load(ordering: .acquiring) })
      editor.print("\(outcome)")
    case "print":
      let flag = Flag()
      let editor = editor
      printMany(count ?? 1, rest) {
        flag.isSet.store(true, ordering: .releasing)
        editor.wake()
      }
      _ = editor.wait(status: { "" }, until: { flag.isSet.load(ordering: .acquiring) })
    case "later":
      printMany(count ?? 1, rest, pause: 10_000)
    case "size":
      editor.print("size \(last.unicodeScalars.count) lines \(last.split(separator: "\n").count)")
    case "edit":
      do {
        let edited = try editor.edit(last, with: ExternalEditor(environment: variables))
        editor.print("edited <" + edited.split(separator: "\n").joined(separator: "|") + ">")
      } catch {
        editor.print("\(error)")
      }
    case "stop":
      onThread {
        usleep(100_000)
        kill(getpid(), SIGTERM)
      }
    default:
      if text.utf8.count < 500 {
        editor.print(
          "<" + text.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "|") + ">")
      } else {
        editor.print("<\(text.unicodeScalars.count) characters>")
      }
    }
    last = text
    number += 1
  }
}
LineEditor.restoreTerminal()
