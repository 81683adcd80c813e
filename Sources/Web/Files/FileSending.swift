import Glibc
import NIOCore

extension Response {
  /// The part of the file that is its body, open to be sent; nil where it has none, or none is sent.
  func withRegion(_ framing: ResponseFraming) -> (response: Response, region: FileRegion?) {
    guard let file, !framing.isHead, status.hasContent, !file.range.isEmpty else { return (self, nil) }
    if let region = file.file.region(file.range) { return (self, region) }
    return (StandardPages.unavailable("too many files are open"), nil)
  }
}

extension ChannelHandlerContext {
  /// Sends a part of a file without reading it into memory, and closes it.
  ///
  /// A file that becomes shorter meanwhile has nothing to send, which `sendfile` tells by sending nothing, and NIO tries
  /// again and again. So it is looked at each second, and the connection ends where the file did.
  func write(_ region: FileRegion, promise: EventLoopPromise<Void>?) {
    let sent = promise ?? eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound(self, eventLoop: eventLoop)
    let watch = eventLoop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { _ in
      if region.isCutShort { bound.value.close(promise: nil) }
    }
    sent.futureResult.assumeIsolated().whenComplete { _ in
      watch.cancel()
      try? region.fileHandle.close()
    }
    write(NIOAny(IOData.fileRegion(region)), promise: sent)
  }
}

extension FileRegion {
  /// Whether the file ends before it does.
  fileprivate var isCutShort: Bool {
    var facts = stat()
    let known = try? fileHandle.withUnsafeFileDescriptor { fstat($0, &facts) }
    return known == 0 && Int(facts.st_size) < endIndex
  }
}
