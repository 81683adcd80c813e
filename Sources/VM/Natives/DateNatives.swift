import Foundation

// Points in time: whole nanoseconds since 1970, shown and read as ISO 8601 in UTC.

extension Machine {
  func installDates() {
    define("Date", ["text?", "unix!?"]) { call throws(Failure) in
      if try call.only(0, 1) == 1 { return try Machine.date(seconds: try call.double(1)) }
      if call[0].tag == Tag.date { return call[0] }
      guard call.has(0) else {
        throw Failure(.argument, "Date() takes a text or unix:", help: "now() gives the present")
      }
      guard call[0].tag == Tag.string else {
        throw call.wrongType(0, expected: "a String as 2026-01-31T12:00:00Z")
      }
      return Machine.nanoseconds(ofDate: try call.string(0)).map { .date(nanoseconds: $0) } ?? .nil
    }
    let parts: [(String, Calendar.Component)] = [
      ("year", .year), ("month", .month), ("day", .day), ("hour", .hour), ("minute", .minute),
      ("second", .second),
    ]
    for (name, component) in parts {
      defineProperty(Tag.date, name) { call throws(Failure) in
        .int(Machine.calendar.component(component, from: Machine.wholeSeconds(of: call[0].int)))
      }
    }
    defineProperty(Tag.date, "millisecond") { call throws(Failure) in
      .int(Machine.split(call[0].int).rest / 1_000_000)
    }
    defineProperty(Tag.date, "weekday") { call throws(Failure) in
      // Monday is 1 and Sunday 7, as in ISO 8601; Foundation begins with Sunday.
      let day = Machine.calendar.component(.weekday, from: Machine.wholeSeconds(of: call[0].int))
      return .int((day + 5) % 7 + 1)
    }
    defineProperty(Tag.date, "unix") { call throws(Failure) in
      .int(Machine.split(call[0].int).seconds)
    }
    defineProperty(Tag.date, "iso8601") { call throws(Failure) in
      call.heap.makeString(Machine.text(ofDate: call[0].int))
    }
    defineProperty(Tag.date, "http") { call throws(Failure) in
      call.heap.makeString(Machine.wholeSeconds(of: call[0].int).formatted(Machine.httpDate))
    }
    defineMethod(Tag.date, "formatted", ["pattern"]) { call throws(Failure) in
      let pattern = try call.string(1)
      if pattern.utf8.count > 200 {
        throw Failure(.argument, "the pattern of formatted() is longer than 200 bytes").at(.parameter(1))
      }
      if pattern.contains("%") {
        throw Failure(
          .argument, "a pattern of formatted() has no %", help: "write yyyy-MM-dd HH:mm:ss, Unicode's letters"
        ).at(.parameter(1))
      }
      // A formatter takes a fraction of a millisecond to make.
      try call.machine.spend(5_000)
      let formatter = DateFormatter()
      formatter.locale = Machine.english
      // Weeks begin on Monday, as `weekday` counts, and are numbered as in ISO 8601.
      formatter.calendar = Calendar(identifier: .iso8601)
      formatter.timeZone = .gmt
      formatter.dateFormat = pattern
      return call.heap.makeString(formatter.string(from: Machine.wholeMilliseconds(of: call[0].int)))
    }
  }

  /// A date as `2026-01-31T12:00:00.000Z`.
  public static func text(ofDate nanoseconds: Int) -> String {
    let (seconds, rest) = split(nanoseconds)
    let whole = Date(timeIntervalSince1970: Double(seconds)).formatted(.iso8601)
    let milliseconds = String(rest / 1_000_000)
    return "\(whole.dropLast()).\(String(repeating: "0", count: 3 - milliseconds.count))\(milliseconds)Z"
  }

  /// Reads ISO 8601 with a time zone, a day of it alone (its midnight in UTC), or the date of an HTTP header
  /// (RFC 9110 section 5.6.7); nil for anything else.
  static func nanoseconds(ofDate text: String) -> Int? {
    if text.hasSuffix("GMT"), let date = try? httpDateReader.parse(text) {
      return nanoseconds(seconds: date.timeIntervalSince1970)
    }
    let pattern = /(\d{4}-\d\d-\d\d)(?:[Tt ](\d\d:\d\d(?::\d\d)?)(?:[.,](\d{1,9})\d*)?([Zz]|[+-]\d\d:?\d\d))?/
    guard let match = text.wholeMatch(of: pattern) else { return nil }
    var time = match.2.map(String.init) ?? "00:00:00"
    if time.utf8.count == 5 { time += ":00" }
    let local = "\(match.1)T\(time)Z"
    // Foundation takes the 30th of February for the 2nd of March.
    guard let date = try? Date(local, strategy: .iso8601), date.formatted(.iso8601) == local,
      let offset = offset(of: match.4 ?? "Z"),
      let seconds = nanoseconds(seconds: date.timeIntervalSince1970 - offset)
    else { return nil }
    let digits = String(match.3 ?? "")
    let fraction = Int(digits + String(repeating: "0", count: 9 - digits.utf8.count)) ?? 0
    let (sum, overflow) = seconds.addingReportingOverflow(fraction)
    return overflow ? nil : sum
  }

  /// Seconds east of UTC of a zone as `+02:00`, `+0200` or `Z`.
  private static func offset(of zone: Substring) -> Double? {
    if zone.lowercased() == "z" { return 0 }
    let digits = zone.dropFirst().filter(\.isNumber)
    guard let hours = Int(digits.prefix(2)), let minutes = Int(digits.suffix(2)), hours < 24, minutes < 60
    else { return nil }
    return Double(hours * 3_600 + minutes * 60) * (zone.hasPrefix("-") ? -1 : 1)
  }

  private static func date(seconds: Double) throws(Failure) -> Value {
    guard let nanoseconds = nanoseconds(seconds: seconds) else {
      throw Failure(.arithmetic, "dates are from 1677 to 2262")
    }
    return .date(nanoseconds: nanoseconds)
  }

  /// Exact to the microsecond, which is as far as a Double goes.
  private static func nanoseconds(seconds: Double) -> Int? {
    guard let microseconds = Int(exactly: (seconds * 1e6).rounded()) else { return nil }
    let (product, overflow) = microseconds.multipliedReportingOverflow(by: 1_000)
    return overflow ? nil : product
  }

  /// Seconds, rounded downwards, and the nanoseconds beyond them.
  private static func split(_ nanoseconds: Int) -> (seconds: Int, rest: Int) {
    let rest = nanoseconds % 1_000_000_000
    return rest < 0
      ? (nanoseconds / 1_000_000_000 - 1, rest + 1_000_000_000) : (nanoseconds / 1_000_000_000, rest)
  }

  private static func wholeSeconds(of nanoseconds: Int) -> Date {
    Date(timeIntervalSince1970: Double(split(nanoseconds).seconds))
  }

  /// A little behind the millisecond that a date lies in, so that no rounding shows the one before.
  private static func wholeMilliseconds(of nanoseconds: Int) -> Date {
    let (seconds, rest) = split(nanoseconds)
    return Date(timeIntervalSince1970: Double(seconds) + (Double(rest / 1_000_000) + 0.1) / 1_000)
  }

  private static let calendar: Calendar = {
    var calendar = Calendar(identifier: .gregorian)
    calendar.timeZone = .gmt
    return calendar
  }()

  /// `Sun, 06 Nov 1994 08:49:37 GMT`.
  private static let httpDateFormat: Date.FormatString =
    "\(weekday: .abbreviated), \(day: .twoDigits) \(month: .abbreviated) \(year: .padded(4)) \(hour: .twoDigits(clock: .twentyFourHour, hourCycle: .zeroBased)):\(minute: .twoDigits):\(second: .twoDigits) GMT"
  private static let english = Locale(identifier: "en_US_POSIX")
  private static let httpDate = Date.VerbatimFormatStyle(
    format: httpDateFormat, locale: english, timeZone: .gmt, calendar: calendar)
  private static let httpDateReader = Date.ParseStrategy(
    format: httpDateFormat, locale: english, timeZone: .gmt, calendar: calendar)
}
