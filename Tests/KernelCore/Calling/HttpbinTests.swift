import Foundation
import TestSupport
import Testing

@testable import KernelCore

/// Calls of the language to httpbin over real connections. `BASE` stands for its address.
@Suite(.enabled(if: Httpbin.program != nil, Httpbin.missing), .httpbin, .timeLimit(.minutes(3)))
struct HttpbinTests {
  private func check(_ cells: [(text: String, expected: String)]) async throws {
    let base = Httpbin.address
    try await onOwnThread {
      let bench = Bench { $0.isClockVirtual = false }
      for (number, (text, expected)) in cells.enumerated() {
        let shown = bench.awaited(text.replacing("BASE", with: base), cell: number + 1)
        #expect(shown == expected.replacing("BASE", with: base), "\(text)")
      }
    }
  }

  @Test func everyMethodArrivesAsItself() async throws {
    try await check(
      ["post", "put", "patch", "delete", "get"].map { method in
        ("await \(method)(\"BASE/anything\").json.method", "\"\(method.uppercased())\"")
      } + [
        (
          "let h = await head(\"BASE/get\")\n[h.status, h.text, h.headers[\"content-type\"]]",
          "[200, \"\", \"application/json\"]"
        ),
        ("await http(\"BASE/anything\", method: \"trace\").json.method", "\"TRACE\""),
        ("await http(\"BASE/get\", method: \"OPTIONS\").headers.allow.contains(\"GET\")", "true"),
        ("await get(\"BASE/post\").catch { $0.status }", "405"),
      ])
  }

  @Test func queriesAndHeadersArriveAsTheyWereGiven() async throws {
    try await check([
      (
        "await get(\"BASE/get?z=0\", query: [\"a\": \"x y\", \"b\": [1, 2], \"c\": nil, \"d\": \"&=ä\"]).json.args",
        "[\"a\": \"x y\", \"b\": [\"1\", \"2\"], \"d\": \"&=ä\", \"z\": \"0\"]"
      ),
      (
        "let h = await get(\"BASE/headers\", headers: [\"X-One\": \"1\", \"X-Empty\": \"\", \"X-Two\": [\"a\", \"b\"]]).json.headers\n"
          + "[h[\"X-One\"], h[\"X-Empty\"], h[\"X-Two\"]]", "[\"1\", \"\", \"a,b\"]"
      ),
      ("await get(\"BASE/user-agent\").json[\"user-agent\"].hasPrefix(\"routebook/\")", "true"),
      ("await get(\"BASE/user-agent\", headers: [\"User-Agent\": \"me\"]).json[\"user-agent\"]", "\"me\""),
      ("await get(\"BASE/ip\").json.origin", "\"127.0.0.1\""),
    ])
  }

  @Test func bodiesOfEveryKindAreReadAsWhatTheyAre() async throws {
    try await check([
      (
        "let r = await post(\"BASE/post\", json: [\"a\": [1, nil, \"ä\"]]).json\n[r.json, r.headers[\"Content-Type\"]]",
        "[[\"a\": [1, nil, \"ä\"]], \"application/json\"]"
      ),
      (
        "let r = await put(\"BASE/put\", form: [\"a\": [1, 2], \"b\": \"ä&= +\"]).json\n[r.form, r.json]",
        "[[\"a\": [\"1\", \"2\"], \"b\": \"ä&= +\"], nil]"
      ),
      (
        "let r = await post(\"BASE/post\", form: [\"title\": \"x\"], files: [\"f\": \"hello\", \"g\": [\"name\": \"ä \\\"b\\\".txt\", \"body\": \"there\"]]).json\n"
          + "[r.form, r.files]", "[[\"title\": \"x\"], [\"f\": \"hello\", \"g\": \"there\"]]"
      ),
      (
        "let r = await post(\"BASE/post\", body: \"plain\").json\n[r.data, r.headers[\"Content-Type\"], r.headers[\"Content-Length\"]]",
        "[\"plain\", \"text/plain; charset=utf-8\", \"5\"]"
      ),
      (
        "await post(\"BASE/post\", body: Bytes([255, 0])).json.data",
        "\"data:application/octet-stream;base64,/wA=\""
      ),
      ("await patch(\"BASE/patch\", body: \"x\".repeated(3_000_000)).json.data.count", "3000000"),
      ("let r = await post(\"BASE/post\").json\n[r.data, r.headers[\"Content-Length\"]]", "[\"\", \"0\"]"),
    ])
  }

  @Test func compressedAnswersAreUnpacked() async throws {
    try await check([
      ("await get(\"BASE/gzip\").json.gzipped", "true"),
      ("await get(\"BASE/deflate\").json.deflated", "true"),
      (
        "let r = await get(\"BASE/brotli\")\n[r.json.brotli, r.headers[\"content-encoding\"]]",
        "[true, nil]"
      ),
      // Who asks for a coding gets it as it is.
      (
        "await get(\"BASE/gzip\", headers: [\"Accept-Encoding\": \"gzip\"]).body.prefix(2).hexEncoded()",
        "\"1f8b\""
      ),
      ("await get(\"BASE/headers\").json.headers[\"Accept-Encoding\"]", "\"deflate, gzip, br, zstd\""),
    ])
  }

  @Test func redirectsAreFollowedTenTimes() async throws {
    try await check([
      ("await get(\"BASE/redirect/3\").url", "\"BASE/get\""),
      ("await get(\"BASE/absolute-redirect/10\").url", "\"BASE/get\""),
      ("await get(\"BASE/relative-redirect/2\").url", "\"BASE/get\""),
      (
        "let e = await get(\"BASE/redirect/11\").catch { $0 }\n[e.kind, e.message.contains(\"redirected more than 10 times\")]",
        "[\"network\", true]"
      ),
      (
        "let r = await get(\"BASE/redirect/1\", follow: false)\n[r.status, r.headers.location]",
        "[302, \"/get\"]"
      ),
      (
        "let r = await post(\"BASE/redirect-to?url=/anything&status_code=307\", body: \"kept\").json\n[r.method, r.data]",
        "[\"POST\", \"kept\"]"
      ),
      (
        "let r = await post(\"BASE/redirect-to?url=/anything&status_code=303\", body: \"lost\").json\n[r.method, r.data]",
        "[\"GET\", \"\"]"
      ),
      (
        "await get(\"BASE/redirect/11\", cookies: CookieJar()).catch { $0.message.contains(\"more than 10 times\") }",
        "true"
      ),
    ])
  }

  @Test func aJarKeepsWhatIsSetOnTheWay() async throws {
    try await check([
      (
        "let jar = CookieJar()\nawait get(\"BASE/cookies/set?a=1&b=2\", cookies: jar).json.cookies",
        "[\"a\": \"1\", \"b\": \"2\"]"
      ),
      ("await get(\"BASE/cookies\", cookies: jar).json.cookies", "[\"a\": \"1\", \"b\": \"2\"]"),
      ("await get(\"BASE/cookies/delete?a\", cookies: jar).json.cookies", "[\"b\": \"2\"]"),
      ("jar.cookies.map { $0.name }", "[\"b\"]"),
      ("await get(\"BASE/cookies\").json.cookies", "[:]"),
      ("await get(\"BASE/cookies\", cookies: [\"x\": \"1\"]).json.cookies", "[\"x\": \"1\"]"),
    ])
  }

  @Test func statusesAreErrorsOrAnswers() async throws {
    try await check([
      (
        "[200, 201, 204, 304].map { get(\"BASE/status/\\($0)\") }.map { (await $0).status }",
        "[200, 201, 204, 304]"
      ),
      (
        "await get(\"BASE/status/418\").catch { [$0.kind, $0.status, $0.message] }",
        "[\"http\", 418, \"GET BASE/status/418 gave 418 I'M A TEAPOT\"]"
      ),
      ("(await get(\"BASE/status/500\", check: false)).ok", "false"),
      ("await get(\"BASE/status/503\", retry: 1).catch { $0.attempts.map { $0.status } }", "[503, 503]"),
      ("await get(\"BASE/etag/x\", headers: [\"If-None-Match\": \"\\\"x\\\"\"]).status", "304"),
      (
        "let r = await get(\"BASE/range/26\", headers: [\"Range\": \"bytes=2-4\"])\n[r.status, r.text]",
        "[206, \"cde\"]"
      ),
    ])
  }

  @Test func credentialsGoByAHeader() async throws {
    try await check([
      ("await get(\"BASE/basic-auth/u/p\").catch { $0.status }", "401"),
      (
        "await get(\"BASE/basic-auth/u/p\", headers: [\"Authorization\": \"Basic dTpw\"]).json.user", "\"u\""
      ),
      ("await get(\"BASE/bearer\", headers: [\"Authorization\": \"Bearer abc\"]).json.token", "\"abc\""),
    ])
  }

  @Test func aTimeoutSaysWhatWasWaitedFor() async throws {
    try await check([
      (
        "await get(\"BASE/delay/5\", timeout: 1s).catch { [$0.kind, $0.message.hasSuffix(\"did not answer within 1 s\")] }",
        "[\"timeout\", true]"
      ),
      ("(await get(\"BASE/delay/1\", timeout: 8s)).elapsed >= 1s", "true"),
      (
        "await get(\"BASE/drip?numbytes=4&duration=12&delay=0\", timeout: 3s).catch { $0.message.contains(\"did not finish its answer within 3 s: \") }",
        "true"
      ),
    ])
  }

  @Test func whatComesInPiecesComesWhole() async throws {
    try await check([
      ("await get(\"BASE/drip?numbytes=5&duration=0.3&delay=0\").text", "\"*****\""),
      ("await get(\"BASE/stream/3\").text.trimmed().split(\"\\n\").map { json($0).id }", "[0, 1, 2]"),
      ("await get(\"BASE/bytes/1000?seed=1\").body.count", "1000"),
      ("await get(\"BASE/stream-bytes/5000?chunk_size=7\").body.count", "5000"),
      ("await get(\"BASE/links/3/0\").text.split(\"<a \").count", "3"),
      ("await get(\"BASE/encoding/utf8\").text.contains(\"∮ E⋅da = Q\")", "true"),
      ("await get(\"BASE/image/png\").body[1..<4].hexEncoded()", "\"504e47\""),
      ("await get(\"BASE/response-headers?x=1&x=2\").headerLists.x", "[\"1\", \"2\"]"),
    ])
  }
}
