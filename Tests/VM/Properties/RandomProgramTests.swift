import Foundation
import Language
import Mangling
import Testing

@testable import VM

/// The compiler and the machine against an evaluator that has nothing in common with them but the tree.
struct RandomProgramTests {
  static var count: Int {
    Int(environmentFlag("ROUTEBOOK_PROGRAMS") ?? "") ?? (ScriptHost.isStressed ? 60 : 1_500)
  }

  @Test func programsGiveWhatANaiveEvaluatorGives() throws {
    var compared = 0
    var failed = 0
    var seed: UInt64 = 1
    while seed <= UInt64(Self.count) {
      defer { seed += 1 }
      let text = ProgramGenerator.program(seed: seed)
      let parsed = Parser.parse(SourceText(cell: 1, text: text))
      if let problem = parsed.diagnostics.first(where: { $0.severity == .error }) {
        Issue.record("program \(seed) does not parse: \(problem.message)\n\(text)")
        continue
      }
      let walker = TreeWalker()
      guard let expected = try? walker.run(parsed.program) else { continue }
      let host = ScriptHost()
      let result = try host.run(text)
      compared += 1
      if expected.hasPrefix("error") { failed += 1 }
      #expect(result == expected, "program \(seed):\n\(text)")
      #expect(host.output == walker.output, "program \(seed):\n\(text)")
      if result != expected || host.output != walker.output { return }
    }
    // The generator must not drift into making what the evaluator gives up on.
    #expect(compared * 4 > Self.count * 3, "only \(compared) of \(Self.count) programs could be compared")
    // …nor into making nothing but errors.
    #expect(failed * 10 < compared * 8, "\(failed) of \(compared) programs failed")
  }

  /// The formatter may move what it likes as long as the program stays the same.
  @Test func formattedProgramsGiveTheSame() throws {
    for seed in 1...UInt64(Self.count / 5) {
      let text = ProgramGenerator.program(seed: seed)
      let formatted = try SourceFormatter.format(SourceText(cell: 1, text: text))
      #expect(
        try SourceFormatter.format(SourceText(cell: 1, text: formatted)) == formatted, "program \(seed)")
      let (host, other) = (ScriptHost(), ScriptHost())
      // An error shows lines, which may be others.
      let (result, same) = (try host.run(text), try other.run(formatted))
      #expect(same == result && other.output == host.output, "program \(seed):\n\(text)\n\(formatted)")
    }
  }

  /// The same with comments and line ends in odd places, in lines of several widths.
  @Test func mangledProgramsKeepWhatTheyMean() {
    for seed in 1...UInt64(Self.count / 20) {
      let failure = FormattingProperties.failure(ofMangled: ProgramGenerator.program(seed: seed), seed: seed)
      #expect(failure == nil, "program \(seed): \(failure ?? "")")
    }
  }
}
