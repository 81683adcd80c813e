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
  func write(_ region: FileRegion, promise: EventLoopPromise<Void>?) {
    let sent = promise ?? eventLoop.makePromise(of: Void.self)
    sent.futureResult.assumeIsolated().whenComplete { _ in try? region.fileHandle.close() }
    write(NIOAny(IOData.fileRegion(region)), promise: sent)
  }
}
