import NIOCore
import NIOHTTP1

/// What a folder answers to a request.
public enum FileAnswer: Sendable {
  /// It has no such file.
  case absent
  case response(Response)

  /// The most that is read into memory, where an answer is not sent but wanted as a value.
  public static let maxContent = 64 << 20
}

extension StaticFolder {
  /// Answers a request for one of the files; methods other than GET and HEAD are told that there are only these. It waits
  /// for the disk: not to be called on an event loop.
  ///
  /// - Parameters:
  ///   - prefix: the path that stands for the folder.
  ///   - routed: the methods of routes that have the same path.
  ///   - readsContent: whether the body is wanted in memory, not as a file that is still to be sent.
  public func answer(
    _ request: Request, below prefix: RoutePrefix, routed: [HTTPMethod] = [], readsContent: Bool
  ) -> FileAnswer {
    guard let segments = RequestPath(request.path).segments, segments.count >= prefix.depth else {
      return .absent
    }
    switch find((prefix.depth..<segments.count).map(segments.text)) {
    case .nothing: return .absent
    case .busy: return .response(StandardPages.unavailable("too many files are open"))
    case .folder where !Self.methods.contains(request.method):
      return .response(Self.refusal(of: request, routed))
    case .folder:
      let query = request.target.firstIndex(of: "?").map { String(request.target[$0...]) } ?? ""
      return .response(
        Response(status: .permanentRedirect, headers: ["location": request.path + "/" + query]))
    case .file(let file) where !Self.methods.contains(request.method):
      file.close()
      return .response(Self.refusal(of: request, routed))
    case .file(let file): return .response(response(file, request, readsContent: readsContent))
    }
  }

  private static let methods: [HTTPMethod] = [.GET, .HEAD]

  /// The methods of a file's path, where routes have it too.
  public static func methods(with routed: [HTTPMethod]) -> [HTTPMethod] {
    RouteSearch.allowList(methods + routed)
  }

  private static func refusal(of request: Request, _ routed: [HTTPMethod]) -> Response {
    let allow = methods(with: routed)
    return request.method == .OPTIONS
      ? StandardPages.options(allow: allow)
      : StandardPages.methodNotAllowed(method: request.method, path: request.path, allow: allow)
  }

  private func response(_ file: StaticFile, _ request: Request, readsContent: Bool) -> Response {
    let conditions = FileConditions(
      headers: request.headers, entityTag: file.entityTag, modified: file.modified, size: file.size)
    var response = Response(
      status: .ok, headers: HTTPHeaders(file.fields))
    var range = 0..<file.size
    switch conditions.outcome(isGet: request.method == .GET) {
    case .whole: break
    case .part(let part):
      range = part
      response.status = .partialContent
      response.headers.add(
        name: "content-range", value: "bytes \(part.lowerBound)-\(part.upperBound - 1)/\(file.size)")
    case .notModified:
      file.close()
      response.status = .notModified
      return response
    case .preconditionFailed:
      file.close()
      return .text(.preconditionFailed, "The file is another one by now.\n")
    case .rangeNotSatisfiable:
      file.close()
      var answer = Response.text(.rangeNotSatisfiable, "The file has \(file.size) bytes.\n")
      answer.headers.add(name: "content-range", value: "bytes */\(file.size)")
      return answer
    }
    response.headers.add(name: "content-type", value: file.type)
    response.headers.add(name: "x-content-type-options", value: "nosniff")
    guard readsContent else {
      response.file = FileSlice(file: file, range: range)
      return response
    }
    defer { file.close() }
    guard range.count <= FileAnswer.maxContent else {
      return .text(.payloadTooLarge, "The file has \(range.count) bytes, more than are read at once.\n")
    }
    guard let content = file.read(range) else {
      return .text(.internalServerError, "The file has changed while it was read.\n")
    }
    response.body = content
    return response
  }
}
