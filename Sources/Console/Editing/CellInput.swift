/// What the person entered.
public enum Input: Equatable, Sendable {
  /// A cell's text, without the newline that ended it; lines are separated by `\n`.
  case text(String)
  /// Ctrl-C: what was being typed is gone.
  case interrupted
  /// Ctrl-D on an empty cell, or the end of the input.
  case endOfInput
}

/// What a parser says of text that may not be finished.
public enum Completeness: Equatable, Sendable {
  case complete
  /// More lines must follow; the next one begins with `indent` spaces. Within a text or a comment an empty line is one as
  /// any other.
  case incomplete(indent: Int, isInText: Bool = false)
  /// No further text makes it right.
  case invalid
}

/// What could stand at the cursor.
public struct Completions: Equatable, Sendable {
  public struct Candidate: Equatable, Sendable {
    /// What is inserted.
    public var text: String
    /// One line that says what it is, or nothing.
    public var explanation: String

    public init(_ text: String, explanation: String = "") {
      self.text = text
      self.explanation = explanation
    }
  }

  /// The part of the text that a candidate replaces, in UTF-8 offsets.
  public var range: Range<Int>
  public var candidates: [Candidate]

  public init(range: Range<Int>, candidates: [Candidate]) {
    self.range = range
    self.candidates = candidates
  }

  public static let none = Completions(range: 0..<0, candidates: [])
}

/// A stretch of text and how it looks, in UTF-8 offsets.
public struct Highlight: Equatable, Sendable {
  public var range: Range<Int>
  public var style: Style

  public init(_ range: Range<Int>, _ style: Style) {
    self.range = range
    self.style = style
  }
}

/// A bracket of a text that is none of a string or a comment, in UTF-8 offsets.
public struct Bracket: Equatable, Sendable {
  public var offset: Int
  /// Where the bracket is that belongs to it; nil where there is none.
  public var partner: Int?
  public var isClosing: Bool

  public init(offset: Int, partner: Int?, isClosing: Bool) {
    self.offset = offset
    self.partner = partner
    self.isClosing = isClosing
  }
}

/// What an editor asks of the program around it. All are called on the main thread, between two keys: they must
/// answer within milliseconds.
public struct Hooks {
  /// The prompt of a cell by its number: `In [3]: `. Lines that continue it get `   ...: `, aligned to its width.
  public var prompt: (Int) -> String
  /// Whether the text can run as it is.
  public var completeness: (String) -> Completeness
  /// The colours of the part of the text that is seen, in UTF-8 offsets; some of what is around it may come with it.
  /// Stretches must not overlap.
  public var highlight: (String, Range<Int>) -> [Highlight]
  /// The brackets of the text, in their order. Asked while the cursor is at one, and for lines that come all at
  /// once.
  public var brackets: (String) -> [Bracket]
  /// What could stand at a cursor, which is given as a UTF-8 offset.
  public var complete: (String, Int) -> Completions

  public init(
    prompt: @escaping (Int) -> String = { "In [\($0)]: " },
    completeness: @escaping (String) -> Completeness = { _ in .complete },
    highlight: @escaping (String, Range<Int>) -> [Highlight] = { _, _ in [] },
    brackets: @escaping (String) -> [Bracket] = { _ in [] },
    complete: @escaping (String, Int) -> Completions = { _, _ in .none }
  ) {
    self.prompt = prompt
    self.completeness = completeness
    self.highlight = highlight
    self.brackets = brackets
    self.complete = complete
  }
}

/// How a wait for a cell ended.
public enum WaitOutcome: Equatable, Sendable {
  /// The condition holds.
  case finished
  /// Ctrl-C; what was typed ahead is not read any more, as at a shell, and is in the history.
  case interrupted
  /// Ctrl-Z: the cell goes on in the background.
  case backgrounded
}

/// Where cells come from and what is printed goes: the line editor at a terminal, plain lines elsewhere.
/// Everything is for the main thread, except `printAbove`, `complainAbove` and `wake`, which any thread may call.
@MainActor
public protocol CellInput: AnyObject, Sendable {
  /// How wide the terminal is now; nil where there is none.
  var columns: Int? { get }

  /// Whether a cell can be edited where it is typed; otherwise `readCell` begins with no text.
  var editsInPlace: Bool { get }

  /// Waits for the next cell, or for a cell that is edited, whose text stands there from the start.
  func readCell(number: Int, text: String) -> Input

  /// Whether something was typed for the last cell that was read, though it may be gone again.
  var hasTyped: Bool { get }

  /// The texts that were entered while something else was waited for, as far as is known, and are still to be read.
  var typedAhead: [String] { get }

  /// Called within `wait` with these texts, each time there are others.
  var onTypedAhead: (([String]) -> Void)? { get set }

  /// Drops what was typed and nobody has read: it can be no answer to what is asked now. It is in the history then. What
  /// a pipe holds stays.
  func dropTypedAhead()

  /// Waits until `finished` says so, asking after each `wake()`; prints lines that arrive meanwhile. `status` is what
  /// the spinner shows, asked ten times a second. A key that ends the wait counts also where it came with the end.
  func wait(status: () -> String, until finished: () -> Bool) -> WaitOutcome

  /// Shows lines that change, asking for them twice a second, until a key is pressed that does not scroll them; then
  /// they stay as they were last.
  /// Without a terminal that can be painted on they are printed once.
  func watch(_ picture: () -> [StyledText])

  /// Why the history is kept in memory only, once, for whoever tells it; nil where nothing is wrong with its file. What
  /// is not taken from here is told above the prompt.
  func takeHistoryFailure() -> String?

  /// What was entered before, the oldest first.
  var historyEntries: [String] { get }

  /// Adds a text to what was entered, as the latest; false where that is kept nowhere.
  func addToHistory(_ text: String) -> Bool

  /// Why nothing more can be read, where that is no end of the input; nil where all is well.
  var readFailure: String? { get }

  /// Prints what has been queued.
  func flush()

  /// Queues text to be printed, above whatever is being typed. A newline is added where it ends in none.
  nonisolated func printAbove(_ text: StyledText)

  /// The same for what went wrong, which goes to standard error where nobody types.
  nonisolated func complainAbove(_ text: StyledText)

  /// Makes a waiting `wait` ask its condition again.
  nonisolated func wake()

  /// Runs something else that needs the terminal, such as the person's editor, with the modes as they were.
  func lendTerminal<Result>(_ body: () throws -> Result) rethrows -> Result
}

extension CellInput {
  public var readFailure: String? { nil }

  /// Waits for the next cell.
  public func readCell(number: Int) -> Input { readCell(number: number, text: "") }

  /// Has the person edit a text in a program of theirs; gives what was saved.
  public func edit(_ text: String, with editor: ExternalEditor) throws(ExternalEditor.Failure) -> String {
    try lendTerminal { Swift.Result { () throws(ExternalEditor.Failure) in try editor.edit(text) } }.get()
  }

  public nonisolated func complainAbove(_ text: StyledText) { printAbove(text) }

  /// Queues plain text to be printed above whatever is being typed.
  public nonisolated func printAbove(_ text: String) { printAbove(StyledText(text)) }

  /// Prints now what is queued, and then this.
  public func print(_ text: String) { print(StyledText(text)) }

  /// Prints a message, with its line breaks between words where there is a terminal.
  public func tell(_ message: String, _ style: Style = .plain) {
    print(StyledText(columns.map(message.wrapped(to:)) ?? message, style))
  }

  /// Prints now what is queued, and then this.
  public func print(_ text: StyledText) {
    printAbove(text)
    flush()
  }
}
