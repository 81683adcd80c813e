import CDigest
import Foundation
import NIOCore
import NIOHTTP1
import Web

/// Answers below `/_routebook/`: a page that shows what the notebook serves and does, for whoever sits at this machine.
///
/// It stands before routes and before what surrounds them, and outlives kernels: a page stays connected when its kernel is
/// restarted. What it answers leaves no trace, no hit and no line in the log. Confined to its event loop.
final class Inspector {
  /// What it answers, with all below.
  static let path = "/_routebook"

  private unowned let supervisor: Supervisor
  let events: InspectorEvents
  private var madePage: Response?

  init(_ supervisor: Supervisor) {
    self.supervisor = supervisor
    events = InspectorEvents(InspectorTables(supervisor), loop: supervisor.loop)
  }

  /// Whether a path, percent-encoded and without a query, is its own.
  static func owns(_ path: String) -> Bool {
    // Few paths begin like this, and all are asked.
    let bytes = path.utf8.span
    return bytes.count > 1 && bytes[1] == UInt8(ascii: "_") && path.hasPrefix(Inspector.path)
      && (path.utf8.count == Inspector.path.utf8.count || path.hasPrefix("/_routebook/"))
  }

  /// Ends what is streamed to pages: nothing more is to come.
  func close() { events.close() }

  // MARK: Answering

  /// What a path is.
  private enum Resource {
    case folder, page, events
    case trace(number: Int, isPicture: Bool)
    case cancelling(kernel: Int, ActivityNumbers.Key)

    init?(_ path: String) {
      if path == Inspector.path {
        self = .folder
        return
      }
      let parts = path.dropFirst(Inspector.path.utf8.count + 1).split(
        separator: "/", omittingEmptySubsequences: false)
      switch (parts.count, parts.first) {
      case (1, ""): self = .page
      case (1, "events"): self = .events
      case (2, "traces"):
        let name = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard name.count == 2, let number = Int(name[0]), ["json", "svg"].contains(name[1]) else {
          return nil
        }
        self = .trace(number: number, isPicture: name[1] == "svg")
      case (3, "activities"):
        guard parts[2] == "cancel", let (kernel, key) = InspectorTables.activity(String(parts[1])) else {
          return nil
        }
        self = .cancelling(kernel: kernel, key)
      default: return nil
      }
    }

    var methods: [HTTPMethod] { if case .cancelling = self { [.POST] } else { [.GET, .HEAD] } }

    var purpose: InspectorAccess.Purpose {
      switch self {
      case .folder, .page: .page
      case .events, .trace: .data
      case .cancelling: .change
      }
    }
  }

  func respond(to exchange: Exchange) {
    let request = exchange.request
    do throws(InspectorAccess.Refusal) {
      let access = access
      try access.check(request)
      guard let resource = Resource(request.path) else {
        return exchange.respond(
          Inspector.answer(
            .notFound,
            "There is nothing at \(request.path.printable(limit: 200)): the page is \(Inspector.path)/.\n"))
      }
      guard resource.methods.contains(request.method) else {
        return exchange.respond(
          StandardPages.methodNotAllowed(
            method: request.method, path: request.path, allow: resource.methods))
      }
      try access.checkSource(of: request, for: resource.purpose)
      answer(exchange, resource)
    } catch {
      exchange.respond(Inspector.answer(.forbidden, Inspector.sentence(error.reason)))
    }
  }

  private func answer(_ exchange: Exchange, _ resource: Resource) {
    switch resource {
    case .folder:
      // With the server's own words only: no query goes along.
      var response = Response(status: .permanentRedirect)
      response.headers.add(name: "location", value: Inspector.path + "/")
      exchange.respond(response)
    case .page: exchange.respond(page())
    case .events: events.stream(to: exchange)
    case .trace(let number, let isPicture): exchange.respond(trace(number, isPicture: isPicture))
    case .cancelling(let kernel, let key): exchange.respond(cancel(key, ofKernel: kernel))
    }
  }

  private var access: InspectorAccess {
    InspectorAccess(
      hosts: Set(supervisor.server.addresses.compactMap(\.host)).subtracting(["0.0.0.0", "::"])
    ) {
      [supervisor] in supervisor.depth(of: $0)
    }
  }

  private func cancel(_ key: ActivityNumbers.Key, ofKernel kernel: Int) -> Response {
    guard kernel == supervisor.generation, supervisor.kernel.cancel(key, .onPage) else {
      return Inspector.answer(.notFound, "It has ended already.\n")
    }
    events.refreshSoon()
    return Inspector.private(Response(status: .noContent))
  }

  private func trace(_ number: Int, isPicture: Bool) -> Response {
    guard supervisor.recorder != nil else {
      return Inspector.answer(.notFound, "Nothing is traced: the notebook was started without that.\n")
    }
    guard let waterfall = supervisor.waterfall(.number(number)) else {
      return Inspector.answer(.notFound, "Trace \(number) is not kept, or never was.\n")
    }
    if isPicture { return Inspector.picture(WaterfallSVG(waterfall), of: number) }
    return Inspector.private(
      Response(
        status: .ok, type: "application/json", body: ByteBuffer(string: InspectorTables.json(of: waterfall))))
  }

  // MARK: Responses

  /// Made once: the page is the same for everybody.
  private func page() -> Response {
    if let madePage { return madePage }
    guard let policy = InspectorPage.contentSecurityPolicy() else {
      return Inspector.answer(
        .serviceUnavailable, "The page cannot be made: \(String(cString: cdigest_problem())).\n")
    }
    var response = Response.html(.ok, InspectorPage.html)
    response.headers.add(name: "content-security-policy", value: policy)
    response.headers.add(name: "cross-origin-opener-policy", value: "same-origin")
    let page = Inspector.private(response)
    madePage = page
    return page
  }

  /// A picture, which has its styles in it and needs nothing else.
  private static func picture(_ picture: WaterfallSVG, of trace: Int) -> Response {
    var response = Response(status: .ok, type: "image/svg+xml", body: ByteBuffer(string: picture.text))
    response.headers.add(
      name: "content-security-policy",
      value: "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'")
    response.headers.add(name: "content-disposition", value: "inline; filename=\"trace-\(trace).svg\"")
    return Inspector.private(response)
  }

  private static func sentence(_ reason: String) -> String {
    reason.prefix(1).uppercased() + reason.dropFirst() + ".\n"
  }

  private static func answer(_ status: HTTPResponseStatus, _ text: String) -> Response {
    Inspector.private(.text(status, text))
  }

  /// What no other page is to read, keep or take for something else.
  static func `private`(_ response: Response) -> Response {
    var response = response
    for (name, value) in [
      ("cache-control", "no-store"), ("x-content-type-options", "nosniff"),
      ("referrer-policy", "no-referrer"),
      ("cross-origin-resource-policy", "same-origin"),
    ] { response.headers.add(name: name, value: value) }
    return response
  }
}
