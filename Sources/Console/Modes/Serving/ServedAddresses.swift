import KernelCore

/// Where a notebook is served: told when that has begun, and when cells have run since.
struct ServedAddresses {
  private let kernel: KernelHandle
  private let configuration: KernelConfiguration
  /// What has been told; nil before anything is served.
  private var told: Set<String>?
  private var isOutdated = false
  /// Whether all cells have had their turn.
  private var isStartOver = false

  init(_ kernel: KernelHandle, _ configuration: KernelConfiguration) {
    self.kernel = kernel
    self.configuration = configuration
  }

  /// Cells have run, and what they declare is served; not yet all where the start is not over.
  mutating func mayHaveChanged(isStartOver: Bool) {
    isOutdated = true
    if isStartOver { self.isStartOver = true }
  }

  /// Says what has come. While a cell computes that can't be known, and is told later.
  mutating func tell() {
    guard isOutdated, var addresses = kernel.addressesAtOnce() else { return }
    isOutdated = false
    // The cell that is to listen may still come.
    if addresses.isEmpty, !isStartOver { return }
    if told == nil {
      warnIfOthersCanReach(configuration)
      // The cell that was to listen has failed.
      if addresses.isEmpty {
        do { addresses = [try kernel.listenByDefault()] } catch { Stream.complain("error: \(error)") }
      }
    }
    for address in addresses where told?.contains(address) != true { Stream.complain("serving \(address)") }
    told = Set(addresses)
  }
}
