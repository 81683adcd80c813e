import Glibc

/// Writes the time as HTTP's headers have it (RFC 9110 §5.6.7), once a second.
struct HTTPDate {
  private var second: time_t = -1
  private var text = ""

  /// The present time, as `Sun, 06 Nov 1994 08:49:37 GMT`.
  mutating func now() -> String {
    let now = time(nil)
    if now != second {
      second = now
      text = Self.format(now)
    }
    return text
  }

  /// A time in seconds since 1970.
  static func format(_ seconds: time_t) -> String {
    var seconds = seconds
    var parts = tm()
    gmtime_r(&seconds, &parts)
    let days = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    func two(_ value: Int32) -> String { value < 10 ? "0\(value)" : "\(value)" }
    return "\(days[Int(parts.tm_wday)]), \(two(parts.tm_mday)) \(months[Int(parts.tm_mon)]) "
      + "\(1900 + Int(parts.tm_year)) \(two(parts.tm_hour)):\(two(parts.tm_min)):\(two(parts.tm_sec)) GMT"
  }
}
