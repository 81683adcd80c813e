/// A transfer that has ended, and whom to tell how.
public struct EndedTransfer: Sendable {
  let completion: FetchCompletion
  let result: Result<FetchResponse, FetchError>

  /// Tells how it has ended. To be called once.
  public func tell() { completion(result) }
}

/// Has those told whose transfers have ended, which as a rule are several: a thread that is woken for each of them would
/// be woken again and again, and in place of the transfers' own where there is one core.
public typealias TransferTeller = @Sendable ([EndedTransfer]) -> Void
