import Testing

@testable import Console
@testable import KernelCore

/// What stands behind `%export trace`.
struct ExportArgumentsTests {
  @Test(arguments: [
    ("trace out.svg", TraceChoice.last, "out.svg"), ("trace 17 out.svg", .number(17), "out.svg"),
    ("trace /compare out.svg", .path("/compare"), "out.svg"), ("trace slowest a.SVG", .slowest, "a.SVG"),
    ("trace  /tmp/out.svg ", .last, "/tmp/out.svg"), ("trace\t17 \t out.svg", .number(17), "out.svg"),
    ("trace \"/a b\" \"my file.svg\"", .path("/a b"), "my file.svg"),
    ("trace ~/out.svg", .last, "~/out.svg"),
  ])
  func aTraceAndAFileAreNamed(text: String, choice: TraceChoice, file: String) {
    #expect((try? ExportArguments.parse(text).get()) == ExportArguments(choice: choice, file: file))
  }

  @Test(arguments: [
    ("", "write %export trace FILE.svg, or %export trace 17 FILE.svg; a path or slowest names a trace too"),
    ("routes out.svg", "only a trace can be exported; write %export trace FILE.svg"),
    ("trace", "say where: %export trace FILE.svg"),
    ("trace 17", "a trace is written as SVG, to a file that ends so: %export trace FILE.svg"),
    ("trace 17 out.png", "a trace is written as SVG, to a file that ends so: %export trace FILE.svg"),
    ("trace nothing out.svg", "\"nothing\" names no trace; write %export trace FILE.svg"),
    ("trace 17 my file.svg", "a name with spaces stands in quotes: %export trace 17 \"my file.svg\""),
  ])
  func whatIsWrongIsTold(text: String, problem: String) {
    guard case .failure(let found) = ExportArguments.parse(text) else {
      Issue.record("\(text) is taken")
      return
    }
    #expect(found.message.hasPrefix(problem))
  }
}
