import CDigest
import Foundation

/// The inspector's page: one file of HTML with its styles and its script in it. It asks for nothing but what is below its own
/// address, and its parts are in the files beside this one.
enum InspectorPage {
  static let html = """
    <!DOCTYPE html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="color-scheme" content="light dark">
    <title>Routebook</title>
    <link rel="icon" href="data:,">
    <style>\(styles)</style>
    </head>
    \(body)
    <script>\(script)</script>
    </html>

    """

  private static let script = "'use strict';\n" + tableScript + waterfallScript + connectionScript

  /// Lets run and be shown what stands in the page, known by its digests (CSP Level 3, section 2.3.1), and nothing else:
  /// whatever came into the page from a request could do nothing. Nil where there is no libcrypto.
  static func contentSecurityPolicy() -> String? {
    guard let script = digest(of: script), let style = digest(of: styles) else { return nil }
    return "default-src 'none'; script-src '\(script)'; style-src '\(style)'; connect-src 'self'; "
      + "img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
  }

  private static func digest(of text: String) -> String? {
    let bytes = Array(text.utf8)
    var digest = [UInt8](repeating: 0, count: Int(CDIGEST_SHA256_BYTES))
    guard cdigest_sha256(bytes, bytes.count, &digest) == 1 else { return nil }
    return "sha256-" + Data(digest).base64EncodedString()
  }
}
