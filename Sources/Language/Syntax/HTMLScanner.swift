/// Follows the literal parts of `html "…"` as a browser would (WHATWG HTML, section 13.2.5, as far as it matters
/// here), and says in what place each interpolation stands.
///
/// A page may be put together of pieces; each begins as text between tags, and so must end.
struct HTMLScanner {
  private enum State {
    case text
    /// Within an element whose content is no markup, up to its closing tag.
    case raw(element: String)
    /// Behind `<`.
    case tagOpen
    case tagName
    case beforeAttribute
    case attributeName
    case afterAttributeName
    case beforeValue
    case value(quote: UInt8?)
    /// `<!-- … -->`
    case comment
    /// `<!doctype …>`, `<?…>`
    case declaration
  }

  /// What is known of an address from what has come of it.
  private enum AddressState {
    case nothing
    /// Its scheme may still be going on.
    case mayBeScheme
    /// It has a scheme of the page's own, or none.
    case decided
  }

  private var state = State.text
  private var tag: [UInt8] = []
  private var isClosingTag = false
  private var attribute: [UInt8] = []
  /// What has come of an attribute's value.
  private var address = AddressState.nothing
  /// The beginning of an attribute's value, in small letters and without white space.
  private var valueStart: [UInt8] = []
  private var script = ScriptScanner()
  /// The last bytes, for what ends a comment or an element without markup.
  private var tail: [UInt8] = []
  /// An attribute whose name holds an interpolation.
  private var hasOpenName = false

  /// Why an interpolation cannot stand where it does.
  enum Problem {
    case inTagName
    case inAttributeName
    case inScriptString
    case inScriptAddress
  }

  // MARK: Interpolations

  /// The place of an interpolation that comes now, and what is wrong with it.
  mutating func value() -> (place: HTMLPlace, problem: Problem?) {
    switch state {
    case .text, .comment, .declaration: return (HTMLPlace(.text), nil)
    case .raw(let element): return (place(inElement: element), rawProblem(element))
    case .tagOpen: return (HTMLPlace(.name), .inTagName)
    case .tagName: return (HTMLPlace(.name), mayBecomeRaw ? .inTagName : nil)
    case .beforeAttribute, .afterAttributeName:
      state = .attributeName
      attribute = []
      hasOpenName = true
      return (HTMLPlace(.name), nil)
    case .attributeName:
      hasOpenName = true
      return (HTMLPlace(.name), nil)
    case .beforeValue:
      state = .value(quote: nil)
      address = .nothing
      valueStart = []
      return attributeValue(quote: nil)
    case .value(let quote): return attributeValue(quote: quote)
    }
  }

  private mutating func attributeValue(quote: UInt8?) -> (HTMLPlace, Problem?) {
    defer { if case .nothing = address { address = .mayBeScheme } }
    let name = String(decoding: attribute, as: UTF8.self)
    let isUnquoted = quote == nil
    if hasOpenName { return (HTMLPlace(.attribute, isUnquoted: isUnquoted), .inAttributeName) }
    if name.hasPrefix("on") {
      return (HTMLPlace(.scriptAttribute, isUnquoted: isUnquoted), script.isInString ? .inScriptString : nil)
    }
    if name == "style" { return (HTMLPlace(.style, isUnquoted: isUnquoted), nil) }
    if name == "srcdoc" { return (HTMLPlace(.document, isUnquoted: isUnquoted), nil) }
    guard HTMLPlace.addressAttributes.contains(name) else {
      return (HTMLPlace(.attribute, isUnquoted: isUnquoted), nil)
    }
    let kind: HTMLPlace.Kind =
      switch address {
      case .nothing: .address
      case .mayBeScheme: .addressPart
      case .decided: .attribute
      }
    let isScript = Self.scriptSchemes.contains { valueStart.starts(with: $0.utf8) }
    return (HTMLPlace(kind, isUnquoted: isUnquoted), isScript ? .inScriptAddress : nil)
  }

  private static let scriptSchemes = ["javascript:", "vbscript:"]

  private func place(inElement element: String) -> HTMLPlace {
    switch element {
    case "script": HTMLPlace(.script)
    case "style": HTMLPlace(.style)
    default: HTMLPlace(.text)
    }
  }

  private func rawProblem(_ element: String) -> Problem? {
    element == "script" && script.isInString ? .inScriptString : nil
  }

  /// Whether what stands of a tag's name could still become that of an element with other rules.
  private var mayBecomeRaw: Bool {
    let name = String(decoding: tag, as: UTF8.self)
    return Self.rawElements.contains { $0.hasPrefix(name) }
  }

  private static let rawElements: Set = ["script", "style", "title", "textarea"]

  // MARK: Text

  /// What the text that has come does not end; nil where it ends as text between tags.
  var unfinished: String? {
    switch state {
    case .text: nil
    case .raw(let element): "<\(element)>"
    case .comment: "a comment"
    case .tagOpen, .tagName, .beforeAttribute, .attributeName, .afterAttributeName, .declaration: "a tag"
    case .beforeValue, .value: "the value of an attribute"
    }
  }

  mutating func scan(_ text: String) {
    for byte in text.utf8 { step(byte) }
  }

  private mutating func step(_ byte: UInt8) {
    tail.append(byte)
    if tail.count > 16 { tail.removeFirst() }
    switch state {
    case .text: if byte == UInt8(ascii: "<") { state = .tagOpen }
    case .raw(let element): stepRaw(byte, element)
    case .tagOpen: openTag(byte)
    case .tagName:
      if let next = afterName(byte) {
        state = next
      } else {
        tag.append(byte | (Self.isUpper(byte) ? 0x20 : 0))
      }
    case .beforeAttribute, .afterAttributeName: beginAttribute(byte)
    case .attributeName:
      if byte == UInt8(ascii: "=") {
        state = .beforeValue
      } else if Self.isSpace(byte) {
        state = .afterAttributeName
      } else if let next = afterName(byte) {
        state = next
      } else {
        attribute.append(byte | (Self.isUpper(byte) ? 0x20 : 0))
      }
    case .beforeValue: beginValue(byte)
    case .value(let quote): stepValue(byte, quote)
    case .comment: if tail.suffix(3).elementsEqual("-->".utf8) { state = .text }
    case .declaration:
      if tail.suffix(4).elementsEqual("<!--".utf8) { state = .comment }
      if byte == UInt8(ascii: ">") { state = .text }
    }
  }

  private mutating func openTag(_ byte: UInt8) {
    tag = []
    isClosingTag = false
    switch byte {
    case UInt8(ascii: "/"):
      isClosingTag = true
      state = .tagName
    case UInt8(ascii: "!"), UInt8(ascii: "?"): state = .declaration
    case _ where Self.isLetter(byte):
      tag = [byte | 0x20]
      state = .tagName
    default: state = byte == UInt8(ascii: "<") ? .tagOpen : .text
    }
  }

  /// What comes after the name of a tag or attribute where this byte ends it.
  private mutating func afterName(_ byte: UInt8) -> State? {
    switch byte {
    case UInt8(ascii: ">"): afterTag()
    case UInt8(ascii: "/"): .beforeAttribute
    case _ where Self.isSpace(byte): .beforeAttribute
    default: nil
    }
  }

  private mutating func afterTag() -> State {
    let name = String(decoding: tag, as: UTF8.self)
    guard !isClosingTag, Self.rawElements.contains(name) else { return .text }
    script = ScriptScanner()
    return .raw(element: name)
  }

  private mutating func beginAttribute(_ byte: UInt8) {
    if byte == UInt8(ascii: "="), case .afterAttributeName = state {
      state = .beforeValue
    } else if byte == UInt8(ascii: ">") {
      state = afterTag()
    } else if !Self.isSpace(byte), byte != UInt8(ascii: "/") {
      attribute = [byte | (Self.isUpper(byte) ? 0x20 : 0)]
      hasOpenName = false
      state = .attributeName
    }
  }

  private mutating func beginValue(_ byte: UInt8) {
    if Self.isSpace(byte) { return }
    address = .nothing
    valueStart = []
    script = ScriptScanner()
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "'"): state = .value(quote: byte)
    case UInt8(ascii: ">"): state = afterTag()
    default:
      state = .value(quote: nil)
      stepValue(byte, nil)
    }
  }

  private mutating func stepValue(_ byte: UInt8, _ quote: UInt8?) {
    if let quote {
      if byte == quote {
        state = .beforeAttribute
        return
      }
    } else if let next = byte == UInt8(ascii: "/") ? nil : afterName(byte) {
      state = next
      return
    }
    if byte > 0x20, valueStart.count < 16 { valueStart.append(byte | (Self.isUpper(byte) ? 0x20 : 0)) }
    if ":/?#".utf8.contains(byte) {
      address = .decided
    } else if case .nothing = address {
      address = .mayBeScheme
    }
    script.step(byte)
  }

  private mutating func stepRaw(_ byte: UInt8, _ element: String) {
    script.step(byte)
    let end = "</" + element
    let last = tail.suffix(end.utf8.count).map { $0 | (Self.isUpper($0) ? 0x20 : 0) }
    guard last.elementsEqual(end.utf8) else { return }
    tag = []
    isClosingTag = true
    state = .tagName
  }

  private static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0d).contains(byte) }
  private static func isUpper(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
  }
  private static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }
}

/// Knows whether a script is within a string. What it takes for one within a regular expression is a string to it
/// too; what is put in is safe all the same, since it holds nothing but letters, digits and escapes.
private struct ScriptScanner {
  private enum State {
    case code
    case slash
    case string(UInt8)
    case escape(UInt8)
    case lineComment
    case blockComment
    case blockCommentStar
  }

  private var state = State.code

  var isInString: Bool {
    switch state {
    case .string, .escape: true
    default: false
    }
  }

  mutating func step(_ byte: UInt8) {
    switch state {
    case .code, .slash:
      switch byte {
      case UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): state = .string(byte)
      case UInt8(ascii: "/"): if case .slash = state { state = .lineComment } else { state = .slash }
      case UInt8(ascii: "*"): if case .slash = state { state = .blockComment } else { state = .code }
      default: state = .code
      }
    case .string(let quote):
      if byte == quote || byte == 0x0a && quote != UInt8(ascii: "`") {
        state = .code
      } else if byte == UInt8(ascii: "\\") {
        state = .escape(quote)
      }
    case .escape(let quote): state = .string(quote)
    case .lineComment: if byte == 0x0a { state = .code }
    case .blockComment: if byte == UInt8(ascii: "*") { state = .blockCommentStar }
    case .blockCommentStar:
      if byte == UInt8(ascii: "/") {
        state = .code
      } else if byte != UInt8(ascii: "*") {
        state = .blockComment
      }
    }
  }
}
