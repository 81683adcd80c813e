/// How control characters are spelt where they must not stand themselves, as escapes of the language.
public enum ControlSpelling {
  /// `\u{1B}`, `\r`, `\0`.
  public static func spelling(_ scalar: UInt32) -> String {
    switch scalar {
    case 0: "\\0"
    case 0x0D: "\\r"
    default: "\\u{" + String(scalar, radix: 16, uppercase: true) + "}"
    }
  }

  /// A line with the control characters of ASCII spelt out, but for tabs.
  static func spelled(_ line: String) -> String {
    guard line.utf8.contains(where: isControl) else { return line }
    var result = ""
    for scalar in line.unicodeScalars {
      if scalar.isASCII, isControl(UInt8(scalar.value)) {
        result += spelling(scalar.value)
      } else {
        result.unicodeScalars.append(scalar)
      }
    }
    return result
  }

  private static func isControl(_ byte: UInt8) -> Bool {
    byte < 0x20 && byte != UInt8(ascii: "\t") || byte == 0x7F
  }
}
