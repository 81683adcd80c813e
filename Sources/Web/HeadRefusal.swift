import NIOHTTP1

extension StandardPages {
  /// What is answered to a head that a connection would not take, for a request that comes over none; nil where it would
  /// be taken.
  ///
  /// - Parameter isBodyRead: whether the route reads the body as it comes, which may then be longer.
  public static func refusal(of head: HTTPRequestHead, isBodyRead: Bool, limits: ServerLimits) -> Response? {
    var text = "\(head.method.rawValue) \(head.uri) HTTP/1.1\r\n"
    for (name, value) in head.headers { text += "\(name): \(value)\r\n" }
    text += "\r\n"
    var scanner = HeadScanner(limits: HeadLimits(limits))
    let bytes = Array(text.utf8)
    if case .malformed(let problem) = scanner.scan(bytes.span, from: 0) {
      return refusal(of: problem, limits: limits)
    }
    let bodyLimit = isBodyRead ? limits.maxStreamedBodyBytes : limits.maxBodyBytes
    if case .failure(let refusal) = HeadFacts.gather(from: head, bodyLimit: bodyLimit) {
      return refusal.response
    }
    return nil
  }
}
