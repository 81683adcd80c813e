import Testing

@testable import Language

/// Programs as people read them.
struct DisassemblerTests {
  private func disassembled(_ text: String) throws -> String {
    let source = SourceText(cell: 1, text: text)
    let parsed = Parser.parse(source)
    #expect(parsed.diagnostics == [])
    _ = Resolver.resolve(parsed.program, source: source, globals: testGlobals())
    return Disassembler(try Compiler.compile(parsed.program, source: source)).text()
  }

  @Test func showsInstructionsUnderTheLinesTheyCameFrom() throws {
    #expect(
      try disassembled("let n = x + 1\nn > 2 ? \"many\" : nil") == """
        cell [1]: main, 4 registers
            1 | let n = x + 1
                0  getGlobal               r1 = x
                1  addInteger              r0 = r1 + 1
                2  defineGlobal            let n = r0
            2 | n > 2 ? "many" : nil
                3  getGlobal               r1 = n
                4  loadInteger             r2 = 2
                5  jumpUnlessLess          !(r2 < r1) -> 8
                6  loadConstant            r0 = "many"
                7  jump                    -> 9
           >    8  loadNil                 r0 = nil
           >    9  returnValue             r0
               10  returnNil
        """)
  }

  @Test func showsWhatIsDeclaredAroundRoutes() throws {
    let shown = try disassembled("before { nil }\ngroup \"/api\" { after { nil } }")
    #expect(shown.contains("declare                 before: r0"))
    #expect(shown.contains("declare                 after in \"/api\": r0"))
    #expect(shown.contains("f1: before, ") && shown.contains("f2: after in /api, "))
  }

  @Test func showsFunctionsWithWhatTheyCaptureAndCatch() throws {
    #expect(
      try disassembled(
        """
        func outer(n, by = 2) {
          do { return { n * by } } catch { throw "bad" }
        }
        route GET "/<int:n>" { await get(n, query: request.query) }
        """) == """
          cell [1]: main, 2 registers
              1 | func outer(n, by = 2) {
                  0  closure                 r0 = f1
                  1  defineGlobal            func outer = r0
              4 | route GET "/<int:n>" { await get(n, query: request.query) }
                  2  closure                 r0 = f3
                  3  declare                 route GET "/<int:n>", with request: r0
                  4  returnNil

          f1: func outer(n, by = …), 6 registers
              1 | func outer(n, by = 2) {
                  0  jumpIfPresent           r1 was given -> 2
                  1  loadInteger             r1 = 2
              2 |   do { return { n * by } } catch { throw "bad" }
             >    2  closure                 r4 = f2
                  3  returnValue             r4
                  4  jump                    -> 8
             >    5  move                    r2 = r3
                  6  loadConstant            r4 = "bad"
                  7  throw                   r4
             >    8  returnNil
            catch: a failure in 2..<3 goes on at 5, the error in r3

          f2: closure (…), 4 registers, captures ^0 = r0 of the function around it, ^1 = r1 of the function around it
              2 |   do { return { n * by } } catch { throw "bad" }
                  0  getCapture              r1 = ^0
                  1  getCapture              r2 = ^1
                  2  multiply                r0 = r1 * r2
                  3  returnValue             r0
                  4  returnNil

          f3: GET /<int:n>, 8 registers
              4 | route GET "/<int:n>" { await get(n, query: request.query) }
                  0  getGlobal               r3 = get
                  1  move                    r5 = r0
                  2  getMember               r6 = r1.query
                  3  call                    r3 = r3(r5 … r6)
                  4  labels                  _ query:
                  5  await                   r2 = await r3
                  6  returnValue             r2
                  7  returnNil
          """)
  }

  /// Every instruction is written in full: its operands' pattern names nothing that there is not.
  @Test(arguments: Opcode.allCases)
  func showsEveryInstruction(_ opcode: Opcode) {
    let function = FunctionCode(
      name: "main", role: .main, parameterNames: [], required: [], takesAnyCount: false, registerCount: 9,
      code: [Instruction(opcode, k: 1, a: 1, b: 0, c: 0)], spans: [Span(0, 1)], constants: [.integer(7)],
      handlers: [], hints: HintTable(), parts: PartTable(), captures: [], span: Span(0, 1))
    let program = Program(
      source: SourceText(cell: 1, text: "x"), functions: [function], globals: ["name"], members: ["member"],
      hasValue: false)
    let line = Disassembler(program).text().split(separator: "\n").last ?? ""
    #expect(line.contains(" \(opcode)"))
    let written = line.drop { $0 == " " || $0 == ">" || $0.isNumber }
    #expect(written.dropFirst("  \(opcode)".count).allSatisfy { !"ABCR#@$ƒ→".contains($0) }, "\(line)")
    let isPlain = [.halt, .returnNil].contains(opcode)
    #expect(isPlain == (line.split(separator: " ").last == "\(opcode)"), "\(line)")
  }
}
