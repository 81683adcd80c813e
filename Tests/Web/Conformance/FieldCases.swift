extension ConformanceTests {
  /// Header fields (RFC 9110 §5, RFC 9112 §5).
  @ConformanceTable static var fields: [ConformanceCase] {
    taken("RFC 9110 5.1: names in any case", get("/fields/x", "X: a"), "<a>")
    taken(
      "RFC 9110 5.3: a field that comes again keeps its order", get("/fields/x", "X: a", "Y: b", "x: c"),
      "<a><c>")
    taken("RFC 9112 5: no blank before a value", get("/fields/x", "X:a"), "<a>")
    taken(
      "RFC 9112 5.1: blanks around a value are no part of it", get("/fields/x", "X: \t a b\t \t"), "<a b>")
    taken("RFC 9112 5.1: a tab within a value is one", get("/fields/x", "X: a\tb"), "<a\tb>")
    taken("RFC 9112 5: an empty value", get("/fields/x", "X:"), "<>")
    taken("RFC 9112 5: a value of blanks alone", get("/fields/x", "X: \t "), "<>")
    taken("RFC 9110 5.5: a colon in a value", get("/fields/x", "X: a:b: c"), "<a:b: c>")
    taken("RFC 9110 5.5: a value beyond ASCII", get("/fields/x", "X: ä"), "<ä>")
    taken("RFC 9110 5.6.2: all that a token may have", get("/", "!#$%&'*+-.^_`|~09AZaz: a"), "GET / ")
    ConformanceCase(
      "RFC 9110 5.5: a value of bytes that are no text",
      Array("GET / HTTP/1.1\r\nHost: a\r\nX: ".utf8) + [0xff, 0xfe] + Array("\r\n\r\n".utf8),
      [.ok("GET / ")])
    refused("RFC 9112 5.1: a space before the colon", get("/", "X : a"), 400, "in or after the name")
    refused("RFC 9112 5.1: a tab before the colon", get("/", "X\t: a"), 400, "in or after the name")
    refused(
      "RFC 9112 5.1: a space before the colon of Content-Length", post("Content-Length : 3", body: "abc"),
      400, "in or after the name")
    refused(
      "RFC 9112 5.1: a space before the colon of Transfer-Encoding",
      post("Transfer-Encoding : chunked", body: "0\r\n\r\n"), 400, "in or after the name")
    refused(
      "RFC 9112 5.2: a line that goes on after a space", get("/", "X: a", " b"), 400,
      "goes on in a second line")
    refused(
      "RFC 9112 5.2: a line that goes on after a tab", get("/", "X: a", "\tb"), 400,
      "goes on in a second line")
    refused(
      "RFC 9112 5.2: Transfer-Encoding that goes on in a second line",
      post("Transfer-Encoding:", " chunked", body: "0\r\n\r\n"), 400, "goes on in a second line")
    refused("RFC 9112 5.2: a line of blanks", get("/", " "), 400, "goes on in a second line")
    refused("RFC 9112 5: a line without a colon", get("/", "X"), 400, "no colon")
    refused("RFC 9112 5: a line without a name", get("/", ": a"), 400, "no name")
    refused("RFC 9110 5.1: a name with a space", get("/", "X Y: a"), 400, "in or after the name")
    refused("RFC 9110 5.1: a name in quotes", get("/", "\"X\": a"), 400, "the name of a header")
    refused("RFC 9110 5.1: a name in brackets", get("/", "X[0]: a"), 400, "the name of a header")
    refused("RFC 9110 5.1: a name with a zero", get("/", "X\u{0}: a"), 400, "the name of a header")
    refused("RFC 9110 5.1: a name beyond ASCII", get("/", "Ä: a"), 400, "the name of a header")
    refused("RFC 9110 5.5: a value with a zero", get("/", "X: a\u{0}b"), 400, "control character")
    refused(
      "RFC 9110 5.5: a value with a control character", get("/", "X: a\u{1b}b"), 400, "control character")
    refused("RFC 9110 5.5: a value with DEL", get("/", "X: a\u{7f}b"), 400, "control character")
    refused(
      "RFC 9112 2.2: a field that ends with LF alone", "GET / HTTP/1.1\r\nHost: a\nX: b\r\n\r\n", 400,
      "LF alone")
    refused(
      "RFC 9112 2.2: a field that ends with CR alone", "GET / HTTP/1.1\r\nHost: a\rX: b\r\n\r\n", 400,
      "CR without LF")
    refused(
      "RFC 9112 2.2: a head that ends with LF alone", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400, "LF alone")
    refused(
      "RFC 9112 2.2: a head that ends with CR alone", "GET / HTTP/1.1\r\nHost: a\r\n\rX", 400, "CR without LF"
    )
    refused("RFC 9112 2.2: a name that ends with LF", get("/", "X\n: a"), 400, "LF alone")
    taken(
      "RFC 9110 5.6.7: a Date of the client is a field as others", get("/fields/date", "Date: never"),
      "<never>")
  }
}
