import VM
import Web

/// A call that a person makes by hand, beside the cells.
public struct PromptCall: Sendable {
  public var method: String
  /// A path of this notebook, or an absolute address.
  public var url: String
  public var headers: [(name: String, value: String)] = []
  public var body: [UInt8]?
  public var timeout: Duration?
  /// Whether it is gone where a redirect leads, as a browser would.
  public var followsRedirects = false

  public init(method: String, url: String) {
    self.method = method
    self.url = url
  }
}

extension Kernel {
  /// Makes a call; `completion` gets what came, or what went wrong in words. Redirects and errors are answers as any
  /// other. Gives the task by which it can be abandoned; nil where it could not begin.
  func ask(_ call: PromptCall, completion: @escaping (Result<Answer, PromptCallError>) -> Void) -> TaskID? {
    var options = OutboundCalls.Options()
    options.headers = call.headers
    options.body = call.body
    options.followsRedirects = call.followsRedirects
    options.checks = false
    options.timeout = call.timeout.map { $0.nanoseconds }
    do throws(Failure) {
      for (name, value) in call.headers {
        if let problem = HeaderRules.problem(name: name, value: value) { throw Failure(.argument, problem) }
      }
      let deferred = try calls.start(call.method, call.url, options, owner: 0)
      let task = machine.observe(deferred, owner: 0)
      tasks[task] = .promptCall(completion)
      promptCallCount += 1
      pump()
      return task
    } catch {
      completion(.failure(PromptCallError(message: error.message, help: error.help)))
      return nil
    }
  }

  /// Nobody waits for the answer any more.
  func abandon(promptCall task: TaskID) {
    guard tasks.removeValue(forKey: task) != nil else { return }
    promptCallCount -= 1
    machine.abandon(task)
    pump()
  }

  func answer(_ outcome: Outcome) -> Result<Answer, PromptCallError> {
    switch outcome {
    case .success(let value):
      guard let response = machine.payload(of: value, calls.responseClass) as? ResponseObject else {
        return .failure(PromptCallError(message: "no response came", help: nil))
      }
      return .success(Answer(response))
    case .failure(let error):
      let report = machine.report(of: error)
      return .failure(PromptCallError(message: report.message, help: report.help))
    }
  }
}

/// Why a call by hand gave no answer.
public struct PromptCallError: Error, Sendable {
  public let message: String
  public let help: String?

  public init(message: String, help: String? = nil) {
    self.message = message
    self.help = help
  }
}

extension Duration {
  /// In whole nanoseconds, the greatest number where it would be more.
  var nanoseconds: Int {
    Int(clamping: components.seconds).multipliedClamped(1_000_000_000).addingClamped(
      Int(components.attoseconds / 1_000_000_000))
  }
}
