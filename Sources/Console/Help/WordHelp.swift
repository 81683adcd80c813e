extension Catalogue {
  /// The words of the language.
  static let words = HelpEntry.list(
    #"""
    let name = value
    Declares a name that can't be assigned anew.
      let limit = 3; limit // → 3

    var name = value
    Declares a name that can be assigned anew.
      var count = 0; count += 1; count // → 1

    func name(parameters) { … }
    Declares a function. Its value is the last expression, or what return gives.
      func area(width, height = 1) { width * height }; area(3) // → 3

    if condition { … } else { … }
    Does one thing or the other; with an else it is a value too.
      let size = if 2 > 1 { "large" } else { "small" }; size // → "large"

    else { … }
    What is done where the condition of an if or guard does not hold.
      if false { 1 } else { 2 } // → 2

    guard condition else { … }
    Leaves where a condition does not hold; what it binds stays.
      func half(n) { guard n % 2 == 0 else { return nil }; n / 2 }; half(6) // → 3

    while condition { … }
    Does something as long as a condition holds.
      var n = 1; while n < 100 { n *= 2 }; n // → 128

    for name in sequence { … } · for await name in source { … }
    Does something for each element of a sequence. With await the elements are waited for: the Deferreds of an
    Array, and what comes piece by piece, as request.chunks and a socket.
      for i in 0..<3 { print(i) } // → prints 0, 1, 2

    in
    Stands before the sequence of a for, and behind the parameters of a closure.
      [1, 2].map { x in x * 2 } // → [2, 4]

    break
    Leaves the innermost loop.
      for i in 0..<9 { if i == 2 { break }; print(i) } // → prints 0, 1

    continue
    Goes on with the next round of the innermost loop.
      for i in 0..<3 { if i == 1 { continue }; print(i) } // → prints 0, 2

    return value
    Leaves a function with a value.
      func sign(n) { if n < 0 { return "-" }; "+" }; sign(-1) // → "-"

    throw error
    Leaves with an error: a text, or what Error(…) makes.
      throw "no milk" // → error: no milk

    do { … } catch { … }
    Catches the errors of what stands in it.
      do { throw "no" } catch { error.message } // → "no"

    catch name { … }
    What is done with an error; without a name it is called error.
      do { throw "no" } catch problem { problem.kind } // → "error"

    defer { … }
    Runs when its block is left, however.
      func work() { defer { print("left") }; print("working") }; work() // → prints working, left

    nil
    Nothing.
      ["a": 1]["b"] // → nil

    true
    The Bool that holds.
      1 < 2 // → true

    false
    The Bool that does not hold.
      1 > 2 // → false
    """#)
}
