import NIOHTTP1
import Web

/// Who may see the inspector's page: a person at this machine, in a browser that shows this page and no other.
///
/// The page tells paths, addresses and names of variables of a notebook that may hold secrets, and stops what goes on. So a
/// request must come from this machine, and not through a proxy that lets others in; it must be made for a name of this
/// machine, since a page of another site can let its own name point here (DNS rebinding); and what changes something must be
/// a POST of the page itself. No password is needed for that, as whoever runs programs here may read the notebook anyway.
struct InspectorAccess {
  /// Why a request is refused, as a sentence without its full stop.
  struct Refusal: Error, Equatable {
    let reason: String
  }

  /// What a request is for.
  enum Purpose {
    /// The page itself, to which a link of another site may lead: that site can't read it.
    case page
    /// What the page asks for.
    case data
    /// What changes something.
    case change
  }

  /// The addresses of the interfaces that are listened on.
  let hosts: Set<String>
  /// How many requests, each made for the next, have led to a request.
  let depth: (Request) -> Int

  /// Whether a request comes from this machine and is meant for it.
  ///
  /// - Throws: the refusal, where it is not let in.
  func check(_ request: Request) throws(Refusal) {
    guard request.isFromThisMachine else {
      throw Refusal(reason: "this page is for the machine alone that the notebook runs on")
    }
    for name in ["forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"]
    where request.headers.contains(name: name) {
      throw Refusal(reason: "this page is not for requests through a proxy, which has set \(name)")
    }
    // No browser ends its connection with a request. Nginx does by default, and says nothing else of itself.
    guard !request.headers[canonicalForm: "connection"].contains(where: { $0.lowercased() == "close" }) else {
      throw Refusal(reason: "this page is not for requests with Connection: close, as a proxy makes them")
    }
    // A route that passes on what it gets, as a gateway does, would pass this on to everybody.
    guard depth(request) <= 1 else {
      throw Refusal(reason: "this page is not for routes, which could pass it on to others")
    }
    let host = self.host(of: request)
    guard isOfThisMachine(host) else {
      throw Refusal(
        reason: "this page is at localhost or 127.0.0.1, not at \"\(host.printable(limit: 200))\"")
    }
  }

  private func host(of request: Request) -> String {
    request.headers.first(name: "host")?.lowercased() ?? ""
  }

  /// Whether a request comes from a page that may make it: browsers say which site it comes from (Fetch Metadata,
  /// section 2.3; RFC 6454, section 7).
  ///
  /// - Throws: the refusal, where it does not.
  func checkSource(of request: Request, for purpose: Purpose) throws(Refusal) {
    let host = self.host(of: request)
    let site = request.headers.first(name: "sec-fetch-site")?.lowercased()
    let origin = request.headers.first(name: "origin")?.lowercased()
    let isSame = site == "same-origin" || site == nil && origin == "http://\(host)"
    switch purpose {
    case .page: return
    case .data:
      // What is typed into the line of addresses comes from no site.
      guard isSame || (site == nil || site == "none") && origin == nil else {
        throw Refusal(reason: "another site than this page asks for it")
      }
    case .change:
      guard isSame, origin == nil || origin == "http://\(host)" else {
        throw Refusal(
          reason:
            "only this page itself may do that: the request needs Origin: http://\(host.printable(limit: 200))"
        )
      }
    }
  }

  /// Whether `host`, with or without a port, names this machine whatever a name server says.
  private func isOfThisMachine(_ host: String) -> Bool {
    let name: Substring
    if host.hasPrefix("[") {
      guard let end = host.firstIndex(of: "]") else { return false }
      name = host[host.index(after: host.startIndex)..<end]
    } else {
      name = host.prefix { $0 != ":" }
    }
    return ["localhost", "127.0.0.1", "::1"].contains(name) || hosts.contains(String(name))
  }
}
