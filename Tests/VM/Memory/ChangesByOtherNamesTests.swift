import Testing

@testable import VM

/// What is changed by another name than its own, by way of functions, closures, lists and what these hold.
@Suite struct ChangesByOtherNamesTests {
  /// The names through which something can be reached that the last of some runs has changed.
  private func changed(_ runs: String...) throws -> Set<String> {
    let host = ScriptHost()
    host.machine.notesChanges = true
    for (place, text) in runs.enumerated() {
      let result = try host.run(text, cell: place + 1, owner: UInt32(place + 1))
      #expect(!result.hasPrefix("error"), "\(text)")
    }
    return host.machine.heldByGlobals(first: [], effort: 100_000).changes
      .filter { $0.key.owner == UInt32(runs.count) }.reduce(into: []) { $0.formUnion($1.value) }
  }

  private static let users = """
    let users = [["n": 1, "tokens": []], ["n": 2, "tokens": []]]
    let other = users
    func find(n) { users[n] }
    func all() { users }
    func sorted() { users.sorted { $0.n < $1.n } }
    func give(list) { let l = list; l.append(1) }
    func pick(list) { list.first }
    func show(list) { list.count }
    func names() { users.map { $0.n } }
    func summary() { ["n": users.count] }
    func counts() { let c = [:]; for u in users { c[u.n] = 1 }; c }
    func copy(list) { list.map { $0 } }
    """

  @Test(arguments: [
    "for u in users { u.tokens.append(1) }", "users.forEach { u in u.tokens.append(1) }",
    "if let u = users.first(where: { $0.n == 1 }) { u.tokens.append(1) }",
    "users.first { $0.n == 1 }.tokens.append(1)", "for (n, u) in users.enumerated() { u.n = n }",
    "users.map { u in u.n = 1 }", "find(1).tokens.append(1)", "let ann = users[0]\nann.tokens.append(1)",
    "let ann = users[0]\nlet t = ann.tokens\nt.append(1)", "other.append(1)",
    "func grant(list, name) { list.append(name) }\ngrant(users, 1)", "give(users)",
    "func both(a) { give(a) }\nboth(users)", "func fill(d = users) { d[0] = 1 }\nfill()",
    "[1].reduce(into: users) { all, x in all.append(x) }", "all()[0] = 1", "(true ? users : []).append(1)",
    "[users][0].append(1)", "after(1s) { for u in users { u.n = 1 } }", "async { give(users) }",
    // A new list of the same elements.
    "let some = users.filter { $0.n == 1 }\nfor u in some { u.n = 2 }",
    "users.sorted { $0.n < $1.n }[0].n = 2", "let l = Array(users)\nl.removeLast().n = 3",
    "users.map { $0 }[0].n = 3", "users.flatMap { [$0] }[0].n = 3", "let l = users + []\nl[0].n = 3",
    "let l = users[0..<1]\nl[0].n = 3", "for page in users.chunks(ofCount: 2) { for u in page { u.n = 1 } }",
    "sorted()[0].n = 3",
    // A function by its name, and one that is given a function.
    "func mark(u) { u.n = 1 }\nusers.forEach(mark)", "let mark = { u in u.n = 1 }\nusers.forEach(mark)",
    "func mark(n, u) { u.n = n }\nmark(2, u: users[0])",
    "func with(n, f) { f(users[n]) }\nwith(1) { u in u.n = 1 }",
    "func each(list, f) { for x in list { f(x) } }\nfunc mark(u) { u.n = 1 }\neach(users, mark)",
    "do { func mark(u) { u.n = 1 }\n mark(users[0]) }", "pick(pick([users])).tokens.append(1)",
    // What holds it, or elements of it.
    "let by = [:]\nfor u in users { by[u.n] = u }\nby[1].n = 2",
    "let box = []\nbox.append(users[0])\nbox[0].n = 3",
    "let db = [\"users\": users]\ndb.users.append(1)",
    "func box() { let b = []; b.append(users[0]); return b }\nbox()[0].n = 3",
    "let u = await async { users[0] }\nu.n = 3", "let l = []\nl.append([\"u\": users[0]])\nl[0].u.n = 3",
  ])
  func whatIsChangedByAnotherNameIsNoted(_ text: String) throws {
    #expect(try changed(Self.users, text).contains("users"))
  }

  @Test(arguments: [
    "var n = users.count\nn += 1", "let l = users.map { $0.n }\nl.append(1)", "expect(find(1).n == 2)",
    "show(users)", "for u in users { let t = u.n }", "let list = Array(users)\nlist.append(1)",
    // What is made anew of it.
    "let t = users.reduce(into: [:]) { d, u in d[u.n] = 1 }\nt[2] = 3",
    "users.map { $0.n }.reduce(into: [:]) { $0[$1, default: 0] += 1 }",
    "let l = users.grouped { $0.n }\nl[1] = []", "let l = users.chunks(ofCount: 2)\nl.append([])",
    "let l = names()\nl.append(1)", "let l = summary()\nl.n = 1", "let l = counts()\nl[5] = 1",
    "let box = []\nbox.append(users[0])\nbox.removeAll()",
    "let l = users.map { u in u.filter { k, v in k != 1 } }\nl[0].n = 1",
    "let jobs = []\nfor u in users { jobs.append([\"to\": u.n]) }\njobs.removeFirst().done = true",
    // What is assigned, and functions that are only kept.
    "var newest = nil\nafter(1s) { newest = users.last }", "let api = [\"reset\": { users.removeAll() }]",
    "func api() { return { users.removeAll() } }", "copy(users).append(1)",
  ])
  func whatIsOnlyReadIsNot(_ text: String) throws {
    #expect(try !changed(Self.users, text).contains("users"))
  }

  /// What functions hold that a value has, as the dictionary of a store of which `add` and `has` know alone.
  @Test(arguments: [
    ("let d = [:]\n[\"add\": { k in d[k] = true; nil }, \"has\": { k in d[k] ?? false }]", "store.add(1)"),
    ("let d = []\n[\"add\": { d.append($0) }]", "let add = store.add\nadd(1)"),
    ("let d = []\n[\"add\": { d.append($0) }]", "for name in [\"add\"] { store[name](1) }"),
    ("let d = []\n[\"add\": { d.append($0) }]", "after(1s) { store.add(1) }"),
    ("let d = []\n[\"add\": { d.append($0) }]", "[1, 2].forEach(store.add)"),
    (
      "let d = []\n[\"add\": { list in list.forEach { d.append($0) } }]",
      "func fill(s) { s.add([1]) }\nfill(store)"
    ),
    (
      "let d = [\"a\": [\"n\": 0]]\n[\"add\": { k in if let one = d[k] { one.n += 1 } }]",
      "store[\"add\"](\"a\")"
    ),
    ("let me = [\"n\": 1]\nme.add = { me.n += $0 }\nme", "[store][0].add(1)"),
    (
      "var n = 0\nfunc add(k) { n += k }\nreturn [\"add\": add, \"has\": { n > 0 }]",
      "for k in [1, 2] { store.add(k) }"
    ),
    (
      "let d = [:]\nfunc put(k) { d[k] = true }\nfunc add(k) { if k > 0 { put(k) } }\nlet own = [:]\nown.add = add\nown",
      "store.add(1)"
    ),
    ("func part() { let d = []; return [\"add\": { d.append($0) }] }\n[\"a\": part()]", "store.a.add(1)"),
    (
      "let d = []\nlet own = [:]\nfor name in [\"add\"] { own[name] = { k in d.append(k) } }\nown",
      "store.add(1)"
    ),
    ("var n = 0\nreturn { n += 1; n }", "store()"),
    ("var n = 0\nlet f = { n += 1 }\nif true { f } else { nil }", "let next = store\nnext()"),
  ])
  func whatFunctionsHoldIsOfWhatHasThem(_ maker: String, _ call: String) throws {
    let found = try changed("func make() {\n\(maker)\n}\nlet other = []\nlet store = make()", call)
    #expect(found.contains("store") && !found.contains("other"))
  }

  /// A dictionary of functions over a variable of the notebook, or over what they are given.
  @Test(arguments: [
    ("let perms = [\"grant\": { k in allow[k] = true; nil }]", "perms.grant(1)"),
    ("func grant(k) { allow[k] = true }\nlet perms = [\"grant\": grant]", "perms.grant(1)"),
    ("func make() { [\"grant\": { k in allow[k] = true; nil }] }\nlet perms = make()", "perms.grant(1)"),
    ("let perms = [:]\nperms[\"grant\"] = { k in allow[k] = true }", "[1].forEach(perms.grant)"),
    ("let perms = [\"grant\": { k in allow[k] = true }]\nfunc give(k) { perms.grant(k) }", "give(1)"),
    ("let perms = [\"grant\": { u, t in u[t] = true }]", "perms.grant(allow, 1)"),
  ])
  func whatAMemberChangesOfOthersIsTheCallers(_ maker: String, _ call: String) throws {
    #expect(try changed("let allow = [:]", maker) == [])
    #expect(try changed("let allow = [:]", maker, call) == ["allow"])
  }
}
