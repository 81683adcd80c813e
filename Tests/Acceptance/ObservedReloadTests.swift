import Glibc
import TestSupport
import Testing

/// What cells change of what a guard reads, by whatever way they come to it, is taken back when the cell is gone, has
/// another text or fails, as after a start.
@Suite struct ObservedReloadTests {
  struct Way: CustomTestStringConvertible, Sendable {
    /// Declares `users`, each with `tokens`, and what else it takes.
    let first: String
    /// Lets in whoever has the token `old`.
    let letsIn: [String]
    var testDescription: String { letsIn.joined(separator: " / ").replacing("\n", with: "; ") }
  }

  private static let users = "let users = [[\"n\": \"u\", \"tokens\": []]]"

  static let ways: [Way] = [
    .init(
      first: """
        let users = []
        let byName = [:]
        func addUser(name) {
          let user = ["n": name, "tokens": []]
          users.append(user)
          byName[name] = user
          return user
        }
        let ann = addUser("ann")
        """, letsIn: ["ann.tokens.append(\"old\")"]),
    .init(
      first: "let users = []\nlet all = []\nfunc register(u) {\n  users.append(u)\n  all.append(u)\n}",
      letsIn: ["let u = [\"tokens\": []]\nregister(u)", "u.tokens.append(\"old\")"]),
    .init(
      first: users + "\nfunc put(d, k, v) { d[k] = v }\nlet index = [:]",
      letsIn: ["put(index, \"u\", users[0])", "index.u.tokens.append(\"old\")"]),
    .init(
      first: users + """

        let listeners = [:]
        func on(event, f) { listeners[event, default: []].append(f) }
        func emit(event, x) { for f in listeners[event, default: []] { f(x) } }
        on("grant") { token in users[0].tokens.append(token) }
        """, letsIn: ["emit(\"grant\", \"old\")"]),
    .init(
      first: users + """

        func store(list) { ["add": { t in list[0].tokens.append(t) }] }
        func repository(s) { ["grant": { t in s.add(t) }] }
        let repo = repository(store(users))
        """, letsIn: ["repo.grant(\"old\")"]),
    .init(
      first: users + "\nlet commands = [\"grant\": { u, t in u.tokens.append(t) }]\nlet name = \"grant\"",
      letsIn: ["commands[name](users[0], \"old\")"]),
    .init(
      first: users, letsIn: ["let found = await after(1ms) { users[0] }\nfound.tokens.append(\"old\")"]),
    .init(
      first: users,
      letsIn: ["for u in await all(users.map { u in async { u } }) {\n  u.tokens.append(\"old\")\n}"]),
    .init(first: users, letsIn: ["after(0s) { [users].map { $0[0] }[0].tokens.append(\"old\") }"]),
  ]

  @Test(arguments: ways) func whomACellLetInIsRefusedWhenTheFileLetsInNobody(_ way: Way) async throws {
    try await onOwnThread {
      func cells(_ letsIn: [String]) -> [String] {
        [
          way.first,
          """
          group "/in" {
            before {
              if !users.contains({ u in u.tokens.contains(request.headers["x-t"]) }) { throw httpError(401) }
            }
            route "/" { "in" }
          }
          """,
        ] + letsIn
      }
      let edited = try EditedFile(cells(way.letsIn))
      func status() throws -> Int { try edited.serving.ask("/in", headers: [("x-t", "old")]).status }
      func waitUntilLetIn() throws {
        let end = ContinuousClock.now + .seconds(20)
        while try status() != 200, .now < end { usleep(20_000) }
        #expect(try status() == 200)
      }
      let none = way.letsIn.map { _ in "1" }
      try waitUntilLetIn()
      // Another text.
      try edited.write(cells(none))
      try edited.told("reloaded: ", times: 1)
      #expect(try status() == 401)
      // A text that is new.
      try edited.write(cells(way.letsIn))
      try edited.told("reloaded: ", times: 2)
      try waitUntilLetIn()
      // One that fails when it has let somebody in.
      try edited.write(cells(way.letsIn.dropLast() + [way.letsIn[way.letsIn.count - 1] + "\n[1][9]"]))
      try edited.told("reloaded: ", times: 3)
      #expect(try [401, 503].contains(status()))
      try edited.write(cells(way.letsIn))
      try edited.told("reloaded: ", times: 4)
      try waitUntilLetIn()
      // None at all.
      try edited.write(cells([]))
      try edited.told("reloaded: ", times: 5)
      #expect(try status() == 401)
      try edited.serving.stop()
    }
  }

  /// A new cell that fills what a guard reads, by whatever way, of what a cell further down has changed has it as at a start.
  @Test(arguments: [
    "func signIn(name) { store.put(name) }", "let s = store\nfunc signIn(name) { s[\"put\"](name) }",
  ])
  func whatANewCellFillsIsMadeOfWhatAStartWouldHave(signIn: String) async throws {
    try await onOwnThread {
      let cells = [
        "let team = [\"ann\"]",
        """
        func Store() {
          let d = [:]
          ["put": { k in d[k] = true; nil }, "get": { k in d[k] }]
        }
        let store = Store()
        """, signIn, "1",
        """
        group "/in" {
          before { if store.get(request.headers["x-t"] ?? "") == nil { throw httpError(401) } }
          route "/" { "in" }
        }
        """, "team.append(\"eve\")",
      ]
      let edited = try EditedFile(cells)
      var next = cells
      next[3] = "for name in team { signIn(name) }"
      try edited.write(next)
      try edited.told("reloaded: ")
      func status(_ name: String) throws -> Int {
        try edited.serving.ask("/in", headers: [("x-t", name)]).status
      }
      #expect(try [status("ann"), status("eve")] == [200, 401])
      try edited.serving.stop()
    }
  }

  /// What a route changes of the user of a request goes with the route.
  @Test func whatARouteHasChangedOfTheUserOfARequestGoesWithIt() async throws {
    try await onOwnThread {
      let cells = [
        "let users = [[\"n\": \"ann\", \"tokens\": [\"ann\"]]]",
        """
        group "/in" {
          before {
            let user = users.first { $0.tokens.contains(request.headers["x-t"]) }
            if user == nil { throw httpError(401) }
            request.state.user = user
          }
          route "/" { "in" }
        }
        """,
        "group \"/in\" { route POST \"/tokens\" { request.state.user.tokens.append(request.text); 1 } }",
      ]
      let edited = try EditedFile(cells)
      func status(_ token: String) throws -> Int {
        try edited.serving.ask("/in", headers: [("x-t", token)]).status
      }
      let added = try edited.serving.ask(
        "/in/tokens", method: "POST", headers: [("x-t", "ann")], body: "extra")
      #expect(try added.status == 200 && status("extra") == 200)
      try edited.write(Array(cells.dropLast()))
      try edited.told("reloaded: cell 1 (anew, for a guard) in ")
      #expect(try status("extra") == 401 && status("ann") == 200)
      try edited.serving.stop()
    }
  }

  /// By whatever address and functions a route came to fill a variable, the cell asks it again where that begins anew.
  @Test func aCellAsksARouteAgainWhateverItsAddress() async throws {
    try await onOwnThread {
      let cells = [
        "let items = [\"first\"]", "let address = [\"/items\"]",
        "func keep(list, item) { list.append(item) }\nroute POST \"/items\" { keep(items, request.text); 1 }",
        "await post(address[0], body: \"asked\")", "route \"/\" { items }",
      ]
      let edited = try EditedFile(cells)
      #expect(try edited.text("/") == #"["first","asked"]"#)
      try edited.write(["let items = [\"second\"]"] + cells.dropFirst())
      try edited.told("reloaded: cells 1, 4 (depends on 1) in ")
      #expect(try edited.text("/") == #"["second","asked"]"#)
      try edited.serving.stop()
    }
  }

  /// What only looks like a change, as the table of a memo that remembers users, takes nothing from clients.
  @Test func whatClientsHavePutInStaysWhereACellHasChangedNothingOfIt() async throws {
    try await onOwnThread {
      func cells(_ text: String) -> [String] {
        [
          "let users = [[\"name\": \"root\", \"token\": \"root\"]]",
          """
          func memo(f) {
            let cache = [:]
            return { k in
              if cache[k] == nil { cache[k] = f(k) }
              cache[k]
            }
          }
          let lookup = memo { n in users.first { $0.name == n } }
          """,
          """
          group "/in" {
            before {
              if users.first(where: { $0.token == request.headers["x-t"] }) == nil { throw httpError(401) }
            }
            route "/" { "in" }
          }
          route POST "/signup" {
            users.append(["name": "c", "token": request.text])
            "ok"
          }
          """, "print(lookup(\"root\").name, \"\(text)\")",
        ]
      }
      let edited = try EditedFile(cells("one"))
      #expect(try edited.serving.ask("/signup", method: "POST", body: "mine").status == 200)
      try edited.write(cells("two"))
      try edited.told("reloaded: cell 4 in ")
      #expect(try edited.serving.ask("/in", headers: [("x-t", "mine")]).status == 200)
      try edited.serving.stop()
    }
  }
}
