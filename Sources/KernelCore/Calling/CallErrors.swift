import Fetch
import Foundation
import NIOHTTP1
import VM
import Web

/// What is told of a call that has come to nothing.
extension OutboundCalls {
  /// No answer came.
  func noAnswer(_ call: Call, _ error: FetchError) -> Value {
    let why = "\(reason(of: error, call))\(call.attempts.summary)"
    let trust = "start the program with --ca-file FILE to trust its authority"
    let help: String? =
      switch error.kind {
      case .certificate: "\(trust), or pass insecure: true to look at none"
      // What a call says of its host does not hold for others on the way.
      case .proxyCertificate: trust
      default: nil
      }
    let failure = Failure(
      error.kind == .timedOut ? .timeout : .network, "\(call.name): \(why)", help: help,
      fields: [("url", machine.makeString(call.url))] + attempts(of: call))
    return machine.makeErrorValue(failure)
  }

  /// What an error carries of the attempts, where there may have been several.
  private func attempts(of call: Call) -> [(name: String, value: Value)] {
    guard !call.attempts.ended.isEmpty else { return [] }
    let attempts = call.attempts.ended.map { attempt in
      machine.makeDictionary([
        ("begun", .duration(nanoseconds: attempt.begun)),
        attempt.status.map { ("status", .int($0)) }
          ?? ("error", machine.makeString(attempt.reason.printable(limit: 300))),
      ])
    }
    return [("attempts", machine.makeArray(attempts))]
  }

  /// Of a handler of this notebook one hears the same whether the request has gone over a connection or not.
  func reason(of error: FetchError, _ call: Call) -> String {
    guard error.kind == .timedOut, let timeout = call.options.timeout, isOwn(call) || call.redirects > 0
    else { return error.message }
    return Self.noAnswer(within: timeout)
  }

  /// The answer of a route of this notebook came to an end before it was whole, or was too long.
  static func error(of failure: BodyFailure) -> FetchError {
    switch failure {
    case .cutOff: FetchError(kind: .connectionLost, message: "the answer ended before it was whole")
    case .tooLarge(let limit):
      FetchError(kind: .bodyTooLarge, message: "the answer is longer than the limit of \(limit) bytes")
    }
  }

  static func noAnswer(within timeout: Int) -> String {
    "no answer within \(Machine.text(ofDuration: timeout))"
  }

  /// Whether a call is one to this server itself.
  private func isOwn(_ call: Call) -> Bool {
    call.own != nil || (try? target(of: call.url))?.ownPath != nil
  }

  func badStatus(_ call: Call, _ response: FetchResponse, _ value: Value) -> Value {
    let reason =
      response.reason.isEmpty ? HTTPResponseStatus(statusCode: response.status).reasonPhrase : response.reason
    let says = Self.reason(in: response)
    let said = says.isEmpty || says.contains(reason) ? "" : ": \(says.printable(limit: 200))"
    let told = "\(response.status) \(reason.printable(limit: 100))\(said)\(call.attempts.summary)"
    let failure = Failure(
      isEndlessChain(call, response) ? .limit : .http,
      "\(call.name) gave \(told)",
      help: "pass check: false to look at such answers yourself",
      fields: [("response", value), ("status", .int(response.status))] + attempts(of: call))
    return machine.makeErrorValue(failure)
  }

  /// What the other side says about an answer that is an error: the first line of a text, and JSON in one line.
  private static func reason(in response: FetchResponse) -> String {
    let field = response.headers.first { $0.name.lowercased() == "content-type" }?.value.lowercased() ?? ""
    let type = field.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces)
    if type == "text/plain" {
      return String(decoding: response.body.prefix { $0 != 10 && $0 != 13 }, as: UTF8.self)
    }
    guard type == "application/json" || type.hasSuffix("+json") else { return "" }
    // Line breaks stand between the parts of a value only, indentation behind them.
    let lines = response.body.prefix(4096).split { $0 == 10 || $0 == 13 }.prefix(100)
    return lines.map { String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespaces) }.joined(
      separator: " ")
  }

  /// Whether a call to this server itself has come to nothing because the chain of such calls has no end.
  private func isEndlessChain(_ call: Call, _ response: FetchResponse) -> Bool {
    response.status == Int(HTTPResponseStatus.loopDetected.code) && isOwn(call)
  }
}
