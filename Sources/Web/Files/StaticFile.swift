import Glibc
import NIOCore
import Synchronization

/// A file that is open to be sent.
public final class StaticFile: Sendable {
  /// -1 once it is closed.
  private let descriptor: Atomic<CInt>
  /// Its length in bytes, when it was opened.
  public let size: Int
  /// When it was last changed, in seconds since 1970.
  let modified: Int
  /// Its content type, by the ending of its name.
  public let type: String
  /// Its entity tag (RFC 9110 section 8.8.3), of its time and length. One of a file that was changed a moment ago is
  /// weak: it may be changed again within the same tick of the file system's clock.
  let entityTag: String

  init(descriptor: CInt, name: String, facts: stat) {
    self.descriptor = Atomic(descriptor)
    size = Int(facts.st_size)
    modified = facts.st_mtim.tv_sec
    type = FileTypes.type(ofName: name)
    let stamp =
      UInt64(bitPattern: Int64(facts.st_mtim.tv_sec)) &* 1_000_000_000 &+ UInt64(facts.st_mtim.tv_nsec)
    let isFresh = time(nil) - facts.st_mtim.tv_sec < 2
    entityTag = "\(isFresh ? "W/" : "")\"\(String(stamp, radix: 16))-\(String(size, radix: 16))\""
  }

  /// The header fields that tell of it, whatever part of it is sent.
  public var fields: [(String, String)] {
    // What says that it was changed in the future was changed now (RFC 9110 section 8.8.2.1).
    let date = HTTPDate.format(min(modified, time(nil)))
    return [("etag", entityTag), ("last-modified", date), ("accept-ranges", "bytes")]
  }

  deinit { close() }

  /// Ends it. What is being sent of it goes on.
  public func close() {
    let last = descriptor.exchange(-1, ordering: .relaxed)
    if last >= 0 { Glibc.close(last) }
  }

  /// A part of it that can be handed to a channel, with a descriptor of its own; nil where it is closed, or too many
  /// files are open.
  func region(_ range: Range<Int>) -> FileRegion? {
    let own = fcntl(descriptor.load(ordering: .relaxed), F_DUPFD_CLOEXEC, 0)
    guard own >= 0 else { return nil }
    return FileRegion(
      fileHandle: NIOFileHandle(_deprecatedTakingOwnershipOfDescriptor: own), readerIndex: range.lowerBound,
      endIndex: range.upperBound)
  }

  /// Reads a part of it; nil where it has become shorter. It waits for the disk.
  func read(_ range: Range<Int>) -> ByteBuffer? {
    var buffer = ByteBufferAllocator().buffer(capacity: range.count)
    var place = range.lowerBound
    while place < range.upperBound {
      let wanted = range.upperBound - place
      let count = buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: wanted) { space in
        max(0, pread(descriptor.load(ordering: .relaxed), space.baseAddress, wanted, place))
      }
      if count <= 0 { return nil }
      place += count
    }
    return buffer
  }
}

/// A part of a file as the body of an answer.
public struct FileSlice: Sendable {
  public let file: StaticFile
  /// Which bytes of it.
  public let range: Range<Int>

  public init(file: StaticFile, range: Range<Int>) {
    self.file = file
    self.range = range
  }
}
