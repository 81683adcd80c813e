import Foundation
import Glibc

/// Descriptors beyond the three streams that a child would have too: a listening socket of a test that runs beside this
/// one would still take connections once it is closed here.
func inheritedDescriptors() -> [Int32] {
  let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
  return names.compactMap { Int32($0) }.filter { $0 > 2 && fcntl($0, F_GETFD) & FD_CLOEXEC == 0 }
}
