/// What `name?` says.
struct HelpEntry: Sendable {
  let name: String
  let signature: String
  let explanation: String
  let example: String

  /// The explanation's first sentence.
  var summary: String { explanation.split(separator: ".").first.map(String.init) ?? explanation }

  init(_ name: String, _ signature: String, _ explanation: String, _ example: String) {
    self.name = name
    self.signature = signature
    self.explanation = explanation
    self.example = example
  }

  static let all: [HelpEntry] = [
    HelpEntry(
      "route", "route [GET, POST …] \"/path/<converter:name>\" { … }",
      "Defines a route, live at once. What the body gives is the answer; parameters and request are its local names. Converters: string, int, float, path, uuid, any(a,b).",
      "route \"/add/<int:a>/<int:b>\" { a + b }"),
    HelpEntry(
      "listen", "listen(description)", "Listens on an address and gives the URL to open.",
      "listen(\"tcp:8080\")    listen(\"tcp:8080:interface=0.0.0.0\")    listen(\"unix:/tmp/my.socket\")"),
    HelpEntry(
      "open", "open(url)",
      "Opens a page in the browser. Gives false where there is none; the address is printed.",
      "open(\"/greet/you\")"),
    HelpEntry(
      "get", "get(url, query:, headers:, body:, json:, form:, timeout:, follow:, check:)",
      "Starts a GET and gives a Deferred of its Response. A path is this notebook's own; a status of 400 or more fails unless check: false.",
      "let r = await get(\"/ip\"); r.json.origin"),
    HelpEntry(
      "post", "post(url, json:, form:, body:, …)", "Starts a POST. As get, with a body.",
      "await post(\"/items\", json: [\"a\": 1])"),
    HelpEntry("put", "put(url, …)", "Starts a PUT. As get.", "await put(\"/items/1\", json: [\"a\": 1])"),
    HelpEntry(
      "patch", "patch(url, …)", "Starts a PATCH. As get.", "await patch(\"/items/1\", json: [\"a\": 1])"),
    HelpEntry("delete", "delete(url, …)", "Starts a DELETE. As get.", "await delete(\"/items/1\")"),
    HelpEntry("head", "head(url, …)", "Starts a HEAD. As get.", "(await head(\"/\")).headers"),
    HelpEntry(
      "await", "await deferred",
      "Waits without blocking anything else, then gives the value or throws the error.",
      "await get(\"/ip\").json.origin"),
    HelpEntry(
      "async", "async expression    async { … }",
      "Runs something in a fiber of its own and gives its Deferred.", "let a = async { await sleep(1s); 42 }"),
    HelpEntry(
      "deferred", "deferred()", "Makes a Deferred that you fire with resolve(value) or reject(error).",
      "let d = deferred(); after(1s) { d.resolve(5) }; await d"),
    HelpEntry(
      "all", "all([deferreds])", "Waits for all; gives their values in order. The first failure fails it.",
      "await all([get(\"/a\"), get(\"/b\")])"),
    HelpEntry(
      "settled", "settled([deferreds])", "Waits for all; gives every outcome, none throws.",
      "await settled([get(\"/a\"), get(\"/b\")])"),
    HelpEntry(
      "race", "race([deferreds])", "The first to fire wins; the others lose this consumer.",
      "await race([get(\"/a\"), after(1s) { \"too late\" }])"),
    HelpEntry(
      "after", "after(duration) { … }", "Calls a function later; gives a Deferred of what it gives.",
      "after(2s) { 3 + 4 }"),
    HelpEntry("sleep", "sleep(duration)", "A Deferred that fires later. Await it.", "await sleep(500ms)"),
    HelpEntry(
      "every", "every(duration) { … }", "Calls a function again and again, first at once. stop() ends it.",
      "let t = every(5s) { print(now()) }"),
    HelpEntry("print", "print(values…)", "Prints a line.", "print(\"hello\", 42)"),
    HelpEntry(
      "respond", "respond(body, status:, headers:)", "An answer with its own status and headers.",
      "respond(\"made\", status: 201)"),
    HelpEntry("redirect", "redirect(to:, status:)", "Sends the client elsewhere.", "redirect(to: \"/\")"),
    HelpEntry(
      "httpError", "httpError(status, message)", "An error to throw that becomes that answer.",
      "throw httpError(404, \"no such item\")"),
    HelpEntry("json", "json(text)", "Reads JSON.", "json(\"[1, 2]\")"),
    HelpEntry("toJSON", "toJSON(value, pretty:)", "Writes JSON.", "toJSON([\"a\": 1], pretty: true)"),
    HelpEntry("html", "html \"…\\(value)…\"", "HTML with every value escaped.", "html \"<b>\\(user)</b>\""),
    HelpEntry("rawHTML", "rawHTML(text)", "HTML that is trusted as it is.", "rawHTML(\"<br>\")"),
    HelpEntry(
      "elapsed", "elapsed { … }", "How long something takes, waiting included.", "elapsed { await sleep(1s) }"
    ),
    HelpEntry(
      "expect", "expect(condition, message)", "Fails where the condition does not hold.", "expect(1 + 1 == 2)"
    ),
    HelpEntry("now", "now()", "The date and time in ISO 8601.", "now()"),
    HelpEntry(
      "env", "env(name, default)", "An environment variable that --env allows.", "env(\"HOME\", \"/\")"),
    HelpEntry(
      "request", "request",
      "In a handler: method path query headers cookies body text json form params remote.",
      "route \"/echo\" { request.query }"),
    HelpEntry("type", "type(of: value)", "The name of a value's type.", "type(of: 1s)"),
    HelpEntry("min", "min(values…)", "The least.", "min(3, 1, 2)"),
    HelpEntry("max", "max(values…)", "The greatest.", "max([3, 1, 2])"),
    HelpEntry("String", "String(value)", "The value as text.", "String(42)"),
    HelpEntry("Int", "Int(value)", "The value as an Int; nil where text is none.", "Int(\"42\")"),
    HelpEntry("Double", "Double(value)", "The value as a Double; nil where text is none.", "Double(\"2.5\")"),
    HelpEntry("Array", "Array(sequence)", "The elements of a range, text or dictionary.", "Array(1...3)"),
    HelpEntry(
      "stride", "stride(from:, to:, by:)", "Numbers with a step.", "Array(stride(from: 10, to: 0, by: -2))"),
  ]

  /// Members that come to mind after a point.
  static let members = [
    "append", "body", "cancel", "capitalized", "catch", "compactMap", "contains", "count", "elapsed",
    "enumerated",
    "filter", "finally", "first", "firstIndex", "flatMap", "forEach", "hasPrefix", "hasSuffix", "headers",
    "insert",
    "isEmpty", "isResolved", "joined", "json", "keys", "last", "lines", "lowercased", "map", "mapValues",
    "max",
    "message", "min", "ok", "prefix", "reduce", "reject", "remove", "removeAll", "removeFirst", "removeLast",
    "removeValue", "replacing", "resolve", "reversed", "sorted", "split", "status", "stop", "suffix", "text",
    "then",
    "timeout", "trimmed", "uppercased", "url", "values",
  ]
}
