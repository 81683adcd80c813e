import TestSupport
import Testing

@testable import KernelCore

/// Forms with files, as handlers see them and as calls send them.
struct FormTests {
  private static let type = ("Content-Type", "multipart/form-data; boundary=X")

  private static func part(_ header: String, _ content: String) -> String {
    "--X\r\nContent-Disposition: form-data; \(header)\r\n\r\n\(content)\r\n"
  }

  @Test func aHandlerSeesFieldsAndFilesApart() {
    let bench = Bench()
    bench.run(
      """
      route POST "/up" {
          [request.form, request.formLists, request.files.mapValues { [$0.name, $0.type, $0.text] },
           request.fileLists.mapValues { $0.map { $0.body.count } }]
      }
      """)
    let body =
      Self.part("name=a", "1") + Self.part("name=a", "2")
      + Self.part("name=f; filename=\"../x\"\r\nContent-Type: image/png", "abc")
      + Self.part("name=f; filename=y", "de") + Self.part("name=none; filename=\"\"", "") + "--X--\r\n"
    #expect(
      bench.ask("/up", .POST, headers: [Self.type], body: body).text
        == #"[{"a":"2"},{"a":["1","2"]},{"f":["y","text/plain","de"]},{"f":[3,2]}]"#)
    // Another type has no files, and is a form as ever.
    #expect(bench.ask("/up", .POST, body: "a=1").text == #"[{"a":"1"},{"a":["1"]},{},{}]"#)
  }

  @Test func aFileIsTheSameEachTimeItIsAskedFor() {
    let bench = Bench()
    bench.run("route POST \"/up\" { [request.files.f == request.files.f, \"\\(request.files.f)\"] }")
    let answer = bench.ask(
      "/up", .POST, headers: [Self.type], body: Self.part("name=f; filename=x", "a") + "--X--")
    #expect(answer.text == #"[true,"<File x, 1 byte>"]"#)
  }

  @Test(arguments: [
    ("form", "x", 400, "no line of it is --X"), ("files", "--X\r\n\r\n", 400, "part 1, at byte 5: it has no"),
    ("formLists", "--X", 400, "ends within a boundary"), ("fileLists", "", 400, "no form that can be read"),
  ])
  func aBodyThatIsNoFormIsTheClientsError(member: String, body: String, status: Int, reason: String) {
    let bench = Bench()
    bench.run("route POST \"/up\" { request.\(member) }")
    let answer = bench.ask("/up", .POST, headers: [Self.type], body: body)
    #expect(answer.status == status)
    #expect(answer.text?.hasPrefix("the request's body is ") == true)
    #expect(answer.text?.contains(reason) == true, "\(answer.text ?? "")")
    #expect(bench.failures == [])
  }

  @Test(arguments: [
    ("form", "application/json; charset=utf-8", "request.json reads it"),
    ("formLists", "application/problem+json", "request.json reads it"),
    ("form", "text/html", "request.text is what it says"),
    ("form", "multipart/mixed; boundary=X", "request.body has its bytes"),
    ("files", "application/octet-stream", "request.body has its bytes"),
  ])
  func aBodyOfAnotherTypeIsTheClientsError(member: String, type: String, instead: String) {
    let bench = Bench()
    bench.run("route POST \"/up\" { request.\(member) }")
    let answer = bench.ask("/up", .POST, headers: [("Content-Type", type)], body: "{\"a\":1}")
    let name = member == "formLists" ? "form" : member
    #expect(answer.status == 400)
    #expect(
      answer.text
        == "request.\(name) needs a form, but the body is \(type.prefix { $0 != ";" }): \(instead)\n")
    // Where there is nothing, nothing is of another type.
    #expect(bench.ask("/up", .POST, headers: [("Content-Type", type)]).text == "{}")
    #expect(bench.failures == [])
  }

  @Test func aFormThatSaysNothingOrTextIsReadAsOne() {
    let bench = Bench()
    bench.run("route POST \"/up\" { request.form }")
    for headers in [[], [("Content-Type", "")], [("Content-Type", "text/plain")]] {
      #expect(bench.ask("/up", .POST, headers: headers, body: "a=1").text == #"{"a":"1"}"#)
    }
  }

  @Test func aFormOfTooManyPartsIsTooLarge() {
    let bench = Bench()
    bench.run("route POST \"/up\" { request.form.count }")
    let body = String(repeating: Self.part("name=a", ""), count: 1_001) + "--X--"
    #expect(bench.ask("/up", .POST, headers: [Self.type], body: body).status == 413)
  }

  @Test func aFormOfTooManyFieldsIsTooLarge() {
    let bench = Bench()
    bench.run("route POST \"/up\" { request.formLists.a.count }")
    let fields = { Array(repeating: "a=", count: $0).joined(separator: "&") }
    #expect(bench.ask("/up", .POST, body: fields(1_000)).text == "1000")
    let refused = bench.ask("/up", .POST, body: fields(1_001))
    #expect(refused.status == 413)
    #expect(refused.text == "the request's body is a form of more than the 1000 fields that are taken\n")
  }

  @Test func filesCountForTheMemoryOfTheNotebook() {
    let bench = Bench { $0.machineLimits.memory = 64 << 20 }
    bench.run("let kept = []\nroute POST \"/up\" { kept.append(request.files.f)\nkept.count }")
    let body = Self.part("name=f; filename=x", String(repeating: "x", count: 4 << 20)) + "--X--"
    let statuses = (0..<20).map { _ in bench.ask("/up", .POST, headers: [Self.type], body: body).status }
    #expect(statuses.first == 200)
    #expect(statuses.last == 500)
    #expect(bench.failures.last?.contains("memory") == true)
  }

  private static let upload = """
    route "/up" { [request.form, request.fileLists.mapValues { $0.map { [$0.name, $0.type, $0.text] } }] }
    route "/on" { post("/up", files: request.fileLists).then { $0.text } }

    """

  @Test(arguments: [
    ("files: [\"a\": \"x\"]", #"[{},{"a":[["a","text/plain; charset=utf-8","x"]]}]"#),
    ("files: [\"a\": Bytes(\"x\")]", #"[{},{"a":[["a","application/octet-stream","x"]]}]"#),
    (
      "files: [\"a\": [\"x\", [\"name\": \"ä \\\"\\n\", \"type\": \"b/c\", \"body\": \"y\"], nil], \"n\": nil]",
      #"[{},{"a":[["a","text/plain; charset=utf-8","x"],["ä \"\n","b/c","y"]]}]"#
    ),
    (
      "form: [\"t\": 1, \"l\": [1, 2], \"n\": nil], files: [\"a\": [\"body\": Bytes([120])]]",
      #"[{"t":"1","l":"2"},{"a":[["a","application/octet-stream","x"]]}]"#
    ),
    ("files: [:]", "[{},{}]"),
  ])
  func filesAreSentWithTheFieldsOfAForm(arguments: String, expected: String) {
    for isVirtual in [true, false] {
      let bench = Bench { $0.isClockVirtual = isVirtual }
      _ = try? bench.listen()
      bench.run(Self.upload)
      #expect(bench.awaited("print(await post(\"/up\", \(arguments)).text)") == "ok")
      #expect(bench.output == [expected])
    }
  }

  @Test func aFileOfARequestIsPassedOn() {
    let bench = Bench()
    bench.run(Self.upload)
    #expect(
      bench.awaited(
        "print(await post(\"/on\", files: [\"a\": [\"name\": \"n\", \"type\": \"t/u\", \"body\": \"x\"]]).text)"
      )
        == "ok")
    #expect(bench.output == [#"[{},{"a":[["n","t/u","x"]]}]"#])
  }

  @Test func boundariesAreTheSameEachTimeUnderAVirtualClockAndNeverTwice() {
    func types() -> [String] {
      let bench = Bench()
      bench.run("route \"/type\" { request.headers[\"content-type\"] }")
      bench.run("for i in 0..<2 { print(await post(\"/type\", files: [\"a\": \"x\"]).text) }", cell: 2)
      return bench.output
    }
    let first = types()
    #expect(first == types())
    #expect(Set(first).count == 2)
    #expect(first.allSatisfy { $0.hasPrefix("multipart/form-data; boundary=routebook-") })
  }

  @Test func chanceOfCallsLeavesThatOfTheNotebookAlone() {
    let bench = Bench()
    bench.run("route \"/r\" { 1 }")
    let alone = bench.run("seed(1)\nrandom()", cell: 2).text
    #expect(bench.run("seed(1)\nawait post(\"/r\", files: [\"a\": \"x\"])\nrandom()", cell: 3).text == alone)
  }

  @Test(arguments: [
    ("post(\"/r\", files: 3)", "must be a Dictionary"),
    ("post(\"/r\", files: [\"a\": 3])", "the file a must be a String, Bytes or a File, not Int"),
    ("post(\"/r\", files: [\"a\": get(\"/\")])", "the file a is a Deferred that was not awaited"),
    ("post(\"/r\", files: [\"a\": [\"name\": \"x\"]])", "the file a has no body"),
    ("post(\"/r\", files: [\"a\": [\"body\": \"x\", \"size\": 3]])", "the file a has no \"size\""),
    ("post(\"/r\", files: [\"a\": [\"body\": \"x\", \"type\": \"a\\nb\"]])", "line break"),
    (
      "post(\"/r\", files: [\"a\": [\"body\": \"x\", \"name\": \"a\\u{0}\"]])",
      "has a control character in it"
    ),
    ("post(\"/r\", form: [\"a\\u{0}\": 1], files: [\"a\": \"x\"])", "the name of a field"),
    (
      "post(\"/r\", files: [\"a\": \"x\"], body: \"x\")",
      "a call has one body: give body, json, or form and files"
    ),
    ("post(\"/r\", files: [\"a\": \"x\"], json: 1)", "a call has one body"),
    ("head(\"/r\", files: [\"a\": \"x\"])", "a HEAD request carries no body"),
    (
      "post(\"/r\", files: [\"a\": \"x\"], headers: [\"content-type\": \"a/b\"])",
      "files come with a Content-Type of their own, which names what stands between them"
    ),
  ])
  func whatCannotBeSentSaysWhy(text: String, message: String) {
    let shown = Bench().run(text).text
    #expect(shown.contains("error:") && shown.contains(message), "\(shown)")
    #expect(shown.contains("line 1"))
  }
}
