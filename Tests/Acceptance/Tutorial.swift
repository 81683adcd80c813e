import Foundation
import TestSupport
import Testing

/// A tutorial notebook and what its pages say: the one that people read, or a copy of it with other paths, texts,
/// numbers and delays, so that nothing can be answered by heart.
struct Tutorial: Sendable, CustomTestStringConvertible {
  let name: String
  /// The cells file.
  let path: String

  // Paths, without the slash at their end.
  var greet = "/greet"
  var ip = "/ip"
  var compare = "/compare"
  var fasterCompare = "/faster-compare"
  var add = "/add"
  var add4 = "/add4"
  var fastAdd4 = "/fast-add4"
  var count = "/count"
  var loops = "/loops"
  var block = "/block"
  var unblock = "/unblock"

  // Texts.
  var hello = "Hello, everybody!"
  var greetingStart = "Hello "
  var greetingEnd = "!"
  var from = "From "
  var same = "These are the same:"
  var unblocked = "OK "

  // Numbers.
  var countStep = 1
  var loopStep = 1
  var addends = [3, 4, 9, 14]

  // Delays in seconds.
  var backendDelay = 10.0
  var addDelay = 2.0
  var loopInterval = 5.0

  var testDescription: String { name }

  func greeting(_ user: String) -> String { greetingStart + user + greetingEnd }

  var sum: Int { addends.reduce(0, +) }
  /// What `/add4` and its like take: the four numbers.
  var fourAddends: String { addends.map(String.init).joined(separator: "/") }

  static let original = Tutorial(
    name: "the tutorial", path: BuiltProgram.packageFolder + "/cells/tutorial.cells")
  static let varied = makeVaried()
  static let both = [original, varied]

  private init(name: String, path: String) {
    self.name = name
    self.path = path
  }
}

// MARK: The copy

extension Tutorial {
  /// What makes the copy: `ROUTEBOOK_SEED`, else by chance; a failure can be had again with the seed that was printed.
  private static func makeVaried() -> Tutorial {
    let given = ProcessInfo.processInfo.environment["ROUTEBOOK_SEED"].flatMap { UInt64($0) }
    let seed = given ?? UInt64.random(in: 1...999_999)
    print("the varied tutorial: ROUTEBOOK_SEED=\(seed), program: \((try? BuiltProgram.path()) ?? "none")")
    var random = SeededGenerator(seed: seed)
    let folder = Serving.folder
    let path = folder + "/varied-\(seed).cells"
    var copy = Tutorial(name: "a copy with seed \(seed)", path: path)
    copy.vary(&random)
    let text: String
    do {
      text = try copy.rewritten(String(contentsOfFile: original.path, encoding: .utf8), &random)
    } catch {
      // A notebook that says so where it is run: in the tests that need it, and only there.
      text = "throw Error(#\"\(error)\"#)\n"
    }
    try? FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    try? text.write(toFile: path, atomically: true, encoding: .utf8)
    return copy
  }

  private mutating func vary(_ random: inout SeededGenerator) {
    var taken: Set<String> = []
    func path() -> String {
      while true {
        let word = random.word()
        if taken.insert(word).inserted { return "/" + word }
      }
    }
    (greet, ip, compare, fasterCompare) = (path(), path(), path(), path())
    (add, add4, fastAdd4, count) = (path(), path(), path(), path())
    (loops, block, unblock) = (path(), path(), path())
    hello = "\(random.word()), \(random.word())! ✓"
    greetingStart = "\(random.word()) — "
    greetingEnd = "?\(random.word())"
    from = "\(random.word()): "
    same = "\(random.word()) "
    unblocked = "\(random.word())→"
    countStep = random.next(in: 2...90)
    loopStep = random.next(in: 2...90)
    addends = (0..<4).map { _ in random.next(in: 1...5_000) }
    backendDelay = Double(random.next(in: 1_500...3_000)) / 1_000
    addDelay = Double(random.next(in: 1_000...2_000)) / 1_000
    loopInterval = Double(random.next(in: 1_000...3_000)) / 1_000
  }

  /// The text of the tutorial with this copy's paths, texts, numbers and delays.
  private func rewritten(_ text: String, _ random: inout SeededGenerator) throws -> String {
    let stand = "/" + random.word() + "x"
    var text = text
    func replace(_ old: String, _ new: String) throws {
      guard text.contains(old) else {
        throw RunningProgram.Failure(description: "the tutorial does not have \(old) any more")
      }
      text = text.replacing(old, with: new)
    }
    try replace("Hello, everybody!", hello)
    try replace("\"Hello \\(user.uppercased())!\"", "\"\(greetingStart)\\(user.uppercased())\(greetingEnd)\"")
    try replace("/greet/", greet + "/")
    try replace("\"/httpbin", "\"" + stand)
    try replace("/delay/10", "/delay/\(backendDelay)")
    try replace("/delay/", "/\(random.word())y/")
    try replace("/ip\"", ip + "\"")
    try replace("\"From \\(", "\"\(from)\\(")
    try replace("\"/compare\"", "\"\(compare)\"")
    try replace("\"/faster-compare\"", "\"\(fasterCompare)\"")
    try replace("These are the same:", same)
    try replace("after(2s) { a + b }", "after(\(Int(addDelay * 1_000))ms) { a + b }")
    try replace("\"/add/", "\"\(add)/")
    try replace("\"/add4/", "\"\(add4)/")
    try replace("\"/fast-add4/", "\"\(fastAdd4)/")
    try replace("counter += 1\n", "counter += \(countStep)\n")
    try replace("\"/count\"", "\"\(count)\"")
    try replace("loops += 1 }", "loops += \(loopStep) }")
    try replace("every(5s)", "every(\(Int(loopInterval * 1_000))ms)")
    try replace("\"/loops\"", "\"\(loops)\"")
    try replace("\"/block\"", "\"\(block)\"")
    try replace("\"/unblock/", "\"\(unblock)/")
    try replace("\"OK \\(", "\"\(unblocked)\\(")
    return text
  }
}

extension SeededGenerator {
  fileprivate mutating func next(in range: ClosedRange<Int>) -> Int {
    range.lowerBound + Int(next() % UInt64(range.count))
  }

  fileprivate mutating func word() -> String {
    let letters = Array("abcdefghijklmnopqrstuvwxyz")
    return String((0..<next(in: 4...9)).map { _ in letters[next(in: 0...25)] })
  }
}
