import Dispatch
import KernelCore
import Testing

@testable import Console

/// Completion with a kernel behind it: by what values are, not by what texts look like.
@MainActor @Suite struct NotebookCompletionTests {
  /// A notebook that has run some cells.
  private final class Notebook: CompletionSource {
    let kernel: KernelHandle
    let completer = Completer()
    private var texts: [String] = []

    let patience: Duration
    var hasPage = false

    init(_ texts: String..., patience: Duration = .seconds(20)) throws {
      self.patience = patience
      var configuration = KernelConfiguration()
      configuration.isClockVirtual = true
      configuration.recordsTraces = true
      // What is tested is the answer, however busy this machine is.
      kernel = try KernelHandle(configuration, patience: patience) { _ in }
      completer.source = self
      for text in texts { run(text) }
    }

    deinit { kernel.shutDown(grace: .zero) }

    func run(_ text: String) {
      texts.append(text)
      let ended = DispatchSemaphore(value: 0)
      kernel.run(cell: texts.count, text: text) { result in
        #expect(result.isSuccess, "\(result.outcome)")
        ended.signal()
      }
      ended.wait()
    }

    let waiting = ["2", "GET /block"]
    var cells: [(number: Int, headline: String)] { texts.enumerated().map { ($0 + 1, $1) } }
    func variables(startingWith prefix: String) -> [VariableInfo]? { kernel.variables(startingWith: prefix) }
    func members(of path: ValuePath) -> ValueMembers? { kernel.members(of: path) }
    func routes() -> [RouteInfo]? { kernel.routesAtOnce() }
    func activities() -> [Activity]? { kernel.activitiesAtOnce() }
    func tracedPaths() -> [String]? { kernel.tracedPathsAtOnce() }
  }

  @Test func globalsAreExplainedByKindCellAndValue() throws {
    let notebook = try Notebook(
      "var visits = 42\nlet visitors = [\"Ada\"]", "func visit(place, at) { place }")
    #expect(
      notebook.completer.explained("visi") == [
        "visit | func, [2]: visit(place, at)", "visitors | let, [1]: [\"Ada\"]", "visits | var, [1]: 42",
      ])
    #expect(notebook.completer.completed("visit(1, a").first == "visit(1, at: ")
  }

  @Test func tracesAreNamedByTheirPaths() throws {
    let notebook = try Notebook(
      "route \"/pear\" { 1 }\nroute \"/peach\" { 2 }\nroute \"/plum\" { 3 }",
      "await get(\"/pear?ripe=1\"); await get(\"/peach\"); await get(\"/pear\")")
    #expect(
      notebook.completer.completed("%export trace /pea") == ["%export trace /pear", "%export trace /peach"])
    #expect(notebook.completer.completed("%diff /pea") == ["%diff /pear", "%diff /peach"])
    #expect(notebook.completer.completed("%diff /plum /pear") == ["%diff /plum /pear"])
    #expect(notebook.completer.completed("%diff /plum /pear /p") == [])
  }

  @Test(arguments: [
    ("user.", ["name", "age", "count"], ["uppercased", "append"]),
    ("user.name.", ["uppercased"], ["append", "name"]),
    ("users[0].", ["name", "count"], ["append"]),
    ("users.first.", ["name"], ["append"]),
    ("user[\"name\"].", ["uppercased"], ["append"]),
    ("user?.name.", ["uppercased"], ["append"]),
    ("Out[1].", ["append"], ["uppercased"]),
    ("_.", ["message", "code"], ["uppercased"]),
    ("(await fired).", ["uppercased"], ["then"]),
    ("await fired.", ["uppercased", "then"], ["append"]),
    ("fired.", ["then"], ["uppercased"]),
    ("timer.", ["stop"], ["uppercased"]),
    ("user.keys.", ["append"], ["uppercased"]),
    ("user.keys.first.", ["uppercased"], ["append"]),
    ("for u in users { u.", ["name"], ["append"]),
    ("users.filter { $0.age > 3 }.", ["append"], ["uppercased"]),
    ("users.map { u in u.", ["name"], ["append"]),
    ("users.filter { $0.", ["name"], ["append"]),
    ("users.reduce(0) { sum, u in u.", ["name"], ["append"]),
  ])
  func membersAreThoseOfTheValue(text: String, some: [String], none: [String]) throws {
    let notebook = try Notebook(
      "let user = [\"name\": \"Ada\", \"age\": 36]\nlet users = [user]\nusers",
      "let fired = deferred()\nfired.resolve(\"x\")\nlet timer = every(1s) { nil }",
      "Error(\"no\", fields: [\"code\": 7])")
    let found = notebook.completer.completed(text).map { String($0.dropFirst(text.count)) }
    #expect(Set(some).isSubset(of: found), "\(text)\(found)")
    #expect(Set(none).isDisjoint(with: found), "\(text)\(found)")
  }

  @Test(arguments: [
    ("\"text\".", "uppercased", "append"), ("[1, 2].", "append", "uppercased"),
    ("(1...3).", "lowerBound", "append"),
    ("2s.", "seconds", "append"), ("1.5.", "squareRoot", "append"), ("[\"a\": 1].", "keys", "append"),
    ("html \"<b>\".", "count", "append"), ("route \"/\" { request.", "query", "append"),
    ("route \"/<int:id>\" { id.", "isMultiple", "append"), ("await get(\"/\").", "status", "append"),
    ("let r = await get(\"/\")\nr.", "status", "then"), ("get(\"/\").", "then", "status"),
    ("deferred().", "resolve", "status"), ("now().", "iso8601", "append"),
    ("(now() - now()).", "seconds", "year"),
    ("Int.", "max", "append"), ("Double.", "pi", "append"), ("\"a b\".split().", "append", "uppercased"),
    ("\"a b\".split()[0].", "uppercased", "append"), ("[\"x\"].first.", "uppercased", "append"),
    ("do { } catch { error.", "message", "append"), ("\"a\".count.", "isMultiple", "append"),
    ("async { 1 }.", "then", "append"), ("Array(\"abc\").", "append", "uppercased"),
    ("let xs = [[1], [2]]\nfor x in xs { x.", "append", "uppercased"), ("every(1s) { 1 }.", "stop", "then"),
    ("sha256(\"a\").", "hexEncoded", "append"), ("(\"a\" + \"b\").", "uppercased", "append"),
    ("get(\"/\").then { r in r.", "status", "append"), ("get(\"/\").then { $0.", "status", "then"),
    ("sleep(1s).catch { e in e.", "message", "append"), ("\"abc\".map { $0.", "uppercased", "append"),
    ("[\"a\": \"x\"].a.", "uppercased", "append"), ("await get(\"/\").body.", "hexEncoded", "append"),
  ])
  func membersOfWhatHasNotRunAreThoseOfItsType(text: String, some: String, none: String) throws {
    let notebook = try Notebook()
    let found = notebook.completer.completed(text).map { String($0.dropFirst(text.count)) }
    #expect(found.contains(some), "\(text)\(found)")
    #expect(!found.contains(none), "\(text)\(found)")
  }

  @Test func whereTheTypeIsUnknownWhatSeveralTypesHaveIsProposed() throws {
    let notebook = try Notebook("func f() { print(\"must not run\"); 1 }")
    let found = notebook.completer.completed("f().")
    #expect(
      found.contains("f().count") && !found.contains("f().uppercased") && !found.contains("f().bitWidth"))
    #expect(notebook.completer.completed("f().upperc") == ["f().uppercased"])
    #expect(notebook.completer.completed("func g(x) { x.upperc") == ["func g(x) { x.uppercased"])
  }

  @Test func aLocalHidesAGlobal() throws {
    let notebook = try Notebook("let x = [1]")
    #expect(notebook.completer.completed("x.app") == ["x.append"])
    #expect(notebook.completer.completed("func f() { let x = \"\"; x.app") == [])
    #expect(notebook.completer.completed("let x = \"\"\nx.upp") == ["let x = \"\"\nx.uppercased"])
  }

  @Test func pathsAreTheRoutesThatAreServed() throws {
    let notebook = try Notebook(
      "route \"/\" { 1 }\nroute GET \"/items/<int:id>\" { id }\nroute PUT \"/items/<int:id>\" { id }",
      "route POST \"/items\" { 1 }")
    #expect(notebook.completer.completed("open(\"/i") == ["open(\"/items/"])
    #expect(
      notebook.completer.explained("open(\"/") == ["/ | / [1]", "/items/ | GET /items/<int:id> [1]"])
    #expect(notebook.completer.completed("await post(\"/i") == ["await post(\"/items"])
    #expect(notebook.completer.completed("redirect(to: \"/i") == ["redirect(to: \"/items/"])
    #expect(notebook.completer.completed("%put /i") == ["%put /items/"])
    #expect(notebook.completer.completed("%delete /") == ["%delete /"])
    #expect(notebook.completer.completed("print(\"/i") == [])
    notebook.completer.learn(from: ["route \"/gone\" { 1 }"])
    #expect(notebook.completer.completed("open(\"/g") == [], "what a kernel does not serve is no route")
  }

  @Test func aPathInQuotesIsClosedWhereItIsWhole() throws {
    let notebook = try Notebook("route \"/a b/fixed\" { 1 }\nroute \"/a b/of/<x>\" { x }")
    #expect(notebook.completer.completed("%get \"/a b/f") == ["%get \"/a b/fixed\""])
    #expect(notebook.completer.completed("%get \"/a b/o") == ["%get \"/a b/of/"])
    #expect(notebook.completer.completed("%get \"/a b/fixed tim") == [])
    #expect(notebook.completer.completed("%get \"/a b/fixed\" tim") == ["%get \"/a b/fixed\" timeout="])
    #expect(notebook.completer.completed("%get /a b/f") == ["%get /a%20b/fixed"])
  }

  @Test func commandsAreGivenCellsAndWhatGoesOn() throws {
    let notebook = try Notebook("let a = 1", "every(5s) { 1 }")
    #expect(
      notebook.completer.explained("%run ") == [
        "1 | let a = 1", "2 | every(5s) { 1 }", "all | all cells",
        "failed | the cells that did not succeed", "stale | the cells that would come to something else now",
      ])
    #expect(notebook.completer.completed("%run 1-").prefix(2) == ["%run 1-1", "%run 1-2"])
    #expect(notebook.completer.completed("%move 2 e") == ["%move 2 end"])
    #expect(notebook.completer.explained("%cancel ") == ["1 | timer every 5s"])
    #expect(notebook.completer.explained("%fg /b") == ["/block | in the background"])
    #expect(notebook.completer.explained("%trace s") == ["slowest | what took longest"])
    #expect(
      notebook.completer.explained("%trace ").prefix(2) == [
        "all | lists those that are kept", "slowest | what took longest",
      ])
  }

  /// A cell that computes holds no key up.
  @Test func aBusyKernelIsNotWaitedFor() throws {
    let notebook = try Notebook("let wonderful = \"\"", patience: .milliseconds(20))
    notebook.completer.learn(from: ["let wonderful = \"\"", "route \"/greet\" { 1 }"])
    let ended = DispatchSemaphore(value: 0)
    notebook.kernel.run(cell: 9, text: "while true { }") { _ in ended.signal() }
    let start = ContinuousClock.now
    #expect(notebook.completer.completed("wonderf") == ["wonderful"])
    #expect(notebook.completer.completed("open(\"/gr") == ["open(\"/greet"])
    #expect(notebook.completer.completed("%open /_") == [])
    notebook.hasPage = true
    #expect(notebook.completer.completed("%open /_") == ["%open /_routebook/"])
    #expect(notebook.completer.completed("%post /_") == [])
    #expect(notebook.completer.completed("wonderful.upperc") == ["wonderful.uppercased"])
    #expect(ContinuousClock.now - start < .seconds(1))
    notebook.kernel.interrupt()
    ended.wait()
    // On a busy machine an answer may take longer than the patience; the first that comes in time has the value.
    let known = ["wonderful | let, [1]: \"\""]
    #expect((0..<500).contains { _ in notebook.completer.explained("wonderf") == known })
  }
}
