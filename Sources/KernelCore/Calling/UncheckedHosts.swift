import Fetch

/// For whom it was told already that the certificate of a host is not checked: once for each run of a cell and host, and
/// not for each call.
struct UncheckedHosts {
  private struct Entry: Hashable {
    let owner: UInt32
    let host: String
  }

  /// So many are remembered; then all are told again.
  static let limit = 1_000

  private var told: Set<Entry> = []

  /// Whether it is to be told now.
  mutating func note(_ host: String, owner: UInt32) -> Bool {
    if told.count >= Self.limit { told.removeAll() }
    return told.insert(Entry(owner: owner, host: host)).inserted
  }
}

extension OutboundCalls {
  /// Tells the person that a certificate is not checked; of an `http` address, too, for it may redirect to `https`.
  func tellUnchecked(_ request: FetchRequest, owner: UInt32) {
    guard request.skipsCertificateChecks, let host = request.host,
      uncheckedHosts.note(host, owner: owner)
    else { return }
    onUncheckedCertificate(owner, host)
  }
}
