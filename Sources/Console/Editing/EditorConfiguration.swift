import CEditline
import Glibc

/// The person's `~/.editrc` (or `$EDITRC`), read line by line as editrc(5) says.
///
/// libedit's own reader is not used: it crashes on a quote that is not closed. And some lines have no place here:
/// what libedit would do with its own history, which is empty, because that history breaks on long cells.
struct EditorConfiguration {
  private var lines: [[wchar_t]] = []
  /// Most of a file that is read, in bytes.
  private static let limit = 1 << 20

  init() {
    guard let path = Self.path(), let file = fopen(path, "re") else { return }
    defer { fclose(file) }
    var bytes = [UInt8](repeating: 0, count: Self.limit)
    let count = fread(&bytes, 1, bytes.count, file)
    lines = bytes[..<count].split(separator: 0x0A).map { line in
      String(decoding: line, as: UTF8.self).unicodeScalars.filter { $0 != "\0" && $0 != "\r" }
        .map { wchar_t(bitPattern: $0.value) }
    }
  }

  private static func path() -> String? {
    if let file = getenv("EDITRC") { return String(cString: file) }
    return getenv("HOME").map { String(cString: $0) + "/.editrc" }
  }

  enum Pass {
    /// Everything, to find out which keys the person edits with.
    case all
    /// Everything but a change of the mode, which would undo the bindings made since.
    case bindings
  }

  func apply(to line: OpaquePointer, _ pass: Pass) {
    guard let tokenizer = ceditline_tokenizer() else { return }
    defer { ceditline_tokenizer_end(tokenizer) }
    for text in lines {
      var count: Int32 = 0
      var words: UnsafeMutablePointer<UnsafePointer<wchar_t>?>?
      ceditline_tokenizer_reset(tokenizer)
      // Not 0: a quote or a line is not ended.
      guard ceditline_tokenize(tokenizer, text + [0], &count, &words) == 0, count > 0, let words else {
        continue
      }
      let plain = (0..<Int(count)).map { Self.string(words[$0]) }
      if plain[0].hasPrefix("#") || !Self.isWanted(plain, pass) { continue }
      _ = ceditline_parse(line, count, words)
    }
  }

  private static func isWanted(_ words: [String], _ pass: Pass) -> Bool {
    // A command may be meant for one program: `routebook:bind`.
    let command = words[0].split(separator: ":", omittingEmptySubsequences: false).last ?? ""
    if command == "history" || command == "edit" { return false }
    guard command == "bind" else { return pass == .all }
    if words.contains(where: { $0 == "-v" || $0 == "-e" }) { return pass == .all }
    return !["history", "search", "newline", "complete"].contains { words.last!.contains($0) }
  }

  private static func string(_ word: UnsafePointer<wchar_t>?) -> String {
    guard var pointer = word else { return "" }
    var scalars: [UInt32] = []
    while pointer.pointee != 0 {
      scalars.append(UInt32(bitPattern: pointer.pointee))
      pointer += 1
    }
    return String(scalars: scalars)
  }
}
