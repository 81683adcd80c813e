/// What one instruction does.
///
/// `A`, `B` and `C` are registers of the running frame; `a`, `b` and `c` are numbers held in the
/// instruction; `bc` is the 32-bit number that `b` and `c` make together. Jumps are relative to the next
/// instruction.
public enum Opcode: UInt8, Sendable, CaseIterable {
  /// The end of a fiber: what its outermost frame returns to.
  case halt

  // Values
  case move  // A = B
  case loadConstant  // A = constants[bc]
  case loadInteger  // A = bc, signed
  case loadNil  // A = nil
  case loadBool  // A = b != 0

  // Names
  case getGlobal  // A = globals[bc]
  case setGlobal  // globals[bc] = A; fails for a let
  case defineGlobal  // declares globals[bc] with A; k: GlobalKind
  case getCapture  // A = captures[b]
  case getBoxedCapture  // A = captures[b].value
  case setBoxedCapture  // captures[a].value = B
  case newBox  // A = Box(A)
  case getBox  // A = B.value
  case setBox  // A.value = B

  // Arithmetic: registers, small integers, constants
  case add  // A = B + C
  case subtract
  case multiply
  case divide
  case remainder
  case addInteger  // A = B + c
  case multiplyInteger
  case remainderInteger  // c > 0
  case addConstant  // A = B + constants[c], a Double
  case subtractConstant
  case multiplyConstant
  case divideConstant
  case negate  // A = -B
  case not  // A = !B
  case less  // A = B < C
  case lessOrEqual
  case equal
  case notEqual

  // Jumps by c (the first two by bc); backward ones charge the budget
  case jump
  case loop
  case jumpIfTrue  // A
  case jumpIfFalse
  case jumpIfNil
  case jumpIfNotNil
  case jumpIfPresent  // A was given by the caller: its default is skipped
  case jumpIfLess  // A < B
  case jumpUnlessLess
  case jumpIfLessOrEqual
  case jumpUnlessLessOrEqual
  case jumpIfEqual
  case jumpUnlessEqual
  case jumpIfEqualInteger  // A == b
  case jumpUnlessEqualInteger
  case jumpIfLessInteger  // A < b
  case jumpUnlessLessInteger

  // Loops
  case rangePrepare  // A ..< A+1 (k: closed) becomes a counter, B the first; jumps by c when empty
  case rangeLoop  // B = the next of the counter at A; jumps back by c until it is used up
  case eachPrepare  // A becomes something to walk over, A+1 the place in it
  case each  // A+2 (k: and A+3) = the next; jumps back by c until there is none

  // Calls: A is the callee, A+1 the frame's link, arguments follow; the result replaces A
  case call  // b arguments; k: a `labels` instruction follows
  case invoke  // A+2 is the receiver, b arguments behind it; member c; k as above
  case labels  // constants[bc]: the labels of the call before it; a repeats the call's
  case returnValue  // A
  case returnNil

  // Objects
  case closure  // A = a closure of functions[bc]
  case array  // A = [B ... ] of c elements
  case appendAll  // A gets c more elements, from B
  case dictionary  // A = [B: B+1, ...] of c pairs
  case range  // A = B ..< C (k: ...)
  case concatenate  // A = the text of c values from B
  case concatenateHTML  // the same as HTML
  case escapeHTML  // A = A as HTML that shows A, in the place K of a page (HTMLPlace)
  case getMember  // A = B.member(c); k: nil where a dictionary lacks the key
  case hasMember  // A = whether there is B.member(c): not where a dictionary has nothing there
  case setMember  // A.member(c) = B
  case index  // A = B[C]
  case setIndex  // A[B] = C

  // Waiting and failing
  case await  // A = what B fires with; a value that is no deferred passes through
  case awaitUnlessMember  // A = await A, unless A is a deferred that has member c itself
  case async  // A = the deferred of a new fiber that runs B
  case `throw`  // A
  case rethrow  // A, with its trace as it is; k: it arose in a defer that the error B ran
  case declare  // constants[bc] is declared with the closure A
}

/// How a global was declared.
public enum GlobalKind: UInt8, Sendable {
  case `let`
  case `var`
  case function
  /// A name of the prelude: it can be shadowed by a declaration, not assigned.
  case builtin
}

/// One instruction: an opcode, a flag byte and three 16-bit operands, eight bytes in all.
public struct Instruction: Equatable, Sendable {
  public var opcode: Opcode
  public var k: UInt8
  public var a: UInt16
  public var b: UInt16
  public var c: UInt16

  public init(_ opcode: Opcode, k: UInt8 = 0, a: UInt16 = 0, b: UInt16 = 0, c: UInt16 = 0) {
    self.opcode = opcode
    self.k = k
    self.a = a
    self.b = b
    self.c = c
  }

  /// `b` and `c` as one signed number.
  public var wide: Int {
    get { Int(Int32(bitPattern: UInt32(b) | UInt32(c) << 16)) }
    set {
      let bits = UInt32(bitPattern: Int32(truncatingIfNeeded: newValue))
      b = UInt16(truncatingIfNeeded: bits)
      c = UInt16(truncatingIfNeeded: bits >> 16)
    }
  }

  /// `c` as a signed number: a short jump or a small integer.
  public var short: Int { Int(Int16(bitPattern: c)) }
}
