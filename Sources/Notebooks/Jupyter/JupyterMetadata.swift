/// What Jupyter's format wants of the metadata of a cell that it knows (nbformat 4.5, `nbformat.v4.5.schema.json`).
///
/// A marker line may give such a name any value. One that the format refuses would make the whole file unreadable to
/// Jupyter, so it stands there only as the text of the marker line.
private enum JupyterMetadata {
  /// The value as the format takes it; nil where it takes none like it.
  static func accepted(_ value: JSON, for key: String, _ kind: Cell.Kind) -> JSON? {
    switch (key, kind) {
    case ("tags", _): tags(value)
    case ("name", _): value.string.flatMap { isName($0) ? value : nil }
    case ("jupyter", _): value.object.map(JSON.object)
    case ("format", .raw): value.string.map { _ in value }
    case ("execution", .code): isExecution(value) ? value : nil
    case ("collapsed", .code): isBool(value) ? value : nil
    case ("scrolled", .code): isBool(value) || value.string == "auto" ? value : nil
    default: value
    }
  }

  /// Tags are texts without commas, each of which is there once.
  private static func tags(_ value: JSON) -> JSON? {
    guard case .array(let elements) = value else { return nil }
    var seen: Set<[UInt8]> = []
    let tags = elements.compactMap(\.string).filter { tag in
      isName(tag) && !tag.contains(",") && seen.insert(Array(tag.utf8)).inserted
    }
    return tags.isEmpty && !elements.isEmpty ? nil : .array(tags.map(JSON.string))
  }

  /// The format's pattern `^.+$`: a line of one character at least.
  private static func isName(_ text: String) -> Bool {
    !text.isEmpty && !text.unicodeScalars.contains("\n")
  }

  private static func isExecution(_ value: JSON) -> Bool {
    value.object?.allSatisfy { $0.value.string != nil } ?? false
  }

  private static func isBool(_ value: JSON) -> Bool {
    if case .bool = value { true } else { false }
  }
}

extension JSONObject {
  /// These metadata of a cell, as far as Jupyter takes them.
  func accepted(for kind: Cell.Kind) -> JSONObject {
    JSONObject(
      compactMap { member in
        JupyterMetadata.accepted(member.value, for: member.key, kind).map {
          Member(key: member.key, value: $0)
        }
      })
  }
}
