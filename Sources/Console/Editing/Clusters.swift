/// Extended grapheme clusters (UAX #29): what a reader takes for one character, as Swift's `Character` is. A letter
/// with its marks is one, and so are a flag, an emoji with its skin tone, and a family joined by U+200D.
enum Clusters {
  /// Most scalars that are looked at for one boundary: a cluster may be as long as one likes.
  private static let reach = 512

  /// Where the cluster that begins at a place ends; the place itself at the end of the text.
  static func end(_ text: [UInt32], from position: Int) -> Int {
    guard position < text.count else { return position }
    let next = position + 1
    guard next < text.count, mayJoin(text[next]) else { return next }
    let characters = String(scalars: text[position..<min(text.count, position + reach)])
    return position + (characters.first?.unicodeScalars.count ?? 1)
  }

  /// Where the cluster that ends at a place begins; 0 at the beginning of the text.
  static func start(_ text: [UInt32], before position: Int) -> Int {
    guard position > 1, mayJoin(text[position - 1]) else { return max(0, position - 1) }
    // What is below U+0300 begins a cluster, so whole clusters come behind it.
    let farthest = max(0, position - reach)
    let first = text[farthest..<(position - 1)].lastIndex { $0 < 0x300 } ?? farthest
    let characters = String(scalars: text[first..<position])
    return position - (characters.last?.unicodeScalars.count ?? 1)
  }

  /// Whether no cluster is cut in two here.
  static func isBoundary(_ text: [UInt32], _ position: Int) -> Bool {
    guard position > 0, position < text.count, mayJoin(text[position]) else {
      return true
    }
    return end(text, from: start(text, before: position)) == position
  }

  /// False for most scalars, without a look at Unicode's tables: none below U+0300 joins the one before it, but for
  /// U+000A behind U+000D. Those are two here, since a line ends at U+000A whatever stands before.
  private static func mayJoin(_ scalar: UInt32) -> Bool { scalar >= 0x300 }

  /// Columns of a cluster. Of an emoji that is put together its first character counts, and one that asks to be shown
  /// as emoji (U+FE0F) takes two; elsewhere it is the sum, which is what terminals make of letters and their marks.
  static func width(_ cluster: ArraySlice<UInt32>) -> Int {
    let sum = widest(cluster)
    guard cluster.count > 1, isComposedEmoji(cluster) else { return sum }
    let first = Layout.width(of: cluster.first!)
    return cluster.contains(0xFE0F) ? max(2, first) : first
  }

  /// Columns of a cluster in a terminal that knows nothing of clusters and shows its characters one by one.
  static func widest(_ cluster: ArraySlice<UInt32>) -> Int {
    cluster.reduce(0) { $0 + Layout.width(of: $1) }
  }

  /// Whether terminals differ in how wide they show it: joined, with a skin tone or with a wish for colour.
  static func isComposedEmoji(_ cluster: ArraySlice<UInt32>) -> Bool {
    cluster.dropFirst().contains { $0 == 0x200D || $0 == 0xFE0F || (0x1F3FB...0x1F3FF).contains($0) }
  }
}
