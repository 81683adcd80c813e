import Foundation
import KernelCore

/// Runs one example of a page after the other, on a clock that jumps.
public final class ExampleKernel: @unchecked Sendable {
  private let lock = NSLock()
  // Guarded by `lock`.
  private var printed: [String] = []
  private var kernel: KernelHandle!
  private var number = 0
  private let forgetsExamples: Bool

  /// - Parameter forgetsExamples: whether an example finds nothing of the names and routes of those before it.
  public init(forgetsExamples: Bool) throws {
    self.forgetsExamples = forgetsExamples
    var configuration = KernelConfiguration()
    configuration.isClockVirtual = true
    configuration.opening = .request
    kernel = try KernelHandle(configuration) { [unowned self] event in
      if case .output(_, let text) = event { lock.withLock { printed.append(text) } }
    }
    _ = try kernel.listen(onPort: 0)
  }

  /// What an example gives, as pages write it: `prints a, b; value`, `error: …`, `nil`.
  public func run(_ code: String) -> String {
    number += 1
    let ended = DispatchSemaphore(value: 0)
    let result = ResultBox()
    kernel.run(cell: number, text: code) {
      result.value = $0
      ended.signal()
    }
    guard ended.wait(timeout: .now() + 20) == .success, let outcome = result.value?.outcome else {
      return "no end"
    }
    defer { if forgetsExamples { kernel.removeEffects(of: number) } }
    let lines = lock.withLock {
      defer { printed = [] }
      return printed
    }
    switch outcome {
    case .succeeded(let value):
      let output = lines.isEmpty ? nil : "prints " + lines.joined(separator: ", ")
      let parts = [output, value].compactMap(\.self)
      return parts.isEmpty ? "nil" : parts.joined(separator: "; ")
    case .failed(let text): return text.split(separator: "\n").first.map(String.init) ?? ""
    case .interrupted: return "interrupted"
    }
  }

  public func shutDown() { kernel.shutDown(grace: .zero) }

  private final class ResultBox: @unchecked Sendable { var value: CellResult? }
}
