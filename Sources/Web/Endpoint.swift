import Glibc

/// Where a server is asked to listen, in the words of Twisted's endpoint strings.
public enum Endpoint: Hashable, Sendable, CustomStringConvertible {
  /// A TCP port of one interface, given by its address (`localhost` means 127.0.0.1); port 0 is any free one.
  case tcp(host: String, port: Int)
  /// A Unix domain socket at a path.
  case unix(path: String)

  /// The forms that `parse` takes, for messages.
  public static let acceptedForms =
    "tcp:8080, tcp:8080:interface=0.0.0.0, tcp:8080:interface=::1, unix:/path/to/socket"

  /// Reads an endpoint: `tcp:PORT`, `tcp:PORT:interface=ADDRESS` or `unix:PATH`, where a backslash takes the
  /// meaning from a following colon, equals sign or backslash; an IPv6 address at the end needs none. Without an
  /// interface it is 127.0.0.1.
  public static func parse(_ text: String) throws(EndpointError) -> Endpoint {
    let fields = split(escapingAddress(text))
    let shown = "\"\(text.printable(limit: 80))\""
    guard fields.count > 1 || fields[0].key != nil else {
      throw EndpointError("\(shown) is no endpoint: accepted are \(acceptedForms)")
    }
    switch fields[0].key == nil ? fields[0].value : "" {
    case "tcp":
      return try parseTCP(fields.dropFirst(), shown: shown)
    case "unix":
      let path = fields[1].value
      guard fields.count == 2, fields[1].key == nil || fields[1].key == "address" else {
        throw EndpointError(
          "\(shown) has more than a path: write unix:/path, with \\: for a colon in the path")
      }
      guard !path.isEmpty, !path.utf8.contains(0) else {
        throw EndpointError("\(shown) names no path: write unix:/path/to/socket")
      }
      return .unix(path: path)
    default:
      throw EndpointError("\(shown) begins with neither tcp: nor unix: — accepted are \(acceptedForms)")
    }
  }

  /// The endpoint as `parse` reads it.
  public var description: String {
    switch self {
    case .tcp("127.0.0.1", let port): "tcp:\(port)"
    case .tcp(let host, let port): "tcp:\(port):interface=\(Self.escape(host))"
    case .unix(let path): "unix:\(Self.escape(path))"
    }
  }

  /// Whether other machines can reach it: its interface is not a loopback one.
  public var isBeyondThisMachine: Bool {
    switch self {
    case .tcp(let host, _): !Self.isLoopback(host: host)
    case .unix: false
    }
  }

  /// Whether `host` is `localhost` or an address in 127.0.0.0/8, `::1`, or one of the former as IPv4-mapped.
  static func isLoopback(host: String) -> Bool {
    if host == "localhost" { return true }
    var v4 = in_addr()
    if inet_pton(AF_INET, host, &v4) == 1 { return UInt32(bigEndian: v4.s_addr) >> 24 == 127 }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, host, &v6) == 1 else { return false }
    return withUnsafeBytes(of: v6) { bytes in
      let leading = bytes.prefix(10).allSatisfy { $0 == 0 }
      let isOne = bytes[10..<15].allSatisfy { $0 == 0 } && bytes[15] == 1
      let isMapped = bytes[10] == 0xff && bytes[11] == 0xff && bytes[12] == 127
      return leading && (isOne || isMapped)
    }
  }

  private static func parseTCP(
    _ fields: ArraySlice<(key: String?, value: String)>, shown: String
  ) throws(EndpointError) -> Endpoint {
    var port: Int?
    var host: String?
    for (index, field) in fields.enumerated() {
      switch field.key ?? (index == 0 ? "port" : "") {
      case "port" where port == nil:
        guard !field.value.isEmpty, field.value.utf8.allSatisfy({ (0x30...0x39).contains($0) }),
          let number = Int(field.value), number <= 65_535
        else {
          throw EndpointError(
            "\"\(field.value.printable(limit: 40))\" in \(shown) is no port: it is a number from 0 (any free one) to 65535"
          )
        }
        port = number
      case "interface" where host == nil:
        guard isAddress(field.value) else {
          throw EndpointError(
            "\"\(field.value.printable(limit: 40))\" in \(shown) is no address of an interface: write 127.0.0.1, 0.0.0.0 "
              + "or ::1")
        }
        host = field.value
      default:
        throw EndpointError(
          "\"\((field.key ?? field.value).printable(limit: 40))\" in \(shown) is not understood: accepted are \(acceptedForms)"
        )
      }
    }
    guard let port else {
      throw EndpointError("\(shown) names no port: write tcp:8080, or tcp:0 for any free one")
    }
    return .tcp(host: host ?? "127.0.0.1", port: port)
  }

  /// Whether `host` is what can be bound without asking a name server.
  static func isAddress(_ host: String) -> Bool {
    var v6 = in6_addr()
    var v4 = in_addr()
    return host == "localhost" || inet_pton(AF_INET, host, &v4) == 1 || inet_pton(AF_INET6, host, &v6) == 1
  }

  /// The text with backslashes in an IPv6 address that ends it without any.
  private static func escapingAddress(_ text: String) -> String {
    guard let name = text.firstRange(of: ":interface=") else { return text }
    let address = String(text[name.upperBound...])
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, address, &v6) == 1 else { return text }
    return text[..<name.upperBound] + escape(address)
  }

  /// Splits at the colons, and each field at its first equals sign, that no backslash precedes.
  private static func split(_ text: String) -> [(key: String?, value: String)] {
    var fields: [(key: String?, value: String)] = [(nil, "")]
    var escaped = false
    for character in text.unicodeScalars {
      let last = fields.count - 1
      if escaped {
        fields[last].value.unicodeScalars.append(character)
        escaped = false
      } else if character == "\\" {
        escaped = true
      } else if character == ":" {
        fields.append((nil, ""))
      } else if character == "=", fields[last].key == nil {
        fields[last] = (fields[last].value, "")
      } else {
        fields[last].value.unicodeScalars.append(character)
      }
    }
    return fields
  }

  private static func escape(_ text: String) -> String {
    var result = ""
    for character in text.unicodeScalars {
      if character == ":" || character == "=" || character == "\\" { result += "\\" }
      result.unicodeScalars.append(character)
    }
    return result
  }
}

/// Why a text is no endpoint: what is wrong and what is accepted, in one sentence.
public struct EndpointError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The sentence.
  public let message: String
  init(_ message: String) { self.message = message }
  /// The sentence.
  public var description: String { message }
}
