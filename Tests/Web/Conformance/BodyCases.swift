extension ConformanceTests {
  /// How long a body is (RFC 9112 §6.2, §6.3), the ground of request smuggling.
  @ConformanceTable static var bodyLengths: [ConformanceCase] {
    taken(
      "RFC 9112 6.3: a body of the length announced", post("Content-Length: 5", body: "hello"), "POST / hello"
    )
    taken("RFC 9112 6.3: no length is no body", post() + get("/x"), "POST / ", "GET /x ")
    taken("RFC 9112 6.3: length 0", post("Content-Length: 0") + get("/x"), "POST / ", "GET /x ")
    taken(
      "RFC 9112 6.3: a body that looks like a request is a body",
      post("Content-Length: \(get("/evil").utf8.count)", body: get("/evil")) + get("/x"),
      "POST / \(get("/evil"))", "GET /x ")
    taken("RFC 9110 8.6: zeros before a length", post("Content-Length: 0005", body: "hello"), "POST / hello")
    taken(
      "RFC 9112 5.1: blanks around a length", post("Content-Length: \t5 \t", body: "hello"), "POST / hello")
    taken("RFC 9110 8.6: the name in any case", post("cOnTeNt-LeNgTh: 5", body: "hello"), "POST / hello")
    refused(
      "RFC 9112 6.3: two lengths that differ", post("Content-Length: 1", "Content-Length: 2", body: "ab"),
      400, "Content-Length twice")
    refused(
      "RFC 9112 6.3: two lengths that agree", post("Content-Length: 2", "Content-Length: 2", body: "ab"), 400,
      "Content-Length twice")
    refused(
      "RFC 9112 6.3: a list of lengths that differ", post("Content-Length: 1, 2", body: "ab"), 400,
      "no number")
    refused(
      "RFC 9112 6.3: a list of lengths that agree", post("Content-Length: 2, 2", body: "ab"), 400, "no number"
    )
    refused("RFC 9110 8.6: a negative length", post("Content-Length: -1"), 400, "no number")
    refused("RFC 9110 8.6: a length with a plus", post("Content-Length: +5", body: "hello"), 400, "no number")
    refused(
      "RFC 9110 8.6: a hexadecimal length", post("Content-Length: 0x5", body: "hello"), 400, "no number")
    refused(
      "RFC 9110 8.6: a length with a fraction", post("Content-Length: 5.0", body: "hello"), 400, "no number")
    refused(
      "RFC 9110 8.6: a length with an exponent", post("Content-Length: 1e1", body: "hello"), 400, "no number")
    refused("RFC 9110 8.6: an empty length", post("Content-Length:"), 400, "no number")
    refused("RFC 9110 8.6: a length in words", post("Content-Length: five", body: "hello"), 400, "no number")
    refused(
      "RFC 9110 8.6: a length of two numbers", post("Content-Length: 5 5", body: "hello"), 400, "no number")
    refused(
      "RFC 9110 8.6: a length with digits of another script", post("Content-Length: ٥", body: "hello"), 400,
      "no number")
    refused(
      "RFC 9110 8.6: a length beyond 64 bits", post("Content-Length: 18446744073709551616"), 400, "no number")
    refused(
      "RFC 9110 8.6: a length that wraps round to 5",
      post("Content-Length: 18446744073709551621", body: "hello"), 400, "no number")
    refused(
      "RFC 9110 8.6: a length beyond what a body may have", post("Content-Length: 9223372036854775808"), 413,
      "1000 bytes")
    refused(
      "RFC 9112 6.3: Content-Length before Transfer-Encoding",
      post("Content-Length: 4", "Transfer-Encoding: chunked", body: "0\r\n\r\n"), 400, "Transfer-Encoding")
    refused(
      "RFC 9112 6.3: Transfer-Encoding before Content-Length",
      post("Transfer-Encoding: chunked", "Content-Length: 4", body: "0\r\n\r\n"), 400, "Transfer-Encoding")
    refused(
      "RFC 9112 6.3: Content-Length 0 beside Transfer-Encoding",
      post("Content-Length: 0", "Transfer-Encoding: chunked", body: "0\r\n\r\n"), 400, "Transfer-Encoding")
    refused(
      "RFC 9112 6.3: Content-Length beside identity",
      post("Content-Length: 4", "Transfer-Encoding: identity", body: "abcd"), 400, "Transfer-Encoding")
    refused(
      "RFC 9112 6.3: a smuggled request is never answered",
      post("Content-Length: 6", "Transfer-Encoding: chunked", body: "0\r\n\r\nG") + get("/evil"), 400,
      "Transfer-Encoding")
    taken(
      "RFC 9110 5.1: Content_Length is another field", post("Content_Length: 5") + get("/x"), "POST / ",
      "GET /x ")
  }

  /// Transfer codings and chunks (RFC 9112 §6.1, §7).
  @ConformanceTable static var transferCodings: [ConformanceCase] {
    taken(
      "RFC 9112 7.1: chunks are put together", chunks("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"),
      "POST / hello world")
    taken("RFC 9112 7.1: no chunk but the last", chunks("0\r\n\r\n"), "POST / ")
    taken(
      "RFC 9112 7.1: sizes are hexadecimal, in either case",
      chunks("A\r\n0123456789\r\na\r\n0123456789\r\n0\r\n\r\n"), "POST / 01234567890123456789")
    taken("RFC 9112 7.1: zeros before a size", chunks("0005\r\nhello\r\n000\r\n\r\n"), "POST / hello")
    taken(
      "RFC 9112 7.1: a chunk has any bytes", chunks("7\r\n\r\n0\r\n\r\n\r\n0\r\n\r\n"), "POST / \r\n0\r\n\r\n"
    )
    taken(
      "RFC 9112 9.3.2: a request behind a body in chunks", chunks("2\r\nhi\r\n0\r\n\r\n") + get("/x"),
      "POST / hi", "GET /x ")
    taken("RFC 9112 7: chunked in any case", post("Transfer-Encoding: CHUNKed", body: "0\r\n\r\n"), "POST / ")
    taken(
      "RFC 9112 5.1: blanks behind chunked",
      post("Transfer-Encoding: chunked \t", body: "2\r\nhi\r\n0\r\n\r\n"), "POST / hi")
    taken(
      "RFC 9110 5.6.1: an empty element before chunked",
      post("Transfer-Encoding: , chunked", body: "2\r\nhi\r\n0\r\n\r\n"), "POST / hi")
    taken(
      "RFC 9112 7.1.1: extensions are ignored", chunks("2;a;b=c;d=\"e;f\"\r\nhi\r\n0;g\r\n\r\n"), "POST / hi")
    taken(
      "RFC 9112 7.1.2: trailers are no fields of the request",
      "POST /fields/x HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nX: a\r\n\r\n" + get("/x"),
      "", "GET /x ")
    taken(
      "RFC 9112 7.1.2: several trailers, one empty", chunks("0\r\nX: a\r\nY:\r\nZ: b\r\n\r\n") + get("/x"),
      "POST / ", "GET /x ")
    taken(
      "RFC 9110 6.6.2: Trailer announces them, to no effect",
      post("Transfer-Encoding: chunked", "Trailer: X", body: "0\r\nX: a\r\n\r\n"), "POST / ")
    taken(
      "RFC 9110 6.5.1: a trailer doesn't make a request one of another protocol",
      chunks("0\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\n") + get("/x"), "POST / ", "GET /x ")
    refused(
      "RFC 9112 6.1: a coding that is not understood is 501",
      post("Transfer-Encoding: gzip, chunked", body: "0\r\n\r\n"), 501, "only transfer coding")
    refused(
      "RFC 9112 6.1: the same in two fields",
      post("Transfer-Encoding: gzip", "Transfer-Encoding: chunked", body: "0\r\n\r\n"), 501,
      "only transfer coding")
    refused(
      "RFC 9112 6.3: chunked is not there, so the length is unknown", post("Transfer-Encoding: gzip"), 400,
      "chunked comes last")
    refused(
      "RFC 9112 6.3: chunked is not the last", post("Transfer-Encoding: chunked, gzip", body: "0\r\n\r\n"),
      400, "Transfer-Encoding, chunked comes")
    refused(
      "RFC 9112 6.3: chunked is not the last of two fields",
      post("Transfer-Encoding: chunked", "Transfer-Encoding: gzip", body: "0\r\n\r\n"), 400,
      "Transfer-Encoding, chunked comes")
    refused(
      "RFC 9112 6.1: chunked twice", post("Transfer-Encoding: chunked, chunked", body: "0\r\n\r\n"), 400,
      "Transfer-Encoding, chunked comes")
    refused(
      "RFC 9112 6.1: chunked twice in two fields",
      post("Transfer-Encoding: chunked", "Transfer-Encoding: chunked", body: "0\r\n\r\n"), 400,
      "Transfer-Encoding, chunked comes")
    refused(
      "RFC 9112 6.3: identity is no coding", post("Transfer-Encoding: identity", body: "abc"), 400,
      "chunked comes last")
    refused(
      "RFC 9112 6.3: identity behind chunked",
      post("Transfer-Encoding: chunked, identity", body: "0\r\n\r\n"), 400, "Transfer-Encoding, chunked comes"
    )
    refused(
      "RFC 9112 6.3: an empty Transfer-Encoding", post("Transfer-Encoding:", body: "0\r\n\r\n"), 400,
      "chunked comes last")
    refused(
      "RFC 9112 6.3: a name that ends in chunked", post("Transfer-Encoding: xchunked", body: "0\r\n\r\n"),
      400, "chunked comes last")
    refused(
      "RFC 9112 7: chunked with a parameter", post("Transfer-Encoding: chunked;q=1", body: "0\r\n\r\n"), 400,
      "chunked comes last")
    refused(
      "RFC 9112 7: chunked in quotes", post("Transfer-Encoding: \"chunked\"", body: "0\r\n\r\n"), 400,
      "chunked comes last")
    refused(
      "RFC 9112 2.2: chunked behind a vertical tab",
      post("Transfer-Encoding: \u{b}chunked", body: "0\r\n\r\n"), 400, "control character")
    refused(
      "RFC 9112 6.1: HTTP/1.0 has no transfer codings",
      "POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
      400, "HTTP/1.0 has no Transfer-Encoding")
    refused(
      "RFC 9112 6.1: a GET with a coding that is not understood", get("/", "Transfer-Encoding: gzip"), 400,
      "chunked comes last")
    refused("RFC 9112 7.1: a size that is no number", chunks("g\r\n"), 400, "not a hexadecimal number")
    refused("RFC 9112 7.1: an empty size", chunks("\r\n0\r\n\r\n"), 400, "not a hexadecimal number")
    refused("RFC 9112 7.1: a size with 0x", chunks("0x2\r\nhi\r\n0\r\n\r\n"), 400, "not a hexadecimal number")
    refused(
      "RFC 9112 7.1: a size with a plus", chunks("+2\r\nhi\r\n0\r\n\r\n"), 400, "not a hexadecimal number")
    refused("RFC 9112 7.1: a negative size", chunks("-2\r\nhi\r\n0\r\n\r\n"), 400, "not a hexadecimal number")
    refused(
      "RFC 9112 7.1: a space before a size", chunks(" 2\r\nhi\r\n0\r\n\r\n"), 400, "not a hexadecimal number")
    refused(
      "RFC 9112 7.1: a space behind a size", chunks("2 \r\nhi\r\n0\r\n\r\n"), 400, "not a hexadecimal number")
    refused(
      "RFC 9112 7.1: a size beyond 64 bits", chunks("10000000000000002\r\nhi\r\n0\r\n\r\n"), 400,
      "not a hexadecimal number")
    refused("RFC 9112 7.1: a chunk longer than its size", chunks("1\r\nhi\r\n0\r\n\r\n"), 400, "is malformed")
    refused(
      "RFC 9112 7.1: a chunk shorter than its size", chunks("3\r\nhi\r\n0\r\n\r\n"), 400, "is malformed")
    refused(
      "RFC 9112 7.1: a chunk that ends with LF alone", chunks("2\r\nhi\n0\r\n\r\n"), 400, "is malformed")
    refused("RFC 9112 7.1: a size that ends with LF alone", chunks("2\nhi\r\n0\r\n\r\n"), 400, "is malformed")
    refused("RFC 9112 7.1: a size that ends with CR alone", chunks("2\rhi\r\n0\r\n\r\n"), 400, "is malformed")
    refused("RFC 9112 7.1: the last chunk ends with LF alone", chunks("0\n\n"), 400, "is malformed")
    refused("RFC 9112 7.1: the end is LF alone", chunks("0\r\n\n"), 400, "is malformed")
    refused(
      "RFC 9112 7.1.1: an extension with LF in it", chunks("2;a\nb\r\nhi\r\n0\r\n\r\n"), 400, "is malformed")
    refused(
      "RFC 9112 7.1.1: an extension with LF in quotes", chunks("2;a=\"\n\"\r\nhi\r\n0\r\n\r\n"), 400,
      "is malformed")
    refused(
      "RFC 9112 7.1.1: an extension with a control character", chunks("2;\u{1}\r\nhi\r\n0\r\n\r\n"), 400,
      "is malformed")
    refused(
      "RFC 9112 7.1.1: an extension without a name", chunks("2;\r\nhi\r\n0\r\n\r\n"), 400, "is malformed")
    refused(
      "RFC 9112 7.1.1: extensions longer than is taken",
      chunks("2;\(String(repeating: "a", count: 3_000))\r\nhi\r\n0\r\n\r\n"), 413, "extensions of the chunks")
    refused(
      "RFC 9112 7.1.1: many small extensions",
      chunks(String(repeating: "1;\(String(repeating: "a", count: 100))\r\nx\r\n", count: 30)), 413,
      "extensions of the chunks")
    refused(
      "RFC 9112 7.1.2: more trailers than headers are taken",
      chunks("0\r\n\(String(repeating: "A: b\r\n", count: 127))\r\n"), 431, "trailers of the request")
    refused(
      "RFC 9110 6.5.1: Content-Length as a trailer", chunks("0\r\nContent-Length: 5\r\n\r\n"), 400,
      "is malformed")
    refused(
      "RFC 9110 6.5.1: Transfer-Encoding as a trailer", chunks("0\r\nTransfer-Encoding: gzip\r\n\r\n"), 400,
      "is malformed")
    refused("RFC 9112 7.1.2: a trailer without a colon", chunks("0\r\nX\r\n\r\n"), 400, "is malformed")
    refused(
      "RFC 9112 7.1.2: a trailer with a space before the colon", chunks("0\r\nX : a\r\n\r\n"), 400,
      "is malformed")
    refused(
      "RFC 9112 5.2: a trailer that goes on in a second line", chunks("0\r\nX: a\r\n b\r\n\r\n"), 400,
      "is malformed")
    refused(
      "RFC 9112 7.1.2: a trailer that ends with LF alone", chunks("0\r\nX: a\n\r\n"), 400, "is malformed")
  }
}
