/// A stretch of code whose failures are taken over: by a `catch`, or by a `defer` that must run.
struct Region {
  enum Kind {
    case catching
    /// The register holds the closure to call on every way out.
    case cleanup(Int)
  }

  let kind: Kind
  /// The statement in the text.
  let span: Span
  var ranges: [Range<Int>] = []
  /// Where the stretch that is open now began; nil while code outside the region is emitted.
  var openStart: Int?
}

extension FunctionCompiler {
  mutating func openRegion(_ kind: Region.Kind) {
    regions.append(Region(kind: kind, span: span, openStart: code.count))
  }

  /// Ends the innermost region and enters it in the handler table.
  mutating func closeRegion(target: Int, register: Int) {
    suspendRegion(regions.count - 1)
    let region = regions.removeLast()
    let kind: HandlerRange.Kind =
      switch region.kind {
      case .catching: .catching
      case .cleanup: .cleanup
      }
    for range in region.ranges {
      handlers.append(
        HandlerRange(
          start: range.lowerBound, end: range.upperBound, target: target, register: register, kind: kind))
    }
  }

  mutating func suspendRegion(_ index: Int) {
    guard let start = regions[index].openStart else { return }
    if code.count > start { regions[index].ranges.append(start..<code.count) }
    regions[index].openStart = nil
  }

  /// Leaves all regions down to `depth` for a `return`, `break` or `continue`: runs their cleanups, each
  /// outside its own region, emits what `exit` emits, and lets the code that follows be inside again.
  mutating func leaveRegions(downTo depth: Int, exit: (inout FunctionCompiler) -> Void) {
    for index in regions.indices.reversed() where index >= depth {
      suspendRegion(index)
      if case .cleanup(let closure) = regions[index].kind {
        at(regions[index].span) { $0.callCleanup(closure) }
      }
    }
    exit(&self)
    for index in regions.indices where index >= depth { regions[index].openStart = code.count }
  }

  mutating func callCleanup(_ closure: Int) {
    scoped { compiler in
      let base = compiler.allocate(2)
      compiler.emit(.move, a: base, b: closure)
      compiler.emit(.call, a: base, b: 0)
    }
  }
}
