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
  /// Called on the loop with an answer that does not come at once; nil where it is waited for however long it takes.
  public var onProgress: (@Sendable (AnswerProgress) -> Void)?

  public init(method: String, url: String) {
    self.method = method
    self.url = url
  }
}

/// What there is of an answer whose end is not in sight.
public enum AnswerProgress: Sendable {
  /// Its head; the body of this answer is empty.
  case begun(Answer)
  /// Lines of its body as they come, without their ends. One that does not end at once is given in parts.
  case lines([String])
}

/// Who waits for a call by hand.
struct PromptCallWait {
  let onProgress: (@Sendable (AnswerProgress) -> Void)?
  let completion: (Result<Answer, PromptCallError>) -> Void
}

extension Kernel {
  /// Makes a call; `completion` gets what came, or what went wrong in words. Redirects and errors are answers as any
  /// other. Of one that was told by `onProgress` the body is empty. Gives the task by which it can be abandoned; nil where
  /// it could not begin.
  func ask(_ call: PromptCall, completion: @escaping (Result<Answer, PromptCallError>) -> Void) -> TaskID? {
    var options = OutboundCalls.Options()
    options.headers = call.headers
    options.body = call.body
    options.followsRedirects = call.followsRedirects
    options.checks = false
    options.isStreamed = call.onProgress != nil
    options.timeout = call.timeout.map { $0.nanoseconds }
    do throws(Failure) {
      for (name, value) in call.headers {
        if let problem = HeaderRules.problem(name: name, value: value) { throw Failure(.argument, problem) }
      }
      let deferred = try calls.start(call.method, call.url, options, owner: 0)
      let task = machine.observe(deferred, owner: 0)
      tasks[task] = .promptCall(PromptCallWait(onProgress: call.onProgress, completion: completion))
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
    if let answer = followedAnswers.removeValue(forKey: task) {
      promptCallCount -= 1
      answer.stop(nil)
    } else if tasks.removeValue(forKey: task) != nil {
      promptCallCount -= 1
      machine.abandon(task)
    }
    pump()
  }

  /// What a call by hand came to, or the head of it.
  func came(_ outcome: Outcome, _ task: TaskID, _ wait: PromptCallWait) {
    let result: Result<Answer, PromptCallError>
    switch outcome {
    case .success(let value):
      if let response = machine.payload(of: value, calls.responseClass) as? ResponseObject {
        if let body = response.stream, let onProgress = wait.onProgress {
          return follow(response, body, task, onProgress, wait.completion)
        }
        result = .success(Answer(response))
      } else {
        result = .failure(PromptCallError(message: "no response came", help: nil))
      }
    case .failure(let error):
      let report = machine.report(of: error)
      result = .failure(PromptCallError(message: report.message, help: report.help))
    }
    promptCallCount -= 1
    wait.completion(result)
  }

  private func follow(
    _ response: ResponseObject, _ body: AnswerBody, _ task: TaskID,
    _ onProgress: @escaping @Sendable (AnswerProgress) -> Void,
    _ completion: @escaping (Result<Answer, PromptCallError>) -> Void
  ) {
    let answer = FollowedAnswer(
      response, body, limit: configuration.calls.bodyLimit, loop: loop, clock: clock, onProgress: onProgress
    ) { [weak self] result in
      if let self, followedAnswers.removeValue(forKey: task) != nil { promptCallCount -= 1 }
      completion(result)
    }
    followedAnswers[task] = answer
    answer.begin()
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
