import Foundation
import Testing

@testable import KernelCore

/// The text of an answer is read in the encoding that its type names.
struct BodyEncodingTests {
  private func text(_ type: String, _ body: [UInt8]) -> String {
    ResponseObject(
      method: "GET", status: 200, reason: "OK", headers: [("Content-Type", type)], body: body, url: "",
      elapsed: 0
    ).text
  }

  @Test(
    arguments: [
      ("text/plain; charset=utf-16", [0xff, 0xfe, 0x61, 0, 0xe4, 0], "aä"),
      ("text/plain; charset=\"UTF-16BE\"", [0, 0x61, 0, 0xe4], "aä"),
      ("text/plain; charset=iso-8859-1", [0x61, 0xe4], "aä"),
      ("text/plain; charset=iso-8859-1", [0xc3, 0xa4], "Ã¤"),
      ("text/html;Charset=windows-1252", [0x80], "€"),
      ("text/html; a=b ; charset = windows-1251", [0xcf], "П"),
      ("text/plain; charset=shift_jis", [0x93, 0xfa], "日"),
      ("text/plain; charset=utf-8", [0xc3, 0xa4], "ä"),
      ("text/plain", [0xc3, 0xa4], "ä"),
      // What is not known, or is not so, is as good as not said.
      ("text/plain; charset=none", [0xc3, 0xa4], "ä"),
      ("text/plain; charset=utf-8", [0xe4], "ä"),
      ("charset=utf-16", [0x61], "a"),
    ] as [(String, [UInt8], String)])
  func isRead(type: String, body: [UInt8], expected: String) {
    #expect(text(type, body) == expected)
  }
}
