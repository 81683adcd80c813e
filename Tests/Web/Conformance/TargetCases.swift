extension ConformanceTests {
  /// Request targets in their four forms (RFC 9112 §3.2).
  @ConformanceTable static var targets: [ConformanceCase] {
    taken("RFC 9112 3.2.1: a path and a query", get("/a/b?c=d&e"), "GET /a/b?c=d&e ")
    taken("RFC 9112 3.2.1: an empty query", get("/a?"), "GET /a? ")
    taken("RFC 9112 3.2.1: a question mark in the query", get("/a?b?c"), "GET /a?b?c ")
    taken("RFC 9112 3.2.1: a path that begins with two slashes is no host", get("//b/c"), "GET //b/c ")
    taken("RFC 3986 2.1: escapes stay as they are sent", get("/a%2Fb%20c"), "GET /a%2Fb%20c ")
    taken("RFC 3986 3.3: all that a path may have", get("/-._~!$&'()*+,;=:@"), "GET /-._~!$&'()*+,;=:@ ")
    taken("RFC 9112 3.2.2: an absolute target gives its path", get("http://a/b?c"), "GET /b?c ")
    taken("RFC 9112 3.2.2: an absolute target without a path", get("http://a"), "GET / ")
    taken("RFC 9112 3.2.2: an absolute target without a path, with a query", get("http://a?b"), "GET /?b ")
    taken("RFC 9110 4.2.3: the scheme in any case", get("HTTP://a/b"), "GET /b ")
    taken(
      "RFC 9112 3.2.2: the host of an absolute target replaces Host", get("http://other:81/fields/host"),
      "<other:81>")
    taken(
      "RFC 9112 3.2.2: an absolute target with an IPv6 host", get("http://[::1]:80/fields/host"), "<[::1]:80>"
    )
    refused(
      "RFC 9112 3.2: an absolute target needs Host all the same", "GET http://a/ HTTP/1.1\r\n\r\n", 400,
      "needs a Host")
    refused("RFC 9110 4.2.4: an absolute target with a user", get("http://u:p@a/"), 400, "has a user in it")
    refused("RFC 9110 4.2.1: an absolute target without a host", get("http:///b"), 400, "no sound host")
    refused(
      "RFC 3986 3.2.3: an absolute target with a port that is none", get("http://a:b/"), 400, "no sound host")
    refused(
      "RFC 3986 3.2.3: an absolute target with a port beyond 65535", get("http://a:65536/"), 400,
      "no sound host")
    refused(
      "RFC 9110 7.4: https on a connection that is not secured", get("https://a/"), 421, "begin with http://")
    refused("RFC 9110 7.4: a scheme that is not served", get("ftp://a/"), 421, "begin with http://")
    taken(
      "RFC 9112 3.2.4: OPTIONS * is about the server", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", "OPTIONS * ")
    refused("RFC 9112 3.2.4: * with another method", get("*"), 400, "for OPTIONS alone")
    refused(
      "RFC 9112 3.2.4: * with something behind it", "OPTIONS */ HTTP/1.1\r\nHost: a\r\n\r\n", 400,
      "neither a path nor")
    refused(
      "RFC 9112 3.2.3: a host and a port with another method than CONNECT", get("a:80"), 400,
      "neither a path nor")
    refused(
      "RFC 9112 3.2.3: CONNECT with a path", "CONNECT /a HTTP/1.1\r\nHost: a\r\n\r\n", 400,
      "a host and a port")
    refused(
      "RFC 9112 3.2.3: CONNECT without a port", "CONNECT a HTTP/1.1\r\nHost: a\r\n\r\n", 400,
      "a host and a port")
    refused("RFC 9112 3.2.1: a path without its slash", get("a/b"), 400, "neither a path nor")
    refused("RFC 9112 3.2.1: a query without a path", get("?a"), 400, "neither a path nor")
    refused("RFC 9112 3.2: a fragment is not sent", get("/a#b"), 400, "the address has a #")
    refused("RFC 9112 3.2: letters beyond ASCII", get("/ä"), 400, "percent-encoded")
    refused("RFC 9112 3.2: a control character", get("/\u{1}"), 400, "percent-encoded")
    refused("RFC 9112 3.2: a zero", get("/a\u{0}b"), 400, "percent-encoded")
    refused("RFC 9112 3.2: DEL", get("/\u{7f}"), 400, "percent-encoded")
    taken("RFC 3986 2: what browsers send raw in a query is let through", get("/?a=|^`{}"), "GET /?a=|^`{} ")
  }

  /// Host (RFC 9110 §7.2, RFC 9112 §3.2).
  @ConformanceTable static var hosts: [ConformanceCase] {
    refused("RFC 9112 3.2: HTTP/1.1 without Host", "GET / HTTP/1.1\r\n\r\n", 400, "needs a Host")
    refused("RFC 9112 3.2: Host twice, though the same", get("/", "Host: a"), 400, "more than one Host")
    refused(
      "RFC 9112 3.2: Host twice with HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n", 400,
      "more than one Host")
    taken(
      "RFC 9110 7.2: Host with a port", "GET /fields/host HTTP/1.1\r\nHost: a.b:8080\r\n\r\n", "<a.b:8080>")
    taken("RFC 3986 3.2.3: Host with an empty port", "GET /fields/host HTTP/1.1\r\nHost: a:\r\n\r\n", "<a:>")
    taken("RFC 9112 3.2: an empty Host", "GET /fields/host HTTP/1.1\r\nHost:\r\n\r\n", "<>")
    taken(
      "RFC 3986 3.2.2: Host with an IPv6 address", "GET /fields/host HTTP/1.1\r\nHost: [::1]:80\r\n\r\n",
      "<[::1]:80>")
    taken(
      "RFC 3986 3.2.2: Host with an underscore", "GET /fields/host HTTP/1.1\r\nHost: a_b\r\n\r\n", "<a_b>")
    taken("RFC 9110 5.1: host in any case", "GET /fields/host HTTP/1.1\r\nhOsT: a\r\n\r\n", "<a>")
    refused(
      "RFC 9112 3.2: Host with a space in it", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400, "is not a host")
    refused("RFC 9112 3.2: Host with a path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400, "is not a host")
    refused(
      "RFC 9112 3.2: Host with a scheme", "GET / HTTP/1.1\r\nHost: http://a\r\n\r\n", 400, "is not a host")
    refused("RFC 9110 4.2.4: Host with a user", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n", 400, "is not a host")
    refused("RFC 9112 3.2: Host as a list", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400, "is not a host")
    refused(
      "RFC 3986 3.2.3: Host with a port that is none", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400,
      "is not a host")
    refused(
      "RFC 3986 3.2.3: Host with two ports", "GET / HTTP/1.1\r\nHost: a:80:80\r\n\r\n", 400, "is not a host")
    refused(
      "RFC 3986 3.2.2: Host with a bracket that stays open", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n", 400,
      "is not a host")
    refused(
      "RFC 3986 3.2.2: Host with something behind the bracket", "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n", 400,
      "is not a host")
    refused(
      "RFC 3986 2.1: Host with half an escape", "GET / HTTP/1.1\r\nHost: a%2\r\n\r\n", 400, "is not a host")
    refused(
      "RFC 3986 3.2: Host with a port alone", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400, "is not a host")
  }
}
