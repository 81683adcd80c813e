import NIOHTTP1
import VM
import Web

/// The page for an uncaught error. To a person on this machine it says everything; to others nothing that
/// concerns the code.
enum ErrorPage {
  static func response(_ report: ErrorReport, status: HTTPResponseStatus, to request: Request) -> Response {
    let title = "\(status.code) \(status.reasonPhrase)"
    guard request.isFromThisMachine else { return .text(status, title + "\n") }
    return .text(status, "\(title)\n\n\(ErrorRenderer().render(report))\n")
  }

  /// The status that an error stands for: what `httpError` says, 502 for a backend that failed, 508 for an endless
  /// chain of the notebook's calls to itself (RFC 5842 section 7.2), else 500.
  static func status(of error: Value, _ report: ErrorReport, in machine: Machine) -> HTTPResponseStatus {
    switch report.kind {
    case Failure.Kind.status.rawValue:
      let code = machine.errorField("status", of: error).asInt ?? 500
      return HTTPResponseStatus(statusCode: (400...599).contains(code) ? code : 500)
    case Failure.Kind.limit.rawValue where !machine.errorField("status", of: error).isNil:
      return .loopDetected
    case Failure.Kind.http.rawValue, Failure.Kind.network.rawValue: return .badGateway
    // Of a call, that is: `timeout(2s)` of anything else is the handler's own.
    case Failure.Kind.timeout.rawValue where !machine.errorField("url", of: error).isNil: return .badGateway
    default: return .internalServerError
    }
  }
}

extension Failure.Kind {
  /// What `httpError` makes: the answer that the handler wants given.
  static let status: Failure.Kind = "status"
}
