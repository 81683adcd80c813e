/// Says when a file has changed and is whole again, from what each look at it finds.
///
/// Editors empty a file and write it, or take it away and put another in its place. So a change counts when it has
/// stayed as it is for a while, and one that leaves no file, or nothing in it, when it has done so for longer.
struct FileWatch<Version: Equatable> {
  /// How long a change must have stayed.
  static var patience: Duration { .milliseconds(100) }
  /// The same where there is no file, or nothing in it.
  static var longPatience: Duration { .seconds(1) }

  /// The version that was last reported; nil where there was no file.
  private var known: Version?
  private var candidate: (version: Version?, since: ContinuousClock.Instant)?

  /// - Parameter version: what is known of the file already.
  init(_ version: Version?) { known = version }

  /// How long to wait until the next look.
  var interval: Duration { candidate == nil ? .milliseconds(250) : .milliseconds(50) }

  /// A look has found this version, or no file; whether it is to be read now.
  mutating func sees(_ version: Version?, isEmpty: Bool, at now: ContinuousClock.Instant) -> Bool {
    guard version != known else {
      candidate = nil
      return false
    }
    guard let candidate, candidate.version == version else {
      candidate = (version, now)
      return false
    }
    let isDoubtful = version == nil || isEmpty
    guard now - candidate.since >= (isDoubtful ? Self.longPatience : Self.patience) else { return false }
    knows(version)
    return true
  }

  /// Somebody reads this version of their own accord.
  mutating func knows(_ version: Version?) {
    known = version
    candidate = nil
  }
}
