/// How much of a Jupyter notebook a cells file has no place for.
public struct LeftOut: Equatable, Sendable {
  /// Outputs that are more than text: pictures, HTML, data.
  public var outputs = 0
  /// Files that Markdown cells carry with them.
  public var attachments = 0
  /// Titles and values of metadata that a marker line can't hold, and metadata of the whole notebook.
  public var metadata = 0

  public init(outputs: Int = 0, attachments: Int = 0, metadata: Int = 0) {
    self.outputs = outputs
    self.attachments = attachments
    self.metadata = metadata
  }

  mutating func add(_ other: LeftOut) {
    outputs += other.outputs
    attachments += other.attachments
    metadata += other.metadata
  }

  public var isEmpty: Bool { self == LeftOut() }
}

extension LeftOut: CustomStringConvertible {
  /// `2 outputs that are more than text, 1 attachment`
  public var description: String {
    let parts = [
      (outputs, outputs == 1 ? "output that is more than text" : "outputs that are more than text"),
      (attachments, attachments == 1 ? "attachment" : "attachments"),
      (metadata, metadata == 1 ? "value of metadata" : "values of metadata"),
    ]
    return parts.filter { $0.0 > 0 }.map { "\($0) \($1)" }.joined(separator: ", ")
  }
}
