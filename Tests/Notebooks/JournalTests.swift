import Foundation
import TestSupport
import Testing

@testable import Notebooks

/// A state folder of the test's own.
private struct State {
  let folder: TemporaryFolder
  var environment: [String: String] { ["XDG_STATE_HOME": folder.path] }
  var journals: String { folder.path + "/routebook/journal" }

  init() throws { folder = TemporaryFolder() }

  func journal(for file: String? = nil) -> Journal { Journal(notebookFile: file, environment: environment) }

  var abandoned: [AbandonedJournal] { Journal.abandoned(environment: environment) }

  var names: [String] {
    (try? FileManager.default.contentsOfDirectory(atPath: journals))?.sorted() ?? []
  }

  /// Leaves a journal behind as a program does that is killed: its file is closed, nothing else happens.
  func leave(_ cells: [Cell], file: String? = nil) throws {
    do {
      let journal = journal(for: file)
      for cell in cells { try journal.append(cell) }
    }
    waitUntilUnlocked()
  }

  /// A program that another test is starting has a copy of every open file for a moment, and the locks on them.
  func waitUntilUnlocked() {
    for name in names {
      let descriptor = open(journals + "/" + name, O_RDONLY)
      defer { close(descriptor) }
      for _ in 0..<2_000 where flock(descriptor, LOCK_SH | LOCK_NB) != 0 { usleep(1_000) }
    }
  }
}

extension Journal {
  fileprivate func append(_ cell: Cell) throws { try append([.added(cell, at: .max)]) }
}

extension AbandonedJournal {
  /// The cells that were entered.
  fileprivate var cells: [Cell] {
    changes.compactMap { if case .added(let cell, _) = $0 { cell } else { nil } }
  }
}

@Test("A living program's journal is not offered, what a dead one left is")
func onlyTheDeadAreOffered() throws {
  let state = try State()
  let before = Date()
  do {
    let journal = state.journal(for: "/tmp/a.cells")
    #expect(journal.disabledReason == nil)
    try journal.append(Cell(number: 1, title: "one", source: "let a = \"🧊\"\n// b"))
    try journal.append(Cell(number: 2, kind: .markdown, source: "text"))
    #expect(state.abandoned.isEmpty)
  }
  state.waitUntilUnlocked()
  let found = try #require(state.abandoned.first)
  #expect(state.abandoned.count == 1)
  #expect(found.pid == getpid())
  #expect(found.notebookFile == "/tmp/a.cells")
  #expect(
    found.cells == [
      Cell(number: 1, title: "one", source: "let a = \"🧊\"\n// b"),
      Cell(number: 2, kind: .markdown, source: "text"),
    ])
  #expect(found.started.timeIntervalSince(before) > -0.01)
  #expect(found.lastEntry >= found.started)
}

@Test("A cell is in the file when append returns")
func appendIsImmediate() throws {
  let state = try State()
  let journal = state.journal()
  try journal.append(Cell(number: 1, source: "sleep(1s)"))
  let name = try #require(state.names.first)
  let text = try state.folder.text("routebook/journal/" + name)
  #expect(text.hasSuffix("}\n"))
  #expect(text.contains("sleep(1s)"))
  let mode = try FileManager.default.attributesOfItem(atPath: state.journals + "/" + name)[.posixPermissions]
  #expect(mode as? Int == 0o600)
  journal.finish()
}

@Test("A clean end leaves nothing")
func cleanEnd() throws {
  let state = try State()
  do {
    let journal = state.journal()
    try journal.append(Cell(number: 1, source: "a"))
    journal.finish()
    try journal.append(Cell(number: 2, source: "b"))
  }
  #expect(state.names.isEmpty)
  #expect(state.abandoned.isEmpty)
}

@Test("Saving empties the journal, and a program that had nothing unsaved is not offered")
func savingEmpties() throws {
  let state = try State()
  do {
    let journal = state.journal()
    try journal.append(Cell(number: 1, source: "a"))
    try journal.reset(notebookFile: "b.cells")
  }
  state.waitUntilUnlocked()
  #expect(state.abandoned.isEmpty)
  #expect(state.names.isEmpty)
  do {
    let journal = state.journal()
    try journal.append(Cell(number: 1, source: "a"))
    try journal.reset(notebookFile: "b.cells")
    try journal.append(Cell(number: 2, source: "b"))
  }
  state.waitUntilUnlocked()
  #expect(state.abandoned.first?.cells == [Cell(number: 2, source: "b")])
  #expect(state.abandoned.first?.notebookFile == "b.cells")
}

@Test("A torn last line loses that cell alone, wherever it was torn")
func tornRecords() throws {
  let state = try State()
  try state.leave([Cell(number: 1, source: "a"), Cell(number: 2, source: "b \u{1F9CA}")])
  let file = URL(fileURLWithPath: state.journals + "/" + (try #require(state.names.first)))
  let whole = try Data(contentsOf: file)
  let secondLine = try #require(whole.dropLast().lastIndex(of: 10)) + 1
  for end in secondLine..<(whole.count - 1) {
    try whole[..<end].write(to: file)
    let found = try #require(state.abandoned.first)
    #expect(found.cells == [Cell(number: 1, source: "a")])
    #expect(found.damagedLines == (end == secondLine ? 0 : 1))
  }
  try (whole + Data([0, 0, 10, 0xFF, 10])).write(to: file)
  #expect(state.abandoned.first?.cells.count == 2)
  try Data("garbage\n\n{}\n".utf8).write(to: file)
  #expect(state.abandoned.isEmpty)
}

@Test("A cell entered again is offered once, as it was last")
func latestTextWins() throws {
  let state = try State()
  try state.leave([
    Cell(number: 1, source: "a"), Cell(number: 2, source: "b"), Cell(number: 1, source: "A"),
  ])
  let found = try #require(state.abandoned.first)
  #expect(found.entries.count == 3)
  #expect(found.cells.map(\.source) == ["A", "b"])
}

@Test("Every kind of change comes back as it was")
func changesComeBack() throws {
  let state = try State()
  let changes: [NotebookChange] = [
    .added(Cell(number: 5, title: "five", source: "e"), at: 2), .removed(Cell(number: 3, source: "c\n\"d\"")),
    .edited(2, from: "b\n", to: "B"), .moved(1, to: 0),
  ]
  do {
    let journal = state.journal()
    try journal.append(Array(changes[..<2]))
    try journal.append(Array(changes[2...]))
  }
  state.waitUntilUnlocked()
  #expect(state.abandoned.first?.changes == changes)
}

@Test("A journal says what its changes come to")
func condensedChanges() throws {
  let state = try State()
  do {
    let journal = state.journal()
    try journal.append([
      .added(Cell(number: 5, source: "e"), at: 4), .edited(5, from: "e", to: "E"), .moved(5, to: 0),
      .added(Cell(number: 6, source: "f"), at: 5), .moved(6, to: 1), .removed(Cell(number: 6, source: "f")),
      .removed(Cell(number: 1, source: "a")), .removed(Cell(number: 2, source: "b")),
      .added(Cell(number: 2, source: "b"), at: 0),
    ])
  }
  state.waitUntilUnlocked()
  #expect(
    state.abandoned.first?.changes == [
      .added(Cell(number: 5, source: "E"), at: 4), .moved(5, to: 0), .removed(Cell(number: 1, source: "a")),
      .moved(2, to: 0),
    ])
}

@Test("A journal of before, which knew only cells that were entered, is read")
func oldJournal() throws {
  let state = try State()
  _ = state.journal()
  try FileManager.default.createDirectory(atPath: state.journals, withIntermediateDirectories: true)
  state.folder.write(
    """
    {"pid":1,"time":5}
    {"kind":"code","number":3,"source":"a","time":6}

    """, to: "routebook/journal/old.journal")
  #expect(state.abandoned.first?.changes == [.added(Cell(number: 3, source: "a"), at: .max)])
}

@Test("An abandoned journal is taken over once, and stays safe meanwhile")
func adopting() throws {
  let state = try State()
  try state.leave([Cell(number: 1, source: "a")], file: "x.cells")
  let found = try #require(state.abandoned.first)
  do {
    let one = state.journal()
    let other = state.journal()
    #expect(try one.adopt(found))
    #expect(try !other.adopt(found))
    other.finish()
    #expect(state.abandoned.isEmpty)
  }
  state.waitUntilUnlocked()
  // The one that took it over died as well.
  let again = try #require(state.abandoned.first)
  #expect(again.cells == found.cells)
  try Journal.discard(again)
  #expect(state.abandoned.isEmpty)
  #expect(state.names.isEmpty)
}

@Test("The latest abandoned journal comes first, and there is a greatest number")
func manyAbandoned() throws {
  let state = try State()
  try state.leave([Cell(number: 1, source: "seed")])
  let line = try #require(
    try state.folder.text("routebook/journal/" + state.names[0]).split(separator: "\n").last)
  for age in 0..<(Journal.maximumAbandoned + 5) {
    let old = line.replacing(#/"time":[0-9.]+/#, with: "\"time\":\(1000 + age)")
    _ = state.folder.file("routebook/journal/\(age).journal", old + "\n")
  }
  let found = state.abandoned
  #expect(found.count == Journal.maximumAbandoned)
  #expect(found.first?.cells.first?.source == "seed")
  #expect(found.map(\.lastEntry) == found.map(\.lastEntry).sorted(by: >))
  #expect(state.names.count == Journal.maximumAbandoned)
}

@Test("Where the folder can't be made, the journal says why and takes nothing")
func disabledJournal() throws {
  let folder = TemporaryFolder()
  _ = folder.file("routebook", "a file in the way")
  let environment = ["XDG_STATE_HOME": folder.path]
  let journal = Journal(environment: environment)
  let reason = try #require(journal.disabledReason)
  #expect(reason.hasPrefix("entered cells are not journalled in \(folder.path)/routebook/journal: "))
  try journal.append(Cell(number: 1, source: "a"))
  try journal.reset(notebookFile: nil)
  journal.finish()
  #expect(Journal.abandoned(environment: environment).isEmpty)
}

@Test("A home that can't be written disables the journal")
func readOnlyHome() throws {
  let folder = TemporaryFolder()
  chmod(folder.path, 0o555)
  let reason = try asStranger { Journal(environment: ["HOME": folder.path]).disabledReason }
  chmod(folder.path, 0o755)
  #expect(reason?.contains("\(folder.path)/.local/state/routebook/journal: ") == true)
  #expect(folder.names.isEmpty)
}

@Test("A journal that somebody removes is made anew with all it had")
func removedJournal() throws {
  let state = try State()
  do {
    let journal = state.journal()
    try journal.append(Cell(number: 1, source: "one"))
    try FileManager.default.removeItem(atPath: state.folder.path + "/routebook")
    try journal.append(Cell(number: 2, source: "two"))
    try FileManager.default.removeItem(atPath: state.journals + "/" + (try #require(state.names.first)))
    try journal.append(Cell(number: 3, source: "three"))
  }
  state.waitUntilUnlocked()
  #expect(state.abandoned.map { $0.cells.map(\.source) } == [["one", "two", "three"]])
}

/// They were missing ever after, though later ones were there.
@Test("Cells that can't be written are written with the next one that can")
func cellsCaughtUp() throws {
  let state = try State()
  do {
    let journal = state.journal()
    try journal.append(Cell(number: 1, source: "one"))
    try FileManager.default.removeItem(atPath: state.folder.path + "/routebook")
    _ = state.folder.file("routebook", "a file in the way")
    for number in 2...3 {
      #expect(throws: JournalError.self) { try journal.append(Cell(number: number, source: "\(number)")) }
    }
    try FileManager.default.removeItem(atPath: state.folder.path + "/routebook")
    try journal.append(Cell(number: 4, source: "4"))
  }
  state.waitUntilUnlocked()
  #expect(state.abandoned.map { $0.cells.map(\.source) } == [["one", "2", "3", "4"]])
}

@Test("A full journal refuses more, and takes cells again once it is emptied")
func fullJournal() throws {
  let state = try State()
  let journal = state.journal()
  let large = String(repeating: "x", count: Journal.maximumSize / 2)
  try journal.append(Cell(number: 1, source: large))
  #expect(throws: JournalError.full) { try journal.append(Cell(number: 2, source: large)) }
  try journal.append(Cell(number: 3, source: "small"))
  try journal.reset(notebookFile: nil)
  try journal.append(Cell(number: 4, source: large))
  journal.finish()
}

@Test("The state folder is XDG's, and a relative one is ignored")
func stateFolder() {
  #expect(Journal.folder(["XDG_STATE_HOME": "/s", "HOME": "/h"]) == "/s/routebook/journal")
  #expect(Journal.folder(["XDG_STATE_HOME": "s", "HOME": "/h"]) == "/h/.local/state/routebook/journal")
  #expect(Journal.folder(["HOME": "/h"]) == "/h/.local/state/routebook/journal")
  #expect(Journal.folder([:]).hasSuffix("/.local/state/routebook/journal"))
}

@Test("Another program's lock protects its journal until it is killed")
func killedProgram() throws {
  let state = try State()
  try state.leave([Cell(number: 1, source: "a")])
  let file = state.journals + "/" + (try #require(state.names.first))
  let program = Process()
  program.executableURL = URL(fileURLWithPath: "/usr/bin/flock")
  program.arguments = ["--no-fork", "--exclusive", file, "/bin/sh", "-c", "echo locked; exec sleep 600"]
  let output = Pipe()
  program.standardOutput = output
  try program.run()
  #expect(output.fileHandleForReading.availableData == Data("locked\n".utf8))
  #expect(state.abandoned.isEmpty)
  kill(program.processIdentifier, SIGKILL)
  program.waitUntilExit()
  #expect(state.abandoned.first?.cells == [Cell(number: 1, source: "a")])
}

/// A cell that was deleted and came back counted for the places of those that came before, and stood elsewhere then.
@Test("After a crash the cells stand in the order that they had", arguments: 0..<150)
func orderComesBack(seed: UInt64) throws {
  let state = try State()
  var random = SeededGenerator(seed: seed)
  var base = Notebook()
  for number in 0..<Int.random(in: 0...5, using: &random) {
    if seed % 3 == 0 { _ = try base.insert(Cell(kind: .markdown, source: "text \(number)")) }
    base.append(code: "cell \(number)")
  }
  var left = base
  do {
    let journal = state.journal()
    try journal.reset(notebookFile: nil, notebook: base)
    var inverses: [[NotebookChange]] = []
    for step in 0..<Int.random(in: 3...25, using: &random) {
      let numbers = left.codeNumbers
      let place = Int.random(in: 0...left.cells.count, using: &random)
      let chosen = numbers.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }
      let changes: [NotebookChange] =
        switch Int.random(in: 0..<8, using: &random) {
        case 0...2: [.added(Cell(number: left.nextNumber, source: "new \(step)"), at: place)]
        case 3: chosen.compactMap { left[$0].map { .removed($0) } }
        case 4: chosen.map { .moved($0, to: place) }
        case 5: chosen.map { .edited($0, from: left[$0]?.source ?? "", to: "edited \(step) \($0)") }
        default: inverses.popLast() ?? []
        }
      inverses.append(try changes.map { try left.apply($0) }.reversed())
      try journal.append(changes)
    }
  }
  state.waitUntilUnlocked()
  guard let abandoned = state.abandoned.first else { return }
  var back = base
  let made = back.restore(abandoned.changes, inOrder: abandoned.order(in: base))
  #expect(back.cells == left.cells)
  // A journal of an earlier version does not say in which order its cells stood: the notebook's is taken.
  var order = CellOrder(base.order)
  for entry in abandoned.entries { order.follow(entry.change) }
  #expect(order.cells == left.order)
  // Other cells have come since, in between: what came back stands in its order all the same.
  var present = base
  for step in 0..<3 {
    let place = Int.random(in: 0...present.cells.count, using: &random)
    _ = try present.insert(Cell(source: "since \(step)"), at: place)
  }
  _ = present.restore(abandoned.changes, inOrder: abandoned.order(in: base))
  #expect(
    present.cells.filter { $0.kind == .code }.map(\.source).filter { !$0.hasPrefix("since") }
      == left.codeCells.map(\.source))
  #expect(present.cells.count { $0.source.hasPrefix("since") } == 3)
  // What is journalled again comes to the same.
  var again = base
  for change in made { try again.apply(change) }
  #expect(again.cells == left.cells)
}

@Test("What waits to become a cell is offered as one, until it has become one or is dropped")
func waitingTextsAreOffered() throws {
  let state = try State()
  do {
    let journal = state.journal()
    try journal.append([], waiting: ["a", "b"])
    try journal.append([], waiting: ["a", "b"])
    try journal.append([.added(Cell(number: 4, source: "a"), at: 0)], waiting: ["b", "c", "d"])
    // An empty notebook, and what waits goes on waiting.
    try journal.reset(notebookFile: nil)
    try journal.append([.added(Cell(number: 7, source: "b"), at: 0)], waiting: ["c", "d"])
  }
  state.waitUntilUnlocked()
  let left = try #require(state.abandoned.first)
  #expect(
    left.cells == [Cell(number: 7, source: "b"), Cell(number: 8, source: "c"), Cell(number: 9, source: "d")])
  #expect(left.damagedLines == 0)
  do {
    let journal = state.journal()
    #expect(try journal.adopt(left))
    try journal.append([], waiting: ["x", "y"])
    try journal.append([], waiting: [])
  }
  state.waitUntilUnlocked()
  #expect(try #require(state.abandoned.first).cells.map(\.source) == ["b", "c", "d"])
}
