import CEditline
import Glibc

/// libedit as an engine: it keeps the text being edited, its modes, undo and kill ring, and knows what each key does
/// in emacs and vi. It paints nothing (its drawing goes to /dev/null) and reads nothing but what `nextCharacter`
/// hands it.
///
/// It edits only where it finds a terminal, so it gets one of its own: a pseudo-terminal that nobody looks at, with a
/// size that never changes. On the person's it would change modes behind our back between two cells, and in windows
/// of one column or row its drawing writes outside its memory.
@MainActor
final class Engine {
  /// A key of ours, as the engine knows it. Raw values are C1 control codes, which no keyboard sends as characters
  /// and which libedit can bind (it binds nothing above 255).
  enum Code: UInt32, CaseIterable {
    case up = 0x80
    case down, left, right, lineStart, lineEnd, delete, olderWithPrefix, newerWithPrefix
    case wordLeft, wordRight, spaceLeft, complete, completeBack, newline, paste, replace
    case setMark, killRegion, moveToLineStart, moveToLineEnd, acceptWord, undo, redo, editElsewhere
    case beginInsertion, beginReplacement, endInsertion
    // From here on they have no code that could be sent: only a key of the keyboard leads to them.
    case oldest = 0x100
    case endOfInput, enter, interrupt, suspend, clear, searchBack, closeBracket, deleteBack, killToLineStart
    case openLine, transpose, leaveInsertion, viKey

    var isSent: Bool { rawValue < 0x100 }
  }

  /// What libedit does after a command.
  enum Outcome: UInt8 {
    /// The edit is over.
    case done = 1
    /// The text or the cursor has changed.
    case changed = 4
    /// Nothing could be done.
    case refused = 6
  }

  /// Gives the next character, nil at the end of input. Called by libedit within `run`.
  var nextCharacter: () -> Unicode.Scalar? = { nil }
  /// Does one of our commands; told the code, or the character that was typed where a plain key is bound.
  var perform: (Code, UInt32) -> Outcome = { _, _ in .refused }

  nonisolated(unsafe) private let line: OpaquePointer
  nonisolated(unsafe) private let drain: UnsafeMutablePointer<FILE>
  nonisolated(unsafe) private let source: UnsafeMutablePointer<FILE>
  private let stage: Stage
  let isVi: Bool
  /// Where our last command in vi's command mode left the cursor.
  private var viPlace: Int?
  /// False in vi's command mode, as far as is known: libedit does not say when it changes.
  var isInserting = true

  /// What our commands are called in `bind`: in emacs mode and vi's insert mode, and in vi's command mode.
  private static let commandName = "routebook-key"
  private static let viCommandName = "routebook-vi-key"

  /// Plain keys that mean a command of ours, in emacs mode and vi's insert mode.
  private static let plainKeys: [UInt32: Code] = [
    0x0D: .enter, 0x0A: .enter, 0x03: .interrupt, 0x1A: .suspend, 0x09: .complete, 0x0C: .clear,
    0x12: .searchBack, 0x13: .searchBack, 0x10: .up, 0x0E: .down, 0x04: .endOfInput, 0x7F: .deleteBack,
    0x08: .deleteBack, 0x1F: .undo,
    UInt32(UInt8(ascii: "}")): .closeBracket, UInt32(UInt8(ascii: "]")): .closeBracket,
    UInt32(UInt8(ascii: ")")): .closeBracket,
  ]
  private static let emacsKeys: [UInt32: Code] = [
    0x01: .lineStart, 0x05: .lineEnd, 0x02: .left, 0x06: .right, 0x0F: .openLine, 0x14: .transpose,
  ]
  /// Keys of emacs mode, several of them pressed one after another, and what they do one after another. libedit has
  /// commands for words too, but to it `.`, `[` and `=` are letters.
  private static let emacsSequences: [(keys: String, codes: [Code])] = [
    ("^X^U", [.undo]), ("^X^R", [.redo]), ("^X^E", [.editElsewhere]), ("^[_", [.redo]),
    ("^[b", [.wordLeft]), ("^[B", [.wordLeft]), ("^[f", [.wordRight]), ("^[F", [.wordRight]),
    ("^[d", [.setMark, .wordRight, .killRegion]), ("^[D", [.setMark, .wordRight, .killRegion]),
    ("^[^?", [.setMark, .wordLeft, .killRegion]), ("^[^H", [.setMark, .wordLeft, .killRegion]),
    ("^W", [.setMark, .spaceLeft, .killRegion]),
  ]
  private static let insertionKeys: [UInt32: Code] = [0x1B: .leaveInsertion, 0x15: .killToLineStart]
  /// Keys of vi's command mode that do not change the text by themselves. All others go to `ViCommands`.
  private static let commandKeys: [UInt32: Code] = [
    0x0D: .enter, 0x0A: .enter, 0x03: .interrupt, 0x1A: .suspend, 0x0C: .clear, 0x10: .up,
    0x0E: .down, 0x04: .endOfInput, 0x12: .redo, UInt32(UInt8(ascii: "/")): .searchBack,
    UInt32(UInt8(ascii: "?")): .searchBack, UInt32(UInt8(ascii: "n")): .olderWithPrefix,
    UInt32(UInt8(ascii: "N")): .newerWithPrefix, UInt32(UInt8(ascii: "K")): .olderWithPrefix,
    UInt32(UInt8(ascii: "v")): .editElsewhere,
  ]
  /// Codes for which libedit has a command itself.
  private static let ownCommands: [Code: String] = [
    .setMark: "em-set-mark", .killRegion: "em-kill-region",
    .beginInsertion: "vi-insert", .beginReplacement: "vi-replace-mode", .endInsertion: "vi-command-mode",
  ]

  /// Opens the engine on the process's terminal; reads `~/.editrc`. `program` is the name it goes by there. Nil where
  /// libedit can't be had (no memory, no descriptor).
  init?(program: String) {
    _ = ceditline_use_utf8()
    guard let stage = Stage(), let source = fopen("/dev/null", "re") else { return nil }
    guard let drain = fopen("/dev/null", "we") else {
      fclose(source)
      return nil
    }
    guard let line = ceditline_init(program, source, drain, drain, stage.terminal) else {
      fclose(source)
      fclose(drain)
      return nil
    }
    (self.line, self.source, self.drain, self.stage) = (line, source, drain, stage)
    ceditline_set_no_prompt(line)
    ceditline_set_editor(line, "emacs")
    // The person's file comes twice: `bind -v` in it resets every binding, and what it binds wins over ours.
    let configuration = EditorConfiguration()
    configuration.apply(to: line, .all)
    isVi = ceditline_is_vi(line) != 0
    ceditline_set_no_signals(line)
    ceditline_set_empty_history(line)
    ceditline_set_client_data(line, Unmanaged.passUnretained(self).toOpaque())
    ceditline_set_reader(line) { line, character in
      let data = ceditline_client_data(line)
      let next = MainActor.assumeIsolated {
        let engine = Engine.from(data)
        defer { engine.repair() }
        return engine.nextCharacter()
      }
      guard let next else { return 0 }
      character!.pointee = wchar_t(bitPattern: next.value)
      return 1
    }
    ceditline_add_command(line, Self.commandName) { line, character in
      let data = ceditline_client_data(line)
      let key = UInt32(bitPattern: character)
      return MainActor.assumeIsolated { Engine.from(data).dispatch(key, isInserting: true) }
    }
    ceditline_add_command(line, Self.viCommandName) { line, character in
      let data = ceditline_client_data(line)
      let key = UInt32(bitPattern: character)
      return MainActor.assumeIsolated { Engine.from(data).dispatch(key, isInserting: false) }
    }
    bindAll()
    configuration.apply(to: line, .bindings)
  }

  deinit {
    ceditline_end(line)
    fclose(drain)
    fclose(source)
  }

  private static func from(_ data: UnsafeMutableRawPointer?) -> Engine {
    Unmanaged<Engine>.fromOpaque(data!).takeUnretainedValue()
  }

  private func bindAll() {
    for code in Code.allCases where code.isSent {
      ceditline_bind(line, code.rawValue, Self.ownCommands[code] ?? Self.commandName, 0)
      ceditline_bind(line, code.rawValue, Self.ownCommands[code] ?? Self.viCommandName, 1)
    }
    for key in Self.plainKeys.keys { ceditline_bind(line, key, Self.commandName, 0) }
    if isVi {
      for key in Self.insertionKeys.keys { ceditline_bind(line, key, Self.commandName, 0) }
      for key in Self.commandKeys.keys { ceditline_bind(line, key, Self.viCommandName, 1) }
      for key in [0x08, 0x1B] + (0x20...0x7F) as [UInt32] {
        ceditline_bind(line, key, Self.viCommandName, 1)
      }
    } else {
      for key in Self.emacsKeys.keys { ceditline_bind(line, key, Self.commandName, 0) }
      for (keys, codes) in Self.emacsSequences {
        ceditline_bind_sequence(line, keys, codes.map { wchar_t($0.rawValue) } + [0])
      }
    }
  }

  private func dispatch(_ key: UInt32, isInserting: Bool) -> UInt8 {
    self.isInserting = isInserting
    viPlace = nil
    guard let code = Code(rawValue: key) ?? meaning(key) else { return Outcome.refused.rawValue }
    let outcome = perform(code, key)
    if !isInserting { viPlace = state.cursor }
    return outcome.rawValue
  }

  /// What a key of the keyboard means; the same one means something else in vi's command mode.
  private func meaning(_ key: UInt32) -> Code? {
    guard isVi else { return Self.plainKeys[key] ?? Self.emacsKeys[key] }
    return isInserting ? Self.plainKeys[key] ?? Self.insertionKeys[key] : Self.commandKeys[key] ?? .viKey
  }

  /// Edits one cell, from an empty text to a command that is done or the end of input.
  func run() {
    var count: Int32 = 0
    isInserting = true
    _ = ceditline_gets(line, &count)
  }

  /// The text and the cursor, in scalars.
  var state: (text: [UInt32], cursor: Int) {
    repair()
    let info = ceditline_line(line).pointee
    let count = info.lastchar - info.buffer
    let text = info.buffer.withMemoryRebound(to: UInt32.self, capacity: count) {
      Array(UnsafeBufferPointer(start: $0, count: count))
    }
    return (text, info.cursor - info.buffer)
  }

  /// Puts the cursor back where it belongs: some of libedit's commands leave it outside the text, and its next one
  /// would then write there. And in vi's command mode it takes the cursor off the end of the text, where it would
  /// leave an empty last line for the one above.
  func repair() {
    let info = ceditline_line(line).pointee
    let end = info.lastchar - info.buffer
    if info.cursor > info.lastchar {
      ceditline_move(line, Int32(info.lastchar - info.cursor))
    } else if info.cursor < info.buffer {
      ceditline_move(line, Int32(info.buffer - info.cursor))
    } else if !isInserting, viPlace == end, info.cursor + 1 == info.lastchar, info.cursor.pointee == 10 {
      ceditline_move(line, 1)
    }
  }

  /// Inserts at the cursor, which goes behind it. The text must hold no NUL.
  func insert(_ text: [UInt32]) {
    guard !text.isEmpty else { return }
    (text + [0]).withUnsafeBufferPointer { scalars in
      scalars.withMemoryRebound(to: wchar_t.self) { _ = ceditline_insert(line, $0.baseAddress) }
    }
  }

  func deleteBack(_ count: Int) {
    if count > 0 { ceditline_delete_back(line, Int32(count)) }
  }

  func move(by distance: Int) {
    if distance != 0 { ceditline_move(line, Int32(distance)) }
  }

  func moveTo(_ position: Int) { move(by: position - state.cursor) }

  /// Replaces the whole text; the cursor goes to `cursor`, or behind it all. Only what differs is touched.
  func replaceAll(with text: [UInt32], cursor: Int? = nil) {
    let now = state
    let shared = min(text.count, now.text.count)
    var prefix = 0
    while prefix < shared, text[prefix] == now.text[prefix] { prefix += 1 }
    var suffix = 0
    while suffix < shared - prefix,
      text[text.count - 1 - suffix] == now.text[now.text.count - 1 - suffix]
    {
      suffix += 1
    }
    move(by: now.text.count - suffix - now.cursor)
    deleteBack(now.text.count - suffix - prefix)
    insert(Array(text[prefix..<(text.count - suffix)]))
    move(by: (cursor ?? text.count) - (text.count - suffix))
  }
}

/// The pseudo-terminal on which libedit believes itself to be.
private final class Stage {
  let terminal: Int32
  private let main: Int32

  init?() {
    // What posix_openpt() and its kin do, which Swift's Glibc lacks (ioctl_tty(2): TIOCSPTLCK, TIOCGPTN).
    main = open("/dev/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var unlocked: Int32 = 0
    var number: UInt32 = 0
    guard main >= 0, ioctl(main, 0x4004_5431, &unlocked) == 0, ioctl(main, 0x8004_5430, &number) == 0 else {
      terminal = -1
      return nil
    }
    terminal = open("/dev/pts/\(number)", O_RDWR | O_NOCTTY | O_CLOEXEC)
    var size = winsize(ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0)
    guard terminal >= 0, ioctl(terminal, UInt(TIOCSWINSZ), &size) == 0 else { return nil }
  }

  deinit {
    if terminal >= 0 { close(terminal) }
    if main >= 0 { close(main) }
  }
}
