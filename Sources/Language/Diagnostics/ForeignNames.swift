/// Functions and objects that people know from other languages and prompts, and what to write here.
public enum ForeignNames {
  /// What to write in place of a name that is not defined; nil where nothing is known of it.
  public static func advice(on name: String) -> String? { instead[name].map { "write \($0)" } }

  private static let instead: [String: String] = [
    "route": "route \"/path\" { … }", "quit": "%quit", "exit": "%quit", "help": "%help",
    "console": "print(value)", "echo": "print(value)", "puts": "print(value)", "printf": "print(value)",
    "len": "xs.count", "str": "String(x)", "int": "Int(x)", "float": "Double(x)", "list": "Array(x)",
    "dict": "[:]", "tuple": "[a, b]", "range": "0..<n", "enumerate": "xs.enumerated()",
    "isinstance": "type(of: x)",
    "typeof": "type(of: x)", "fetch": "get(url)", "requests": "get(url)", "treq": "get(url)",
    "axios": "get(url)",
    "JSON": "json(text) and toJSON(value)", "setTimeout": "after(2s) { … }", "setInterval": "every(5s) { … }",
    "callLater": "after(2s) { … }", "deferLater": "after(2s) { … }", "LoopingCall": "every(5s) { … }",
    "Deferred": "deferred()", "Promise": "deferred(), or async { … }", "gatherResults": "all([a, b])",
    "DeferredList": "settled([a, b])", "Task": "async { … }", "reactor": "after(2s) { … }, every(5s) { … }",
    "webbrowser": "open(\"/path\")", "datetime": "now()", "atob": "Bytes(base64: text)",
    "btoa": "text.base64Encoded()", "time": "now(), elapsed { … }",
    "Math": "sqrt(x), floor(x), …",
    "Set": "xs.uniqued()", "Character": "a String of one character", "URL": "a String", "Data": "Bytes(x)",
    "fatalError": "throw \"…\"", "assert": "expect(condition, \"…\")",
    "precondition": "expect(condition, \"…\")",
    "readLine": "a cell: there is no input here", "Duration": "2s, 250ms, 5m",
  ]
}
