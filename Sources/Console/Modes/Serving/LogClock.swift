import Foundation

/// Moments as a log has them: in UTC with milliseconds, `2026-11-26T20:02:40.123Z`.
///
/// It keeps the text of the last second, since lines come by the thousand in one.
final class LogClock {
  private var second = Int.min
  /// The text of that second, up to its fraction.
  private var beginning = ""

  func text(_ date: Date) -> String {
    let milliseconds = Int((date.timeIntervalSince1970 * 1_000).rounded())
    let fraction = (milliseconds % 1_000 + 1_000) % 1_000
    let second = (milliseconds - fraction) / 1_000
    if second != self.second {
      self.second = second
      beginning = String(
        Date(timeIntervalSince1970: Double(second)).formatted(Date.ISO8601FormatStyle()).dropLast())
    }
    return beginning + (fraction < 10 ? ".00" : fraction < 100 ? ".0" : ".") + String(fraction) + "Z"
  }
}
