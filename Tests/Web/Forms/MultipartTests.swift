import NIOCore
import NIOHTTP1
import TestSupport
import Testing

@testable import Web

@Suite struct MultipartTests {
  private static func read(
    _ body: String, boundary: String = "X", limits: MultipartForm.Limits = .init()
  ) throws(MultipartError) -> [String] {
    let form = try MultipartForm(ByteBuffer(string: body), boundary: boundary, limits: limits)
    return form.parts.map { part in
      "\(part.name)|\(part.fileName ?? "-")|\(part.type ?? "-")|\(String(buffer: part.body))"
    }
  }

  /// A body of one part with this header and content.
  private static func part(_ header: String, _ content: String = "v") -> String {
    "--X\r\n\(header)\r\n\r\n\(content)\r\n--X--\r\n"
  }

  @Test("What browsers, curl and others send is read")
  func clients() throws {
    for (body, boundary, parts) in [
      (
        "------WebKitFormBoundaryA\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n"
          + "------WebKitFormBoundaryA\r\nContent-Disposition: form-data; name=\"f\"; filename=\"x.png\"\r\n"
          + "Content-Type: image/png\r\n\r\n\r\n\r\n------WebKitFormBoundaryA--\r\n",
        "----WebKitFormBoundaryA", ["a|-|-|1", "f|x.png|image/png|\r\n"]
      ),
      // What stands around it is nobody's, and blanks may follow a boundary.
      (
        "before\r\n--X \t\r\ncontent-disposition:form-data;name=a\r\n\r\n1\r\n--X-- \r\nafter --X",
        "X", ["a|-|-|1"]
      ),
      ("--X--", "X", []), ("--X--\r\n", "X", []),
      // An empty content whose empty line is the boundary's.
      ("--X\r\nContent-Disposition: form-data; name=a\r\n\r\n--X--", "X", ["a|-|-|"]),
      (Self.part("Content-Disposition: form-data; name=\"a\"", ""), "X", ["a|-|-|"]),
      // What only begins as a boundary is content.
      (
        Self.part("Content-Disposition: form-data; name=a", "\r\n-X\r\n--\r\r\n--Y\r"), "X",
        ["a|-|-|\r\n-X\r\n--\r\r\n--Y\r"]
      ),
      // Others fields of the header, encodings that are none, an empty name.
      (
        Self.part("X-Y: z\r\nContent-Transfer-Encoding: Binary\r\nContent-Disposition: form-data; name=\"\""),
        "X",
        ["|-|-|v"]
      ),
      (
        Self.part("Content-Disposition: Form-Data ; NAME = \"a;b\" ; filename=\"c=d\";"), "X", ["a;b|c=d|-|v"]
      ),
    ] {
      #expect(try Self.read(body, boundary: boundary) == parts, "\(body)")
    }
  }

  @Test("Names are texts: escapes of browsers and of mail are undone, paths stay as they are")
  func names() throws {
    for (written, read) in [
      (#""a%22b%0D%0Ac""#, "a\"b\r\nc"), (#""a\"b\\c""#, #"a"b\c"#), (#""C:\new\x.txt""#, #"C:\new\x.txt"#),
      (#""../../etc/passwd""#, "../../etc/passwd"), (#""ä€%41""#, "ä€%41"), (#""100%""#, "100%"),
      ("plain.txt", "plain.txt"),
    ] {
      let parts = try Self.read(
        Self.part("Content-Disposition: form-data; name=f; filename=\(written)"))
      #expect(parts == ["f|\(read)|-|v"])
    }
  }

  @Test("What cannot be read says where and why")
  func refusals() {
    let disposition = "Content-Disposition: form-data; name=a"
    for (body, reason) in [
      ("", "no line of it is --X"), ("a=1&b=2", "no line of it is --X"), ("\r\n-X", "no line of it is --X"),
      ("--X", "part 1, at byte 3: it ends within a boundary"),
      ("--X\n", "part 1, at byte 3: a boundary does not end its line"),
      ("--XY\r\n", "part 1, at byte 3: a boundary does not end its line"),
      ("--X--Y", "part 1, at byte 3: a boundary does not end its line"),
      ("--X\r\n", "part 1, at byte 5: the body ends within its header"),
      ("--X\r\n\(disposition)", "part 1, at byte 5: the body ends within its header"),
      ("--X\r\n\(disposition)\r\n\r\nv", "part 1, at byte 5: the body ends before the boundary"),
      (
        "--X\r\n\(disposition)\r\n\r\nv\r\n--X\r\n--X--\r\n", "part 2, at byte 55: a line of its header is no"
      ),
      ("--X\r\n\(disposition)\n\r\nv", "a line of its header does not end with CR and LF"),
      ("--X\r\n\(disposition)\rv", "a line of its header does not end with CR and LF"),
      (Self.part("Content-Type: a/b"), "it has no Content-Disposition"),
      ("--X\r\n\r\nv\r\n--X--", "part 1, at byte 5: it has no Content-Disposition"),
      (Self.part("Content-Disposition: attachment; name=a"), "is attachment, not form-data"),
      (Self.part("Content-Disposition: form-data; filename=a"), "its Content-Disposition has no name"),
      (Self.part("Content-Disposition: form-data; name=a; name=b"), "has name twice"),
      (Self.part("\(disposition); filename*=UTF-8''b"), "it names its file by filename*"),
      (Self.part("Content-Disposition: form-data; name"), "a parameter that is not name=value"),
      (Self.part("Content-Disposition: form-data; =a"), "a parameter that is not name=value"),
      (Self.part("Content-Disposition: form-data; name=\"a"), "quotes that do not end, of name"),
      (Self.part("Content-Disposition: form-data; name=\"a\\\""), "quotes that do not end, of name"),
      (Self.part("Content-Disposition: form-data; name=\"a\"b"), "something behind the quotes of name"),
      (Self.part("\(disposition)\r\n\(disposition)"), "at byte 45: it has more than one Content-Disposition"),
      (Self.part("\(disposition)\r\nContent-Type: a/b\r\nContent-Type: a/c"), "more than one Content-Type"),
      (Self.part("\(disposition)\r\n folded"), "a line of its header is no \"Name: value\""),
      (Self.part("\(disposition)\u{0}"), "a line of its header is no \"Name: value\""),
      (Self.part("\(disposition)\r\nContent-Type: multipart/mixed; boundary=Y"), "it has parts of its own"),
      (Self.part("\(disposition)\r\nContent-Transfer-Encoding: base64"), "it is encoded as base64"),
    ] {
      let error = #expect(throws: MultipartError.self) { try Self.read(body) }
      #expect(error?.message.contains(reason) == true, "\(body): \(error?.message ?? "")")
      #expect(error?.isTooLarge == false)
    }
  }

  @Test("The number of parts and the bytes of their headers are bounded")
  func limits() throws {
    var limits = MultipartForm.Limits()
    (limits.maxParts, limits.maxHeaderBytes) = (2, 60)
    let part = "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n"
    #expect(try Self.read(part + part + "--X--", limits: limits).count == 2)
    let many = #expect(throws: MultipartError.self) {
      try Self.read(part + part + part + "--X--", limits: limits)
    }
    #expect(many?.isTooLarge == true)
    #expect(many?.message == "a form of more than the 2 fields and files that are taken")
    for header in [
      String(repeating: "a", count: 61), "Content-Disposition: form-data; name=a\r\nX-Y: 0123456789abc",
    ] {
      let long = #expect(throws: MultipartError.self) { try Self.read(Self.part(header), limits: limits) }
      #expect(long?.message.contains("its header has more than 60 bytes") == true, "\(long?.message ?? "")")
    }
    // The last line of a header ends just where the bound is.
    for count in 0...12 {
      limits.maxHeaderBytes = 38 + count
      let header = "Content-Disposition: form-data; name=a" + String(repeating: "b", count: 8)
      let parts = try? Self.read(Self.part(header), limits: limits)
      #expect(parts?.count == (limits.maxHeaderBytes >= 49 ? 1 : nil), "\(limits.maxHeaderBytes)")
    }
  }

  @Test("A boundary is one that RFC 2046 has, and that clients send")
  func boundaries() {
    for boundary in ["", String(repeating: "x", count: 71), "a ", "a\"b", "a\r\nb", "ä", "a\u{0}"] {
      let error = #expect(throws: MultipartError.self) { try Self.read("--X--", boundary: boundary) }
      #expect(error?.message.contains("is no boundary") == true)
    }
    for boundary in [
      "a b", "'()+_,-./:=?", "----WebKitFormBoundary7MA4YWxkTrZu0gW", String(repeating: "x", count: 70),
    ] {
      #expect(throws: Never.self) { try Self.read("--\(boundary)--", boundary: boundary) }
    }
  }

  @Test("The Content-Type of a request tells whether it is such a form")
  func types() throws {
    func request(_ type: String?) -> Request {
      Request(
        method: .POST, target: "/", headers: HTTPHeaders(type.map { [("Content-Type", $0)] } ?? []),
        body: ByteBuffer(string: "--X--"))
    }
    #expect(request("Multipart/Form-Data ; boundary=X").isMultipartForm)
    #expect(try request("multipart/form-data; charset=utf-8; boundary=\"X\"").multipartForm().parts.isEmpty)
    for type in [nil, "multipart/form-datax; boundary=X", "text/plain; a=multipart/form-data"] {
      #expect(!request(type).isMultipartForm)
    }
    for (type, reason) in [
      ("multipart/form-data", "names no boundary"), ("multipart/form-data; boundary", "not name=value"),
      ("multipart/form-data; boundary=X; boundary=X", "boundary twice"),
    ] {
      let error = #expect(throws: MultipartError.self) { try request(type).multipartForm() }
      #expect(error?.message.contains(reason) == true)
    }
  }

  @Test("A file input in which nothing was chosen gives no file, an empty file does")
  func nothingChosen() {
    let form = MultipartForm(parts: [
      .init(name: "a", fileName: "", body: ByteBuffer()), .init(name: "b", fileName: "b", body: ByteBuffer()),
      .init(name: "c", fileName: "", body: ByteBuffer(string: "x")),
      .init(name: "d", body: ByteBuffer(bytes: [0xFF])),
    ])
    #expect(form.files.map(\.name) == ["b", "c"])
    #expect(form.fields.map(\.name) == ["d"])
    #expect(form.fields.map(\.value) == ["\u{FFFD}"])
  }

  @Test("What is written is read as the same, whatever is in it")
  func roundTrip() throws {
    var random = SeededGenerator(seed: 11)
    let pieces = ["a", "\"", "\\", "\r\n", "\r", "\n", "%", "ä", ";", "=", "--", "X1", "é", " ", "\u{301}"]
    func text() -> String {
      (0..<Int.random(in: 0...8, using: &random)).map { _ in pieces.randomElement(using: &random) ?? "" }
        .joined()
    }
    for _ in 0..<500 {
      let parts = (0..<Int.random(in: 0...4, using: &random)).map { _ in
        MultipartForm.Part(
          name: text(), fileName: Bool.random(using: &random) ? text() : nil,
          type: Bool.random(using: &random) ? "a/b" : nil, body: ByteBuffer(string: text()))
      }
      var number = 0
      let (body, boundary) = MultipartForm(parts: parts).encoded {
        number += 1
        return "X\(number)"
      }
      let read = try MultipartForm(ByteBuffer(bytes: body), boundary: boundary).parts
      #expect(read == parts)
    }
  }

  @Test("A boundary that stands in a content is not taken")
  func boundaryInContent() throws {
    let parts = [MultipartForm.Part(name: "a", body: ByteBuffer(string: "one two"))]
    var boundaries = ["one", "two", "three"].makeIterator()
    let (body, boundary) = MultipartForm(parts: parts).encoded { boundaries.next() ?? "" }
    #expect(boundary == "three")
    #expect(
      String(decoding: body, as: UTF8.self)
        == "--three\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none two\r\n--three--\r\n")
  }

  @Test("A part that would end its own header is not sent")
  func problems() {
    func problem(_ name: String, _ fileName: String? = nil, _ type: String? = nil) -> String? {
      MultipartForm.problem(.init(name: name, fileName: fileName, type: type, body: ByteBuffer()))
    }
    #expect(problem("a\r\n\"b", "c\\", "image/png") == nil)
    #expect(problem("a\u{0}")?.contains("the name of a field") == true)
    #expect(problem("a", "b\u{7F}")?.contains("the name of a file") == true)
    #expect(problem("a", "b", "c\r\nd: e")?.contains("line break") == true)
  }

  @Test("A body that is all but a boundary takes time in proportion to its length")
  func hostileBody() throws {
    let boundary = String(repeating: "-", count: 70)
    let almost = "\r\n--" + String(repeating: "-", count: 69)
    let content = String(repeating: almost + "x", count: 100_000)
    let body = ByteBuffer(
      string: "--\(boundary)\r\nContent-Disposition: form-data; name=a\r\n\r\n\(content)\r\n--\(boundary)--")
    let form = try MultipartForm(body, boundary: boundary)
    #expect(form.parts[0].body.readableBytes == content.utf8.count)
  }
}
