import Foundation

/// A file of the authorities to trust: certificates in PEM (RFC 7468).
public enum CertificateFile {
  /// The largest that is read, in bytes. All authorities of the Web take a quarter of a megabyte.
  static let sizeLimit = 64 * 1024 * 1024

  /// Why a file cannot say whom to trust, in words that name it; `nil` where it can.
  public static func problem(at path: String) -> String? {
    var isFolder = ObjCBool(false)
    guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      return "there is no file \(quoted(path))"
    }
    if isFolder.boolValue { return "\(quoted(path)) is a folder: name a file of certificates" }
    guard let file = FileHandle(forReadingAtPath: path) else { return "\(quoted(path)) cannot be read" }
    defer { try? file.close() }
    guard let data = try? file.read(upToCount: sizeLimit + 1) else { return "\(quoted(path)) cannot be read" }
    if data.count > sizeLimit { return "\(quoted(path)) is larger than \(sizeLimit) bytes" }
    let texts = certificates(in: String(decoding: data, as: UTF8.self))
    if texts.isEmpty {
      return
        "\(quoted(path)) holds no certificate: it has to be in PEM, with lines -----BEGIN CERTIFICATE-----"
    }
    for (number, text) in texts.enumerated() where !isCertificate(text) {
      return "certificate \(number + 1) of \(texts.count) in \(quoted(path)) is damaged"
    }
    return nil
  }

  /// What stands between the lines that begin and end a certificate; an empty text for one without an end.
  private static func certificates(in text: String) -> [String] {
    // OpenSSL's own form, with trust settings behind the certificate, counts too.
    let pieces = text.replacing("TRUSTED CERTIFICATE", with: "CERTIFICATE").replacing(
      "X509 CERTIFICATE", with: "CERTIFICATE"
    ).split(separator: "-----BEGIN CERTIFICATE-----", omittingEmptySubsequences: false).dropFirst()
    return pieces.map { piece in
      piece.firstRange(of: "-----END CERTIFICATE-----").map { String(piece[..<$0.lowerBound]) } ?? ""
    }
  }

  /// Whether the text is a sequence in DER (X.690, section 8.1) and nothing is missing. What it says is OpenSSL's to read.
  private static func isCertificate(_ text: String) -> Bool {
    guard let data = Data(base64Encoded: String(text.filter { !$0.isWhitespace })), data.count > 4,
      data[0] == 0x30
    else { return false }
    let first = Int(data[1])
    if first < 0x80 { return data.count >= 2 + first }
    let count = first & 0x7F
    guard (1...4).contains(count), data.count >= 2 + count else { return false }
    let length = data[2..<(2 + count)].reduce(0) { $0 << 8 | Int($1) }
    return data.count >= 2 + count + length
  }
}
