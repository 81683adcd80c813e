import Foundation

/// Moments as a log has them: in UTC with milliseconds, `2026-11-26T20:02:40.123Z`.
///
/// It keeps the text of the last second, since lines come by the thousand in one.
final class LogClock {
  private var second = Int.min
  /// The text of that second, up to its fraction and with the point before that.
  private var beginning: [UInt8] = []

  func text(_ date: Date) -> String {
    var bytes: [UInt8] = []
    append(date, to: &bytes)
    return String(decoding: bytes, as: UTF8.self)
  }

  func append(_ date: Date, to bytes: inout [UInt8]) {
    let milliseconds = Int((date.timeIntervalSince1970 * 1_000).rounded())
    let fraction = (milliseconds % 1_000 + 1_000) % 1_000
    let second = (milliseconds - fraction) / 1_000
    if second != self.second {
      self.second = second
      let text = Date(timeIntervalSince1970: Double(second)).formatted(Date.ISO8601FormatStyle())
      beginning = text.utf8.dropLast() + [UInt8(ascii: ".")]
    }
    bytes += beginning
    if fraction < 100 { bytes.append(UInt8(ascii: "0")) }
    if fraction < 10 { bytes.append(UInt8(ascii: "0")) }
    LogText.append(fraction, to: &bytes)
    bytes.append(UInt8(ascii: "Z"))
  }
}
