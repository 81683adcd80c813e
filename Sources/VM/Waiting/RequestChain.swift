/// On how many requests, each made by a handler of the one before, code works: `none` outside requests, one for a
/// request from a client, two for one that such a handler made to its own server. What works on a request, itself or
/// for another fiber that does, outlives the run that defined its code.
public struct RequestChain: Hashable, Sendable {
  public static let none = RequestChain(count: 0)

  /// As it is kept in objects and passed on with a request.
  public let bits: UInt32

  public init(bits: UInt32) { self.bits = bits }

  /// - Parameters:
  ///   - count: how many requests.
  ///   - seesOwnGlobals: whether the first was made by code that sees globals of its own (`Machine.beginOwnView`): then
  ///     so does all that it led to.
  ///   - asker: the run of a cell that made the first, 0 where that came from elsewhere; forgotten from 2^23 on.
  public init(count: Int, seesOwnGlobals: Bool = false, asker: UInt32 = 0) {
    bits =
      UInt32(UInt8(clamping: count)) << 1 | (seesOwnGlobals ? 1 : 0)
      | (asker < 1 << 23 ? asker << RequestChain.askerShift : 0)
  }

  private static let askerShift: UInt32 = 9

  /// Of more than 255 not all are counted.
  public var count: Int { Int(bits >> 1 & 0xff) }

  public var asker: UInt32 { bits >> RequestChain.askerShift }

  public var seesOwnGlobals: Bool { bits & 1 != 0 }

  /// With the request that is made now.
  public var next: RequestChain {
    RequestChain(count: count + 1, seesOwnGlobals: seesOwnGlobals, asker: asker)
  }
}
