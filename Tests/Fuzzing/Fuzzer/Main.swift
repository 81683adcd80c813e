import CFuzzer
import Glibc
import FuzzTargets

/// Runs libFuzzer on the target that the first argument names; the others are libFuzzer's own.
@main
enum Main {
  nonisolated(unsafe) private static var target: FuzzTarget?

  static func main() {
    var arguments = CommandLine.arguments
    guard arguments.count > 1, let target = FuzzTarget.named(arguments[1]) else {
      fatalError("name a target: \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
    }
    Main.target = target
    arguments.remove(at: 1)
    var count = Int32(arguments.count)
    var pointers: [UnsafeMutablePointer<CChar>?] = arguments.map { strdup($0) } + [nil]
    pointers.withUnsafeMutableBufferPointer { buffer in
      guard var start = buffer.baseAddress else { return }
      _ = LLVMFuzzerRunDriver(&count, &start) { bytes, count in
        Main.target?.run(Array(UnsafeBufferPointer(start: bytes, count: count)))
        return 0
      }
    }
  }
}

/// The linker looks for it on behalf of libFuzzer's own `main`, which is never called here.
@_cdecl("LLVMFuzzerTestOneInput")
public func takeOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 { 0 }
