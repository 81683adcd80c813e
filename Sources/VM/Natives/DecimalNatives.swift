import Foundation

// Numbers rounded to decimals. What is rounded is the exact binary value, halves away from zero: 0.125 becomes 0.13,
// while 2.675, which as a Double lies a little below the half, becomes 2.67.

extension Machine {
  func installDecimals() {
    for tag in [Tag.int, Tag.double] {
      defineMethod(tag, "rounded", ["decimals?"]) { call throws(Failure) in
        let decimals = try call.decimals(1)
        guard call[0].isDouble, call[0].double.isFinite else { return call[0] }
        let number = call[0].double
        return .double(
          decimals == 0 ? number.rounded() : Double(Machine.text(of: number, decimals: decimals)) ?? number)
      }
      defineMethod(tag, "formatted", ["decimals?"]) { call throws(Failure) in
        guard call.has(1), !call[1].isNil else {
          let text = call.machine.display(call[0])
          return call.heap.makeString(text.hasSuffix(".0") ? String(text.dropLast(2)) : text)
        }
        let decimals = try call.decimals(1)
        if call[0].isInt {
          let zeros = String(repeating: "0", count: decimals)
          return call.heap.makeString("\(call[0].int)\(decimals == 0 ? "" : ".")\(zeros)")
        }
        return call.heap.makeString(Machine.text(of: call[0].double, decimals: decimals))
      }
    }
  }

  /// A number with so many decimals, 0 to 30.
  static func text(of number: Double, decimals: Int) -> String {
    guard number.isFinite else { return text(of: number) }
    // C rounds exactly, but a half to the even digit.
    guard isHalf(number, decimals: decimals) else { return String(format: "%.\(decimals)f", number) }
    // With one decimal more the text is exact, and its last digit is the 5 of the half.
    return incremented(String(format: "%.\(decimals + 1)f", number).dropLast())
  }

  /// Whether a number lies exactly in the middle between two with so many decimals: whether twice its
  /// 10^decimals-fold is odd. That is its lowest bit's power of two times 2^(decimals + 1), times odd numbers.
  private static func isHalf(_ number: Double, decimals: Int) -> Bool {
    number != 0 && Int(number.exponent) - number.significandWidth == -(decimals + 1)
  }

  /// A decimal text whose last digit is one higher, carried where it must be; a point at the end goes.
  private static func incremented(_ text: Substring) -> String {
    var digits = Array(text.utf8)
    if digits.last == UInt8(ascii: ".") { digits.removeLast() }
    var place = digits.count - 1
    while place >= 0, digits[place] != UInt8(ascii: "-") {
      if digits[place] == UInt8(ascii: "9") {
        digits[place] = UInt8(ascii: "0")
      } else if digits[place] != UInt8(ascii: ".") {
        digits[place] += 1
        return String(decoding: digits, as: UTF8.self)
      }
      place -= 1
    }
    digits.insert(UInt8(ascii: "1"), at: place + 1)
    return String(decoding: digits, as: UTF8.self)
  }
}

extension NativeCall {
  fileprivate func decimals(_ index: Int) throws(Failure) -> Int {
    let decimals = try int(index, default: 0)
    guard (0...30).contains(decimals) else {
      throw Failure(.argument, "decimals are 0 to 30, not \(decimals)").at(.parameter(index))
    }
    return decimals
  }
}
