/// The lines of a cell in Unicode scalars, which `\n` separates.
enum Lines {
  /// Where the line begins that a place is in.
  static func start(_ text: [UInt32], _ position: Int) -> Int {
    (text[..<position].lastIndex(of: 10) ?? -1) + 1
  }

  /// Where that line ends: before its `\n`, or at the end of the text.
  static func end(_ text: [UInt32], _ position: Int) -> Int {
    text[position...].firstIndex(of: 10) ?? text.count
  }

  /// A space, a tab or a line end.
  static func isBlank(_ scalar: UInt32) -> Bool { scalar == 0x20 || scalar == 9 || scalar == 10 }

  // MARK: Words

  /// What names and numbers are made of, with the marks on their letters.
  static func isWord(_ scalar: UInt32) -> Bool {
    guard let scalar = Unicode.Scalar(scalar) else { return false }
    let properties = scalar.properties
    return scalar == "_" || properties.isAlphabetic || properties.numericType != nil
      || properties.isGraphemeExtend
  }

  /// Where the word begins that a place is in or behind.
  static func wordStart(_ text: [UInt32], _ position: Int) -> Int {
    guard let last = text[..<position].lastIndex(where: isWord) else { return 0 }
    return (text[..<last].lastIndex { !isWord($0) } ?? -1) + 1
  }

  /// Where the word ends that a place is in or before.
  static func wordEnd(_ text: [UInt32], _ position: Int) -> Int {
    guard let first = text[position...].firstIndex(where: isWord) else { return text.count }
    return text[first...].firstIndex { !isWord($0) } ?? text.count
  }

  /// Where the blanks end before what a place is in or behind.
  static func spaceEnd(_ text: [UInt32], _ position: Int) -> Int {
    guard let last = text[..<position].lastIndex(where: { !isBlank($0) }) else { return 0 }
    return (text[..<last].lastIndex(where: isBlank) ?? -1) + 1
  }

  /// Columns of a part of a line.
  static func width(_ text: [UInt32], _ range: Range<Int>) -> Int {
    var position = range.lowerBound
    var width = 0
    while position < range.upperBound {
      let end = Clusters.end(text, from: position)
      width += Clusters.width(text[position..<end])
      position = end
    }
    return width
  }

  /// The last place of the line beginning at `start` that is no further right than `column`.
  static func position(_ text: [UInt32], from start: Int, column: Int) -> Int {
    let lineEnd = end(text, start)
    var position = start
    var width = 0
    while position < lineEnd {
      let end = Clusters.end(text, from: position)
      width += Clusters.width(text[position..<end])
      if width > column { break }
      position = end
    }
    return position
  }
}
