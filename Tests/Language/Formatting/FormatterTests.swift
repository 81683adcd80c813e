import Testing

@testable import Language

/// The one style of the language, by samples: what is given, and what becomes of it.
struct FormatterTests {
  private func formatted(_ text: String) throws -> String {
    try SourceFormatter.format(SourceText(cell: 1, text: text))
  }

  /// What is formatted twice is as it was after the first time.
  private func gives(_ text: String, _ expected: String) throws {
    #expect(try formatted(text) == expected)
    #expect(try formatted(expected) == expected)
  }

  @Test(arguments: [
    ("let   x=1+2*3", "let x = 1 + 2 * 3"), ("x=-1", "x = -1"), ("a- -b", "a - -b"),
    ("1 +- - 3", "1 + - - 3"), ("a+=1", "a += 1"),
    ("a&&b||!c", "a && b || !c"), ("a??b ? c:d", "a ?? b ? c : d"), ("xs[ 0..<2 ]", "xs[0..<2]"),
    ("xs[2... ]", "xs[2...]"), ("f( a,b:2 )", "f(a, b: 2)"), ("[1,2,]", "[1, 2]"), ("[ : ]", "[:]"),
    ("[\"a\":1]", "[\"a\": 1]"), ("d[\"k\",default:0]+=1", "d[\"k\", default: 0] += 1"),
    ("xs.map{ $0*2 }", "xs.map { $0 * 2 }"), ("xs.map( \\.count )", "xs.map(\\.count)"),
    ("xs.reduce(0,+)", "xs.reduce(0, +)"), ("{a,b in a+b}", "{ a, b in a + b }"),
    ("let c={(a,b)in a}", "let c = { (a, b) in a }"), ("d?.a?[ 0 ]", "d?.a?[0]"),
    ("await   get( \"/\" ).text", "await get(\"/\").text"), ("async{ 1 }", "async { 1 }"),
    ("( 1+2 )*3", "(1 + 2) * 3"), ("html   \"<b>\"", "html \"<b>\""),
    ("#\"raw \\#( x )\"#", "#\"raw \\#( x )\"#"),
  ])
  func spacesExpressions(text: String, expected: String) throws { try gives(text, expected) }

  @Test(arguments: [
    ("if x>1{ a }else{ b }", "if x > 1 { a } else { b }"),
    ("while let q=d.a,q>1{ break }", "while let q = d.a, q > 1 { break }"),
    ("for(k,v)in d{ k }", "for (k, v) in d { k }"), ("do{ a }catch e{ b }", "do { a } catch e { b }"),
    ("guard x>1 else{ throw \"no\" }", "guard x > 1 else { throw \"no\" }"),
    ("func f(a,b=2){ a }", "func f(a, b = 2) { a }"), ("defer{ f() }", "defer { f() }"),
    ("route GET,HEAD\"/x/<int:n>\"{ n }", "route GET, HEAD \"/x/<int:n>\" { n }"),
    ("before{ f() }", "before { f() }"),
    (
      "group  \"/a\"{ after{ 1 };route GET\"/b\"{ 2 } }",
      "group \"/a\" { after { 1 }; route GET \"/b\" { 2 } }"
    ),
    ("while true{}", "while true { }"), ("print(1);print(2)", "print(1)\nprint(2)"),
    ("func g() { a;b }", "func g() { a; b }"), ("let a=1,b=2", "let a = 1, b = 2"),
  ])
  func spacesStatements(text: String, expected: String) throws { try gives(text, expected) }

  @Test func bodiesOfSeveralLinesAreIndentedByFour() throws {
    try gives(
      """
      route "/a" { let x = 1
       if x > 1 {
      f(x) }
       else { g() } }
      """,
      """
      route "/a" {
          let x = 1
          if x > 1 {
              f(x)
          } else {
              g()
          }
      }
      """)
  }

  @Test func oneBlankLineIsKeptAndMoreAreNot() throws {
    try gives("\n\na\n\n\n\nb\nc\n\n", "a\n\nb\nc")
  }

  @Test func commentsStayWhereTheyBelong() throws {
    try gives(
      """
      // first

      let x = 1 // behind
      # own line
      let list = [ // open
        1, // one
        /* two */ 2,
        // last
      ]
      f(/* none */)
      if x > 1 { a } // after
      // between
      else { b }
      func empty() {
        // only this
      }
      // end
      """,
      """
      // first

      let x = 1  // behind
      # own line
      let list = [  // open
          1,  // one
          /* two */ 2,
          // last
      ]
      f(/* none */)
      if x > 1 { a }  // after
      // between
      else { b }
      func empty() {
          // only this
      }
      // end
      """)
  }

  @Test(arguments: [
    ("f(/* a */ 1, /* b */ 2)", "f(/* a */ 1, /* b */ 2)"),
    ("f(1 /* a */, { $0 } /* b */)", "f(1 /* a */, { $0 } /* b */)"),
    ("let t = [1 /* one */, 2]", "let t = [1 /* one */, 2]"),
    ("x ? /* yes */ 1 : 2", "x ? /* yes */ 1 : 2"), ("a /* plus */ + b", "a /* plus */ + b"),
    ("xs.map /* k */ { $0 }", "xs.map /* k */ { $0 }"),
    ("xs[/* i */ 0]", "xs[/* i */ 0]"), ("let v = /* val */ 3", "let v = /* val */ 3"),
    ("g{ /* c */ }", "g { /* c */ }"),
    ("func h(a /* x */, b) { /* y */ }", "func h(a /* x */, b) { /* y */ }"),
    ("if /* c */ a && /* d */ b { 1 }", "if /* c */ a && /* d */ b { 1 }"),
    ("a; /* c */ b", "a\n/* c */ b"), ("[ // c\n 1 /* d */, 2]", "[  // c\n    1 /* d */,\n    2,\n]"),
  ])
  func aCommentWithinALineBreaksNothing(text: String, expected: String) throws { try gives(text, expected) }

  @Test func aCommentWithinALineGoesWithWhatStandsBehindIt() throws {
    try gives(
      """
      let answer = [ // open
        "first": 1, /* why */ "second": 2]
      print("a text that is long enough to leave room for nothing else in this line", /* b */ "another", /* c */ 3)
      """,
      """
      let answer = [  // open
          "first": 1,
          /* why */ "second": 2,
      ]
      print(
          "a text that is long enough to leave room for nothing else in this line",
          /* b */ "another",
          /* c */ 3
      )
      """)
  }

  @Test func aCommentBehindAnOperatorStaysInItsLine() throws {
    try gives(
      "let x = a + // first\n b + // second\n c", "let x =\n    a  // first\n    + b  // second\n    + c")
    try gives("a ? // yes\n b : c", "a  // yes\n    ? b\n    : c")
    try gives("a ..< // to\n b", "a  // to\n    ..< b")
    // Before the other comment it would be out of order.
    try gives("a /* x */ + // first\n b", "a\n    /* x */ +  // first\n    b")
  }

  @Test func noBodyFollowsABrokenHeadInOneLine() throws {
    try gives("if a && // why\n b { 1 }", "if a  // why\n    && b\n{\n    1\n}")
    try gives("while a || // why\n b { f() }", "while a  // why\n    || b\n{\n    f()\n}")
    try gives(
      "for name in theNamesOfAllTheBackendsThatAnswered.sortedByTheTimeThatTheyTook(fastestFirst, slowestLast) { f(name) }",
      """
      for name in theNamesOfAllTheBackendsThatAnswered.sortedByTheTimeThatTheyTook(
          fastestFirst,
          slowestLast
      ) {
          f(name)
      }
      """)
    try gives(
      "func report(theNamesOfAllBackends, theTimesThatTheyTook = [1, 2, 3], theTextThatIsShownInFront = 4) { 1 }",
      """
      func report(
          theNamesOfAllBackends,
          theTimesThatTheyTook = [1, 2, 3],
          theTextThatIsShownInFront = 4
      ) {
          1
      }
      """)
  }

  @Test func aLongValueGoesBelowItsTarget() throws {
    try gives(
      "report.theNamesOfAllTheBackendsThatAnswered = answers.sortedByTheTimeThatTheyTook.namesOfAllTheBackends(fastest)",
      """
      report.theNamesOfAllTheBackendsThatAnswered =
          answers.sortedByTheTimeThatTheyTook.namesOfAllTheBackends(fastest)
      """)
    try gives(
      "report.theNamesOfAllTheBackendsThatAnswered = answers.sortedByTheTimeThatTheyTook.namesOfBackends(fastest)",
      """
      report.theNamesOfAllTheBackendsThatAnswered = answers.sortedByTheTimeThatTheyTook.namesOfBackends(
          fastest
      )
      """)
  }

  @Test func aCommentBehindAnAssignmentIndentsTheValue() throws {
    try gives("let x =\n// why\nxs.map(f)", "let x =\n    // why\n    xs.map(f)")
    try gives("let x = // why\n f(1)", "let x =  // why\n    f(1)")
    try gives("x =\n/* why */\n{ $0 }", "x =\n    /* why */\n    { $0 }")
  }

  @Test func openChainsBetweenOperatorsAreIndentedAlike() throws {
    try gives(
      "let w = a + d\n.first()\n.second() ?? 1",
      """
      let w =
          a
              + d
                  .first()
                  .second()
          ?? 1
      """)
  }

  @Test func openChainsInAConditionAreIndentedAlike() throws {
    try gives("if a && d\n.first() { 1 }", "if a\n    && d\n        .first()\n{\n    1\n}")
  }

  @Test func noBlankLineIsKeptWithinAnExpression() throws {
    try gives("let x =\n\n// why\n1", "let x =\n    // why\n    1")
  }

  @Test func noBodyFollowsACommentInOneLine() throws {
    try gives("async // later\n{ 1 }", "async  // later\n{\n    1\n}")
    try gives("func f() // later\n{ 1 }", "func f()  // later\n{\n    1\n}")
  }

  @Test func aTextOfLinesBehindTheLastLineOfAnotherStays() throws {
    try gives(
      """
      if a {
      f() /* one
        two */ /* three
        four */
      }
      """,
      """
      if a {
          f() /* one
            two */ /* three
            four */
      }
      """)
  }

  @Test func commentsAroundASemicolonKeepTheirLines() throws {
    try gives("let x = [] // one\n; // two\nf()", "let x = []  // one\n// two\nf()")
    try gives("f() /* one */; /* two */ ; g()", "f() /* one */ /* two */\ng()")
    try gives("g { f() /* one */ ; /* two */ h() }", "g { f() /* one */; /* two */ h() }")
    try gives("f() // one\n; // two\n - 3", "f();  // one\n// two\n- 3")
  }

  @Test func commentsInAnEmptyListAreIndented() throws {
    try gives("f([ // one\n/* two */ ])", "f([  // one\n    /* two */\n])")
    try gives("[: // one\n]", "[:  // one\n]")
    try gives("f(\n// one\n)", "f(\n    // one\n)")
  }

  @Test func commentsInAnIndexAreIndented() throws {
    try gives("d[ // key\n\"k\", default: 0]", "d[  // key\n    \"k\", default: 0\n]")
  }

  @Test func longListsHaveALineForEachItem() throws {
    try gives(
      "let signs = [[\"value\": 1000, \"sign\": \"M\"], [\"value\": 900, \"sign\": \"CM\"], [\"value\": 500, \"sign\": \"D\"]]",
      """
      let signs = [
          ["value": 1000, "sign": "M"],
          ["value": 900, "sign": "CM"],
          ["value": 500, "sign": "D"],
      ]
      """)
  }

  @Test func aListThatTheAuthorOpenedStaysOpen() throws {
    try gives("f(\n1, b: 2)", "f(\n    1,\n    b: 2\n)")
    try gives("[\n1, 2]", "[\n    1,\n    2,\n]")
    try gives("f(1,\n2)", "f(1, 2)")
  }

  @Test func longChainsHaveALineForEachCall() throws {
    try gives(
      "let totals = orders.filter { $0.isPaid }.map { $0.amount * $0.price }.grouped { $0 > 100 }.mapValues { $0.sum() }",
      """
      let totals = orders
          .filter { $0.isPaid }
          .map { $0.amount * $0.price }
          .grouped { $0 > 100 }
          .mapValues { $0.sum() }
      """)
  }

  @Test func aLongLastClosureIsOpened() throws {
    try gives(
      "let isFree = columns.enumerated().allSatisfy { r, c in c != column && abs(c - column) != row - r && c > 0 }",
      """
      let isFree = columns.enumerated().allSatisfy { r, c in
          c != column && abs(c - column) != row - r && c > 0
      }
      """)
  }

  @Test func longConditionsBreakBeforeTheirOperators() throws {
    try gives(
      "let isReady = firstBackendHasAnsweredInTime && secondBackendHasAnsweredInTime && thirdBackendIsNotNeeded",
      """
      let isReady =
          firstBackendHasAnsweredInTime && secondBackendHasAnsweredInTime && thirdBackendIsNotNeeded
      """)
    try gives(
      "let isReady = theFirstBackendHasAnsweredInTimeForOnce && secondBackendHasAnsweredInTime && thirdBackendIsNotNeeded",
      """
      let isReady =
          theFirstBackendHasAnsweredInTimeForOnce
          && secondBackendHasAnsweredInTime
          && thirdBackendIsNotNeeded
      """)
  }

  @Test func theTextOfStringsIsNeverTouched() throws {
    let text = #"""
      func page(x) {
            """
            <p>  \( x )
              two spaces
            </p>
            """
      }
      """#
    let expected = #"""
      func page(x) {
          """
          <p>  \( x )
            two spaces
          </p>
          """
      }
      """#
    try gives(text, expected)
    let run = try [text, expected].map { text -> [Constant] in
      let source = SourceText(cell: 1, text: text)
      let parsed = Parser.parse(source)
      _ = Resolver.resolve(parsed.program, source: source, globals: GlobalScope())
      return try Compiler.compile(parsed.program, source: source).functions.flatMap(\.constants)
    }
    #expect(run[0] == run[1])
  }

  @Test func aLineThatGoesOnWithAnOperatorStillDoes() throws {
    try gives("let x = a\n  - b", "let x = a - b")
    try gives("a\n-b", "a\n-b")
  }

  /// At the beginning of a line it would belong to the line before, so a name that is too long leaves it where it is.
  @Test func anOperatorInPlaceOfAFunctionStaysInItsLine() throws {
    let name = String(repeating: "n", count: SourceFormatter.width)
    try gives("let \(name) = +", "let \(name) = +")
    try gives("\(name) = \\.count", "\(name) = \\.count")
  }

  @Test func aStatementThatWouldGoOnKeepsItsSemicolon() throws {
    try gives("let a = 5; - 3", "let a = 5;\n- 3")
    try gives("let a = 5; -3", "let a = 5\n-3")
    try gives("f { a; - 3 }", "f { a; - 3 }")
  }

  @Test func aTextWithAnErrorIsRefused() {
    #expect(throws: SourceFormatter.Refusal.self) { try formatted("let = 1") }
    #expect(throws: SourceFormatter.Refusal.self) { try formatted("f(") }
  }

  @Test func nothingStaysNothing() throws {
    try gives("", "")
    try gives("\n  \n", "")
    try gives("// alone  ", "// alone")
  }

  @Test func deepNestingTakesNoExponentialTime() throws {
    for text in [
      String(repeating: "f(", count: 60) + "1" + String(repeating: ")", count: 60),
      String(repeating: "[", count: 60) + "1" + String(repeating: "]", count: 60),
      String(repeating: "f { ", count: 60) + "1" + String(repeating: " }", count: 60),
      String(repeating: "if a { ", count: 60) + "1" + String(repeating: " }", count: 60),
      String(repeating: "a.b(x: c) { y in y }", count: 1)
        + String(repeating: ".then { z in z + \"some text\" }", count: 200),
      (0..<300).map { "value\($0)" }.joined(separator: " + "),
    ] {
      let once = try formatted(text)
      #expect(try formatted(once) == once)
    }
  }
}
