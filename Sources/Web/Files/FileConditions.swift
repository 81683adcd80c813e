import Glibc
import NIOHTTP1

/// What the conditions of a request for a file, and the range that it asks for, come to (RFC 9110 sections 13 and 14).
struct FileConditions {
  enum Outcome: Equatable {
    case whole
    case part(Range<Int>)
    case notModified
    case preconditionFailed
    case rangeNotSatisfiable
  }

  let headers: HTTPHeaders
  let entityTag: String
  /// In seconds since 1970.
  let modified: Int
  let size: Int

  /// In the order of RFC 9110 section 13.2.2.
  ///
  /// - Parameter isGet: a range counts for GET alone (section 14.2).
  func outcome(isGet: Bool) -> Outcome {
    if let tags = field("if-match") {
      if !matches(tags, isWeak: false) { return .preconditionFailed }
    } else if let date = date("if-unmodified-since"), modified > date {
      return .preconditionFailed
    }
    if let tags = field("if-none-match") {
      if matches(tags, isWeak: true) { return .notModified }
    } else if let date = date("if-modified-since"), modified <= date {
      return .notModified
    }
    guard isGet, let range = field("range"), isRangeWanted else { return .whole }
    return part(range)
  }

  private func field(_ name: String) -> String? {
    let values = headers[name]
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }

  private func date(_ name: String) -> Int? { field(name).flatMap(HTTPDate.seconds) }

  // MARK: Tags

  /// Whether a list of tags has that of the file; `*` is any (sections 13.1.1 and 13.1.2).
  private func matches(_ list: String, isWeak: Bool) -> Bool {
    if list == "*" { return true }
    return Self.tags(in: list).contains { Self.isSame($0, entityTag, isWeak: isWeak) }
  }

  /// Section 8.8.3.2.
  private static func isSame(_ one: Substring, _ other: String, isWeak: Bool) -> Bool {
    if !isWeak { return one == other && !other.hasPrefix("W/") }
    return (one.hasPrefix("W/") ? one.dropFirst(2) : one)
      == (other.hasPrefix("W/") ? other.dropFirst(2) : other[...])
  }

  /// The tags of a list. A comma may stand in one.
  private static func tags(in list: String) -> [Substring] {
    var tags: [Substring] = []
    var rest = list[...]
    while let quote = rest.firstIndex(of: "\"") {
      let start = rest[..<quote].hasSuffix("W/") ? rest.index(quote, offsetBy: -2) : quote
      guard let end = rest[rest.index(after: quote)...].firstIndex(of: "\"") else { break }
      tags.append(rest[start...end])
      rest = rest[rest.index(after: end)...]
    }
    return tags
  }

  // MARK: Ranges

  /// Whether the file is still the one that a part is wanted of (section 13.1.5).
  private var isRangeWanted: Bool {
    guard let condition = field("if-range") else { return true }
    if condition.contains("\"") { return Self.isSame(condition[...], entityTag, isWeak: false) }
    // A time is strong only where the tag is.
    return HTTPDate.seconds(condition) == modified && !entityTag.hasPrefix("W/")
  }

  /// One range of bytes. What is malformed does not count, and several are answered with the whole (section 14.2).
  private func part(_ field: String) -> Outcome {
    guard field.prefix(6).lowercased() == "bytes=" else { return .whole }
    let text = field.dropFirst(6).drop { $0 == " " }
    guard !text.contains(","), let dash = text.firstIndex(of: "-") else { return .whole }
    let first = text[..<dash]
    let last = text[text.index(after: dash)...]
    guard (first + last).utf8.allSatisfy({ (0x30...0x39).contains($0) }), first.count + last.count > 0 else {
      return .whole
    }
    // A number that is too large for us is beyond the end of any file.
    let end = last.isEmpty ? nil : Int(last) ?? .max
    guard !first.isEmpty else {
      guard let end, end > 0, size > 0 else { return .rangeNotSatisfiable }
      return .part(max(0, size - end)..<size)
    }
    let start = Int(first) ?? .max
    if let end, end < start { return .whole }
    guard start < size else { return .rangeNotSatisfiable }
    return .part(start..<min(size, end.map { $0 == .max ? size : $0 + 1 } ?? size))
  }
}

extension HTTPDate {
  /// A time of a header in seconds since 1970, in each of the three forms of RFC 9110 section 5.6.7; nil for anything
  /// else.
  static func seconds(_ text: String) -> Int? {
    let parts = text.split { " ,-:".contains($0) }
    guard parts.count == 8 && parts[7] == "GMT" || parts.count == 7 else { return nil }
    let isASCTime = parts.count == 7
    let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
    let numbers = (isASCTime ? [6, 2, 3, 4, 5] : [3, 1, 4, 5, 6]).map { Int(parts[$0]) }
    guard let month = months.firstIndex(of: String(parts[isASCTime ? 1 : 2])),
      var year = numbers[0], let day = numbers[1], let hour = numbers[2], let minute = numbers[3],
      let second = numbers[4], (1...31).contains(day), (0...23).contains(hour), (0...59).contains(minute),
      (0...60).contains(second), (0...9999).contains(year)
    else { return nil }
    if !isASCTime, parts[3].count == 2 { year += year < 70 ? 2000 : 1900 }
    var time = tm()
    time.tm_year = Int32(year - 1900)
    time.tm_mon = Int32(month)
    time.tm_mday = Int32(day)
    time.tm_hour = Int32(hour)
    time.tm_min = Int32(minute)
    time.tm_sec = Int32(second)
    return timegm(&time)
  }
}
