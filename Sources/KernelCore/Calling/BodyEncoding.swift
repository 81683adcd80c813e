import Foundation

/// The encodings of texts that are not UTF-8, by the names that a content type has for them (the IANA registry of
/// character sets).
enum BodyEncoding {
  private static let names: [String: String.Encoding] = [
    "iso-8859-1": .isoLatin1, "latin1": .isoLatin1, "iso-8859-2": .isoLatin2,
    "windows-1250": .windowsCP1250, "windows-1251": .windowsCP1251, "windows-1252": .windowsCP1252,
    "windows-1253": .windowsCP1253, "windows-1254": .windowsCP1254,
    "utf-16": .utf16, "utf-16le": .utf16LittleEndian, "utf-16be": .utf16BigEndian, "utf-32": .utf32,
    "shift_jis": .shiftJIS, "euc-jp": .japaneseEUC, "iso-2022-jp": .iso2022JP,
  ]

  /// The encoding that the parameter `charset` of a content type names (RFC 9110, section 8.3.2); nil where it names
  /// none, UTF-8, or one that is not known.
  static func named(by type: String) -> String.Encoding? {
    for parameter in type.split(separator: ";").dropFirst() {
      let parts = parameter.split(separator: "=", maxSplits: 1)
      guard parts.count == 2, parts[0].trimmingCharacters(in: .whitespaces).lowercased() == "charset" else {
        continue
      }
      let name = parts[1].trimmingCharacters(in: CharacterSet(charactersIn: "\"'").union(.whitespaces))
      return names[name.lowercased()]
    }
    return nil
  }
}
