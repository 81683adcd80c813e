import Testing

@testable import Language

@Suite("Messages about names")
struct NameMessageTests {
  @Test(
    "explains names that mean nothing or cannot be written",
    arguments: [
      (
        #"""
        let x = 3
        x = 4
        """#,
        [
          #"cannot assign to "x" [x] — declare it with var"#
        ]
      ),
      (
        "fixed = 3; f = 3; print = 3; unknown = 4; unknwn()",
        [
          #"cannot assign to "fixed" [fixed] — declare it with var"#,
          #"cannot assign to "f", a function [f] — hold a closure in a var instead"#,
          #"cannot assign to "print", a builtin [print] — choose another name"#,
          #"warning: "unknown" is not defined yet; it is looked up when this runs [unknown] — declare it first: var unknown = …"#,
          #"warning: "unknwn" is not defined yet; it is looked up when this runs [unknwn]"#,
        ]
      ),
      (
        "null; None; True; undefined",
        [
          #"there is no "null" here [null] — write nil"#,
          #"there is no "None" here [None] — write nil"#,
          #"there is no "True" here [True] — write true"#,
          #"there is no "undefined" here [undefined] — write nil"#,
        ]
      ),
      (
        "func h(p) { p = 3 }",
        [
          #"cannot assign to "p", a parameter [p] — copy it first: var p = p"#
        ]
      ),
      (
        "f { $0 = 3 }",
        [
          #"cannot assign to "$0", a parameter [$0]"#
            + " — give the new value back, as in reduce(0) { $0 + $1 }; only a collection can be changed in place"
        ]
      ),
      (
        "for i in xs { i += 3 }",
        [
          #"cannot assign to "i", which the loop sets [i] — copy it first: var i = i"#
        ]
      ),
      (
        "do { } catch e { e = 3 }",
        [
          #"cannot assign to "e", the error that was caught [e] — copy it first: var e = e"#
        ]
      ),
      (
        #"""
        do { func h() { }
         h = 3
         let z = 1, z = 2
         z = 3 }
        """#,
        [
          #"cannot assign to "h", a function [h] — hold a closure in a var instead"#,
          #""z" is declared twice [z] — choose another name, or assign to the first one"#,
          #"cannot assign to "z" [z] — declare it with var"#,
        ]
      ),
      (
        #"""
        let z = 1
        func z() { }
        """#,
        [
          #""z" is declared twice [z] — choose another name, or assign to the first one"#
        ]
      ),
      (
        #"""
        do { print(z)
         let z = 1 }
        """#,
        [
          #""z" is used before it is declared [z]"#
        ]
      ),
      (
        "do { let z = z }",
        [
          #""z" is used in its own value [z] — give them two names"#
        ]
      ),
      (
        "func outer() { let fact = { n in fact(n - 1) } }",
        [
          #""fact" is used in its own value [fact] — a function that calls itself is written func fact(…) { … }"#
        ]
      ),
      (
        "do { helper(); let z = 3; func helper() { z } }",
        [
          #""helper" is used before "z" is declared, which it needs [helper] — move this below the declarations"#
        ]
      ),
      (
        "break",
        [
          "break stands only in a loop [break]"
        ]
      ),
      (
        "for i in xs { f { continue }; async { break }; defer { break } }",
        [
          "continue cannot reach the loop from within a closure [continue] — write a for loop, or use filter, first or return",
          "break cannot reach the loop from within async [break]",
          "break cannot reach the loop from within defer [break]",
        ]
      ),
      (
        "return 3",
        [
          "a cell does not return [return 3] — its value is its last expression; to stop early, throw an error"
        ]
      ),
      (
        "func h() { defer { return } }",
        [
          "a defer cannot return: the function is already leaving [return]"
        ]
      ),
      (
        "func h() { defer { await f() } }",
        [
          "a defer cannot await: it runs while a function leaves [await f()] — start the work with async"
        ]
      ),
      (
        #"""
        func h() { return 3
         print(1) }
        """#,
        [
          "warning: this is never reached, as it follows return [print(1)]"
        ]
      ),
      (
        #"route "/" { x = 3 }"#,
        [
          "warning: this handler ends in an assignment, so it answers 204 without a body [x = 3] — end it with the value to send, or write nil to mean 204"
        ]
      ),
      (
        #"route "/" { if x { y = 3 } else { nil } }"#,
        [
          "warning: this handler ends in an assignment, so it answers 204 without a body [y = 3] — end it with the value to send, or write nil to mean 204"
        ]
      ),
      (
        "let get = 3",
        [
          #"warning: this replaces the builtin "get" for every cell [get] — choose another name"#
        ]
      ),
      (
        #"""
        lop + lop
        let loop = 3
        """#,
        [
          #"warning: "lop" is not defined yet; it is looked up when this runs [lop] — did you mean "loop"?"#
        ]
      ),
      (
        #"""
        func h() { guard let q = x, q > 3 else { return q }
         q }
        """#,
        [
          #""q" is used before it is declared [q]"#
        ]
      ),
      (
        "guard x else { print(1) }",
        [
          "the else of a guard must leave [{ print(1) }] — end it with throw"
        ]
      ),
      (
        "prnt(1)",
        [
          #"warning: "prnt" is not defined yet; it is looked up when this runs [prnt] — did you mean "print"?"#
        ]
      ),
    ] as [(String, [String])])
  func names(_ text: String, _ expected: [String]) {
    #expect(check(text) == expected)
  }
}
