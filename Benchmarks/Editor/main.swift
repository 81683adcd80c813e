// How long a keystroke takes until it is seen: from the write of the key to the terminal until the last byte of the
// paint has come back. The program under test is the built `routebook` beside this one, in a cell of 200 lines, with a
// history of 10,000 entries.
import Glibc
import TestSupport

/// Keystrokes at each place.
let count = 2_100
/// What is typed there over and over: words, brackets and strings, then all of it deleted again. Every key of it
/// changes what is seen.
let typed = Array("let total = sum(items[0], \"a \\(b)\") + 12 ").map(String.init)
let round = typed + ["\u{1B}[D", "\u{1B}[D", "\u{1B}[C", "\u{1B}[C"] + typed.map { _ in "\u{7F}" }

let cell: String = {
  var lines: [String] = []
  for number in 0..<28 {
    lines += [
      "// Orders of customer \(number), the newest first.",
      "route GET \"/customers/\(number)/orders/<int:id>\" {",
      "    let orders = [[\"id\": id, \"total\": \(number) * 2.5], [\"id\": 2, \"total\": 10]]",
      "    let large = orders.filter { $0[\"total\"] > \(number) }.map { order in order[\"id\"] }",
      "    if large.isEmpty { throw httpError(404, \"no order \\(id) of \\(request.path)\") }",
      "    html \"<p class='order'>\\(large.map { \"<b>\\($0)</b>\" })</p>\"",
      "}",
    ]
  }
  return (lines + ["let a = 1", "let b = 2", "let c = 3", "a + b + c"]).joined(separator: "\n")
}()

func milliseconds(_ duration: Duration) -> String {
  let (seconds, attoseconds) = duration.components
  let microseconds = Int(seconds) * 1_000_000 + Int(attoseconds / 1_000_000_000_000)
  let digits = String(microseconds % 1_000)
  return "\(microseconds / 1_000).\(String(repeating: "0", count: 3 - digits.count))\(digits) ms"
}

func measure(_ place: String, _ terminal: PseudoTerminal) throws -> [Duration] {
  var times: [Duration] = []
  while times.count < count {
    for key in round { times.append(try terminal.timeToPaint(key)) }
  }
  report(place, times)
  return times
}

func report(_ place: String, _ times: [Duration]) {
  let sorted = times.sorted()
  let columns = [sorted[sorted.count / 2], sorted[sorted.count * 99 / 100], sorted[sorted.count - 1]]
  let name = place + String(repeating: " ", count: max(0, 8 - place.count))
  print(
    "\(name)  \(times.count) keys   median \(milliseconds(columns[0]))   p99 \(milliseconds(columns[1]))   max \(milliseconds(columns[2]))"
  )
}

func run() throws {
  let home = TemporaryFolder()
  home.write((0..<10_000).map { "let entry\($0) = \($0)\\nentry\($0) + 1\n" }.joined(), to: "history")
  mkdir(home.path + "/routebook", 0o700)
  rename(home.path + "/history", home.path + "/routebook/history")
  let program = try PseudoTerminal.builtProgram("routebook")
  let terminal = try PseudoTerminal(
    program, ["--port", "0", "--no-browser"],
    environment: ["HOME": home.path, "XDG_STATE_HOME": home.path, "PATH": "/usr/bin:/bin"],
    columns: 100, rows: 40)
  try terminal.wait(for: "In [1]:")
  try terminal.paste(cell)
  try terminal.wait(for: "a + b + c")

  var all = try measure("end", terminal)
  for _ in 0..<100 { _ = try terminal.timeToPaint("\u{1B}[A") }
  all += try measure("middle", terminal)
  for _ in 0..<99 { _ = try terminal.timeToPaint("\u{1B}[A") }
  all += try measure("start", terminal)
  report("all", all)
}

do {
  try run()
} catch {
  print("\(error)")
  exit(1)
}
