/// Where in a page an interpolation of `html "…"` stands: each place has its own way to show a value, and its own
/// way to be broken out of.
public struct HTMLPlace: Equatable, Sendable {
  public enum Kind: UInt8, Sendable, CaseIterable {
    /// Between tags, and wherever nothing else is said.
    case text
    /// The value of an attribute, or a part of it.
    case attribute
    /// The beginning of an address: of `href`, `src` and the like.
    case address
    /// Further in an address whose scheme may still be going on.
    case addressPart
    /// Within `<style>` or a `style` attribute.
    case style
    /// Within `<script>`.
    case script
    /// Within an attribute such as `onclick`.
    case scriptAttribute
    /// The value of `srcdoc`: a page of its own.
    case document
    /// In the name of a tag or attribute.
    case name
  }

  public var kind: Kind
  /// Whether it is the value of an attribute without quotes.
  public var isUnquoted: Bool

  public init(_ kind: Kind, isUnquoted: Bool = false) {
    self.kind = kind
    self.isUnquoted = isUnquoted
  }

  /// The place as an operand of an instruction.
  var operand: Int { Int(kind.rawValue) | (isUnquoted ? 0x80 : 0) }

  /// The place that an operand stands for.
  public init(operand: UInt8) {
    self.init(Kind(rawValue: operand & 0x7f) ?? .text, isUnquoted: operand & 0x80 != 0)
  }

  /// The attributes whose values are addresses that a browser follows or loads.
  static let addressAttributes: Set = [
    "href", "src", "action", "formaction", "data", "poster", "cite", "background", "ping", "xlink:href",
    // Of SVG's animations, which may change an address.
    "to", "from", "by", "values",
  ]
}
