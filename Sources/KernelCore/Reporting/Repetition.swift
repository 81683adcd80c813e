/// What repeats itself is told the first time, then the 10th, the 100th, and so on: a thousand equal errors would bury
/// everything else.
struct Repetition {
  private let what: String
  private var last = ""
  private var count = 0

  /// - Parameter what: of what there are so many, as in `ticks have failed`.
  init(of what: String) { self.what = what }

  /// The text to tell, with a note of how often it has come by now; nil where it need not be told again.
  mutating func telling(_ text: String) -> String? {
    count = text == last ? count + 1 : 1
    last = text
    if count == 1 { return text }
    var power = 10
    while power < count { power *= 10 }
    return power == count ? "\(text)\n  note: \(count) \(what) like this" : nil
  }
}
