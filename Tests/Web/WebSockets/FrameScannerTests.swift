import TestSupport
import Testing

@testable import Web

/// What is seen of frames before the decoder has them whole.
@Suite struct FrameScannerTests {
  typealias Frame = WebSocketClient.Frame

  private static func bytes(_ count: Int, isMasked: Bool = true) -> [UInt8] {
    WebSocketClient.bytes(
      of: Frame(opcode: 2, data: [UInt8](repeating: 9, count: count)), isMasked: isMasked)
  }

  private func scan(_ bytes: some Sequence<UInt8>, _ scanner: inout FrameScanner) -> Int? {
    let bytes = Array(bytes)
    return scanner.scan(bytes.span)
  }

  @Test("nothing is held at the end of a frame, and within one all that has come of it, wherever it is cut")
  func held() {
    for size in [0, 1, 125, 126, 300, 65_535, 65_536] {
      for isMasked in [true, false] {
        let frame = Self.bytes(size, isMasked: isMasked)
        for cut in Set([1, 2, 3, 5, 9, frame.count / 2, frame.count - 1]) where cut < frame.count {
          var scanner = FrameScanner()
          let first = scan(Self.bytes(3) + frame[..<cut], &scanner)
          #expect(first == nil)
          #expect(scanner.heldBytes == cut)
          let rest = scan(frame[cut...] + Self.bytes(7), &scanner)
          #expect(rest == nil)
          #expect(scanner.heldBytes == 0)
        }
      }
    }
  }

  @Test(
    "RFC 6455 §5.2: a length that could be shorter is told at its last byte",
    arguments: [
      ([0x82, 0xfe, 0, 0], true), ([0x82, 0xfe, 0, 125], true), ([0x82, 0xfe, 0, 126], false),
      ([0x82, 0xff, 0, 0, 0, 0, 0, 0, 255, 255], true), ([0x82, 0xff, 0, 0, 0, 0, 0, 1, 0, 0], false),
      ([0x82, 0x7f, 0, 0, 0, 0, 0, 0, 0, 1], true),
      ([0x82, 0xff, 255, 255, 255, 255, 255, 255, 255, 255], false),
    ] as [([UInt8], Bool)])
  func shortest(bytes: [UInt8], isRefused: Bool) {
    var whole = FrameScanner()
    let place = scan(bytes, &whole)
    #expect(place == (isRefused ? bytes.count - 1 : nil))
    var cut = FrameScanner()
    let places = bytes.map { scan([$0], &cut) }
    #expect(places.dropLast().allSatisfy { $0 == nil })
    #expect(places.last == .some(isRefused ? 0 : nil))
  }
}
