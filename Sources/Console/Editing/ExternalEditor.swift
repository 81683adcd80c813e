import Foundation
import Glibc

/// The person's own editor, for a cell that is easier to write there: what `$VISUAL` names, else `$EDITOR`, else `vi`
/// where there is one. What names it is run by the shell where it has quotes or the like in it, as other programs do;
/// otherwise spaces separate the program from its arguments.
public struct ExternalEditor: Sendable {
  /// Why the text is as it was, and what to do about it.
  public struct Failure: Error, CustomStringConvertible {
    public let description: String
  }

  /// Longest text that is read back, in bytes.
  public static let sizeLimit = 16 << 20

  private let environment: [String: String]

  /// `environment` is what the program gets, and names it.
  public init(environment: [String: String]) { self.environment = environment }

  /// Has the person edit a text, and gives what was saved, without line ends at its end. Returns when the program
  /// has ended. The terminal must have the modes that a program expects: `CellInput.edit` sees to that.
  ///
  /// The text lies in a file that nobody else can read, and that is gone afterwards.
  public func edit(_ text: String) throws(Failure) -> String {
    let (words, name, source) = try command()
    let folder = try makeFolder()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let path = folder + "/cell.cells"
    try write(text, to: path)
    let status = try run(words + [path], source: source)
    if status & 0x7F != 0 {
      throw Failure(description: "\(name) was ended by signal \(status & 0x7F); the cell is as it was")
    }
    let code = status >> 8 & 0xFF
    guard code == 0 else {
      // What env(1) and shells answer for a program that is not there.
      let hint = code == 127 ? "; \(source) may name a program that is not there" : ""
      throw Failure(description: "\(name) ended with status \(code); the cell is as it was\(hint)")
    }
    return try read(path, name)
  }

  // MARK: The program

  /// The program with its arguments, what it is called, and what named it.
  private func command() throws(Failure) -> (words: [String], name: String, source: String) {
    for variable in ["VISUAL", "EDITOR"] {
      let value = environment[variable] ?? ""
      let words = value.split(separator: " ").map(String.init)
      if words.isEmpty { continue }
      if value.contains(where: { ExternalEditor.shellCharacters.contains($0) }) {
        return (
          ["sh", "-c", "\(value) \"$@\"", value], ExternalEditor.firstWord(of: value), "$" + variable
        )
      }
      return (words, words[0], "$" + variable)
    }
    guard let path = find("vi") else {
      throw Failure(description: "there is no editor: set $VISUAL or $EDITOR to yours, as in EDITOR=nano")
    }
    return ([path], path, "PATH")
  }

  private static let shellCharacters = "|&;<>()$`\\\"'\t*?[#~=%"

  /// The program that a command of the shell begins with, without the quotes around it.
  static func firstWord(of command: String) -> String {
    var word = ""
    var quote: Character?
    var isEscaped = false
    for character in command.drop(while: \.isWhitespace) {
      if isEscaped {
        word.append(character)
        isEscaped = false
      } else if character == "\\", quote != "'" {
        isEscaped = true
      } else if character == quote {
        quote = nil
      } else if quote == nil, character == "\"" || character == "'" {
        quote = character
      } else if quote == nil, character.isWhitespace || ";|&<>()".contains(character) {
        break
      } else {
        word.append(character)
      }
    }
    return word.isEmpty ? command : word
  }

  /// Where a program is, after `$PATH`; nil where it is not.
  private func find(_ name: String) -> String? {
    if name.contains("/") { return access(name, X_OK) == 0 ? name : nil }
    let folders = (environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin").split(separator: ":")
    return folders.lazy.map { "\($0)/\(name)" }.first { access($0, X_OK) == 0 }
  }

  /// Runs it in the terminal's foreground, in our own process group, so that Ctrl-Z stops both and `fg` brings both
  /// back. Gives its wait status.
  private func run(_ words: [String], source: String) throws(Failure) -> Int32 {
    guard let program = find(words[0]) else {
      throw Failure(
        description: "can't run \(words[0]), which \(source) names: it is not there; set \(source) to another"
      )
    }
    let process: pid_t
    do throws(ChildProcess.Failure) {
      process = try ChildProcess.start(program, words, environment: environment, .terminal)
    } catch {
      throw Failure(description: "can't run \(words[0]), which \(source) names: \(Self.reason(error.code))")
    }
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0 {
      guard errno == EINTR else { throw Failure(description: "\(words[0]) was lost: \(Self.reason(errno))") }
    }
    return status
  }

  // MARK: The file

  /// A folder of its own: what the program leaves beside the file goes with it.
  private func makeFolder() throws(Failure) -> String {
    let parent = environment["TMPDIR"].flatMap { $0.hasPrefix("/") ? $0 : nil } ?? "/tmp"
    var template = Array("\(parent)/routebook.XXXXXX".utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Failure(
        description: "can't make a file in \(parent) to edit: \(Self.reason(errno)); set TMPDIR to a folder")
    }
    return template.withUnsafeBufferPointer { String(cString: $0.baseAddress!) }
  }

  private func write(_ text: String, to path: String) throws(Failure) {
    let bytes = Data((text.isEmpty || text.hasSuffix("\n") ? text : text + "\n").utf8)
    guard
      FileManager.default.createFile(
        atPath: path, contents: bytes, attributes: [.posixPermissions: 0o600])
    else { throw Failure(description: "can't write \(path): \(Self.reason(errno)); the cell is as it was") }
  }

  private func read(_ path: String, _ program: String) throws(Failure) -> String {
    guard let file = FileHandle(forReadingAtPath: path),
      let bytes = try? file.read(upToCount: Self.sizeLimit + 1) ?? Data()
    else { throw Failure(description: "\(program) left no file that can be read; the cell is as it was") }
    guard bytes.count <= Self.sizeLimit else {
      throw Failure(description: "what \(program) saved is over 16 MiB; the cell is as it was")
    }
    guard let text = String(data: bytes, encoding: .utf8) else {
      throw Failure(description: "what \(program) saved is not UTF-8; the cell is as it was")
    }
    var lines = text.replacing("\r\n", with: "\n")[...]
    while lines.last == "\n" { lines.removeLast() }
    return String(lines)
  }

  private static func reason(_ code: Int32) -> String { String(cString: strerror(code)) }
}
