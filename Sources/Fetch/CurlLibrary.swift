import CCurl

/// libcurl, which is loaded when it is first needed: loading it takes as long as a tenth of the program's start.
enum CurlLibrary {
  /// Makes sure that it is there; from then on that costs next to nothing.
  ///
  /// - Throws: ``FetchError/Kind/other`` where the system has none.
  static func load() throws(FetchError) {
    guard let reason = ccurl_load() else { return }
    throw FetchError(.other, "calls are not possible: \(String(cString: reason))")
  }
}
