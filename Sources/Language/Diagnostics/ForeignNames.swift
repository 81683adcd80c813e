/// Functions and objects that people know from other languages and prompts, and what to write here.
public enum ForeignNames {
  /// What to write in place of a name that is not defined; nil where nothing is known of it.
  public static func advice(on name: String) -> String? {
    name == "_"
      ? "_ is the value of the last cell that had one; none has yet" : instead[name].map { "write \($0)" }
  }

  private static let instead = routebook.merging(swift) { own, _ in own }.merging(python) { own, _ in own }
    .merging(javaScript) { own, _ in own }

  private static let routebook: [String: String] = [
    "route": "route \"/path\" { … }", "quit": "%quit", "exit": "%quit", "help": "%help",
    "echo": "print(value)", "puts": "print(value)", "printf": "print(value)",
    "timeout": "deferred.timeout(2s)", "cancel": "deferred.cancel()", "then": "deferred.then { … }",
    "callLater": "after(2s) { … }", "deferLater": "after(2s) { … }", "LoopingCall": "every(5s) { … }",
    "html": "html \"\\(x)\", with a text in quotes", "void": "nil, or nothing", "not": "!x",
    "global": "nothing: a name of a cell is known in all cells",
    "nonlocal": "nothing: closures change what is around them",
    "goto": "a func and return",
    "error": "$0 in deferred.catch { $0.kind }; as error it is known in the body of a catch",
    "group": "group \"/path\" { … }, with a text in quotes",
    "websocket": socketing, "webSocket": socketing, "WebSocket": socketing,
    "before": "before { … }, with its body on the same line",
    "notFound": "notFound { … }, with its body on the same line",
    "onError": "onError { … }, with its body on the same line",
    "middleware": surrounding, "use": surrounding, "filter": "before { … }, or xs.filter { … }",
    "errorHandler": "onError { … }", "errorhandler": "onError { … }", "mount": "group \"/path\" { … }",
    "app": routing, "router": routing, "server": routing, "express": routing, "flask": routing,
    "Flask": routing, "klein": routing, "Klein": routing, "FastAPI": routing, "Vapor": routing,
    "Hummingbird": routing, "gatherResults": "all([a, b])", "DeferredList": "settled([a, b])",
    "Deferred": "deferred()",
    "reactor": "after(2s) { … }, every(5s) { … }", "treq": "get(url)",
  ]

  private static let routing = "route GET \"/path\" { … }; the server of the notebook runs already"

  private static let socketing = "socket \"/path\" { ws in … }"

  private static let surrounding =
    "before { … } for what runs before the routes, after { … } for what changes answers"

  private static let swift: [String: String] = [
    "Thread": "await sleep(5s), async { … }", "RunLoop": "await sleep(5s)", "usleep": "await sleep(5ms)",
    "Float": "Double(x)", "Float32": "Double(x)", "CGFloat": "Double(x)", "Int64": "Int(x)",
    "Int32": "Int(x)",
    "UInt": "Int(x)", "UInt8": "Int(x)", "Set": "xs.uniqued()", "Character": "a String of one character",
    "Range": "0..<n, or 1...n", "Substring": "a String", "URL": "a String", "Data": "Bytes(x)",
    "UUID": "uuid()", "Result": "do { … } catch { … }", "Optional": "nil, or the value itself",
    "Duration": "2s, 250ms, 5m", "TimeInterval": "2s, 250ms, 5m", "Calendar": "date.year, date.weekday, …",
    "DateFormatter": "date.formatted(\"yyyy-MM-dd\")", "ISO8601DateFormatter": "date.iso8601, Date(text)",
    "NumberFormatter": "x.formatted(decimals: 2)", "Regex": "text.contains(part), text.ranges(of: part)",
    "URLSession": "get(url)", "URLRequest": "get(url)", "JSONDecoder": "json(text)",
    "JSONEncoder": "toJSON(value)", "JSONSerialization": "json(text) and toJSON(value)",
    "Task": "async { … }",
    "TaskGroup": "all([a, b])", "withTaskGroup": "all([a, b])", "Timer": "every(5s) { … }",
    "DispatchQueue": "after(2s) { … }, async { … }", "swap": "let c = a; a = b; b = c, or xs.swapAt(0, 1)",
    "debugPrint": "print(repr(value))", "dump": "print(toJSON(value, pretty: true))",
    "fatalError": "throw \"…\"", "preconditionFailure": "throw \"…\"",
    "assert": "expect(condition, \"…\")", "precondition": "expect(condition, \"…\")",
    "assertionFailure": "throw \"…\"", "readLine": "a cell: there is no input here",
    "sequence": "a while loop", "repeatElement": "Array(repeating: x, count: n)",
    "isKnownUniquelyReferenced": "a == b",
  ]

  private static let python: [String: String] = [
    "len": "xs.count", "str": "String(x)", "int": "Int(x)", "float": "Double(x)", "bool": "Bool(text)",
    "list": "Array(x)",
    "request": "route \"/path\" { request.path }: a request is there in the body of a route",
    "dict": "[:]",
    "tuple": "[a, b]", "set": "xs.uniqued()", "frozenset": "xs.uniqued()",
    "bytes": "Bytes(x)", "bytearray": "Bytes(x)", "range": "0..<n", "enumerate": "xs.enumerated()",
    "isinstance": "type(of: x)", "map": "xs.map { … }", "filter": "xs.filter { … }",
    "reduce": "xs.reduce(0, +)",
    "sorted": "xs.sorted()", "reversed": "xs.reversed()", "sum": "xs.sum()", "any": "xs.contains { … }",
    "ord": "text.scalars[0]", "chr": "String(scalars: [65])", "hex": "String(n, radix: 16)",
    "bin": "String(n, radix: 2)", "oct": "String(n, radix: 8)",
    "divmod": "a.quotientAndRemainder(dividingBy: b)",
    "input": "a cell: there is no input here", "format": "x.formatted(decimals: 2)",
    "math": "sqrt(x), floor(x), …",
    "callable": "type(of: x) == \"Function\"", "requests": "get(url)", "httpx": "get(url)",
    "aiohttp": "get(url)", "datetime": "now()", "time": "now(), elapsed { … }",
    "asyncio": "async { … }, all([a, b])", "threading": "async { … }",
    "re": "text.contains(part), text.ranges(of: part)", "os": "env(\"NAME\", \"default\")",
    "hashlib": "sha256(text)", "base64": "text.base64Encoded(), Bytes(base64: text)",
    "webbrowser": "open(\"/path\")", "Exception": "Error(\"…\")", "ValueError": "Error(\"…\")",
  ]

  private static let javaScript: [String: String] = [
    "console": "print(value)", "typeof": "type(of: x)", "fetch": "get(url)", "axios": "get(url)",
    "JSON": "json(text) and toJSON(value)", "setTimeout": "after(2s) { … }", "setInterval": "every(5s) { … }",
    "setImmediate": "async { … }", "clearTimeout": "deferred.cancel()", "clearInterval": "timer.stop()",
    "Promise": "deferred(), or async { … }", "Math": "sqrt(x), floor(x), Double.pi, random()",
    "Number": "Int(x), or Double(x)",
    "Boolean": "x != nil", "Object": "d.keys, d.values, Array(d)", "Map": "[:]", "Symbol": "a String",
    "RegExp": "text.contains(part), text.ranges(of: part)", "parseInt": "Int(text)",
    "parseFloat": "Double(text)",
    "isNaN": "x.isNaN", "isFinite": "x.isFinite", "NaN": "Double.nan", "Infinity": "Double.infinity",
    "undefined": "nil", "null": "nil", "None": "nil", "True": "true", "False": "false", "this": "a variable",
    "encodeURIComponent": "text.percentEncoded()", "decodeURIComponent": "text.percentDecoded()",
    "encodeURI": "text.percentEncoded()", "structuredClone": "json(toJSON(value))",
    "crypto": "uuid(), sha256(text)",
    "atob": "Bytes(base64: text)", "btoa": "text.base64Encoded()", "process": "env(\"NAME\", \"default\")",
    "require": "nothing: there are no modules", "alert": "print(value)",
  ]
}
