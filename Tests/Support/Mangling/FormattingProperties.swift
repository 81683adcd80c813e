import Language

/// What must hold of the formatter for every text without a syntax error, in lines of any width.
public enum FormattingProperties {
  /// The widths that are tried: the one that is used, and some in which nearly everything must be broken.
  public static let widths = [SourceFormatter.width, 40, 10]

  /// What is wrong with the formatted text; nil where all is well.
  public static func failure(of text: String, width: Int) -> String? {
    do throws(SourceFormatter.Refusal) {
      let once = try format(text, width)
      if Mangler.tree(of: once) != Mangler.tree(of: text) { return "it has another tree:\n\(once)" }
      if comments(of: once) != comments(of: text) { return "it has other comments:\n\(once)" }
      let twice = try format(once, width)
      if twice != once { return "it changes again:\n\(once)\n— and then:\n\(twice)" }
      return nil
    } catch {
      return "it is refused: \(error.diagnostics.map(\.message))"
    }
  }

  /// The same for a text that is mangled, with the mangled text; one seed after the other tries one width after the
  /// other.
  public static func failure(ofMangled text: String, seed: UInt64) -> String? {
    let mangled = Mangler.mangle(text, seed: seed)
    let width = widths[Int(seed % UInt64(widths.count))]
    return failure(of: mangled, width: width).map { "\(mangled)\n— in lines of \(width), \($0)" }
  }

  private static func format(_ text: String, _ width: Int) throws(SourceFormatter.Refusal) -> String {
    try SourceFormatter.format(SourceText(cell: 1, text: text), width: width)
  }

  /// The comments without their white space, which changes where lines are moved.
  private static func comments(of text: String) -> [[Substring]] {
    let bytes = Array(text.utf8)
    return SourcePieces.words(of: SourceText(cell: 1, text: text)).filter(\.isComment).map { word in
      Substring(decoding: bytes[word.range], as: UTF8.self).split { $0.isWhitespace }
    }
  }
}
