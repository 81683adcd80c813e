import Fetch

/// How the notebook calls others, as the command line and the environment say it.
public struct CallConfiguration: Sendable {
  /// How many calls are under way at once, and with whom.
  public var limits = TransferLimits()
  /// The most bytes that the body of an answer may have, unpacked.
  public var bodyLimit = FetchRequest.defaultBodyLimit
  /// How long a call that says nothing else may take to find its host, to connect, and to agree on TLS.
  public var connectTimeout = CallConfiguration.standardConnectTimeout
  /// A file of the authorities to trust, in place of the system's.
  public var certificateFile: String?
  /// By which proxy a call goes.
  public var proxies = ProxyRules()

  public static let standardConnectTimeout = Duration.seconds(10)

  public init() {}
}
