import Language

// What is written in the language itself: everything that calls a function it was given, so that the
// function may await. A name `Type_member` becomes that type's member.

extension Machine {
  static let preludeText = """
    func Array_map(self, transform) {
        let result = []
        for element in self { result.append(transform(element)) }
        result
    }
    func Array_filter(self, isIncluded) {
        let result = []
        for element in self { if isIncluded(element) { result.append(element) } }
        result
    }
    func Array_compactMap(self, transform) {
        let result = []
        for element in self {
            let value = transform(element)
            if value != nil { result.append(value) }
        }
        result
    }
    func Array_flatMap(self, transform) {
        let result = []
        for element in self { result.appendAll(transform(element)) }
        result
    }
    func Array_reduce(self, initial, combine) {
        var result = initial
        for element in self { result = combine(result, element) }
        result
    }
    func Array_forEach(self, body) {
        for element in self { body(element) }
        nil
    }
    func Array_first(self, isWanted) {
        for element in self { if isWanted(element) { return element } }
        nil
    }
    func Array_allSatisfy(self, predicate) {
        for element in self { if !predicate(element) { return false } }
        true
    }
    func Array_anySatisfy(self, predicate) {
        for element in self { if predicate(element) { return true } }
        false
    }
    func Array_sorted(self, by = nil) {
        if by == nil { return Array(self).__sortPlain() }
        var source = Array(self)
        var target = Array(self)
        var width = 1
        let count = source.count
        while width < count {
            var start = 0
            while start < count {
                var left = start
                let middle = min(start + width, count)
                var right = middle
                let end = min(start + 2 * width, count)
                var place = start
                while place < end {
                    if left < middle && (right >= end || !by(source[right], source[left])) {
                        target[place] = source[left]
                        left += 1
                    } else {
                        target[place] = source[right]
                        right += 1
                    }
                    place += 1
                }
                start += 2 * width
            }
            let swap = source
            source = target
            target = swap
            width *= 2
        }
        source
    }
    func Dictionary_map(self, transform) {
        let result = []
        for (key, value) in self { result.append(transform(__pair(key, value))) }
        result
    }
    func Dictionary_mapValues(self, transform) {
        let result = [:]
        for (key, value) in self { result[key] = transform(value) }
        result
    }
    func Dictionary_filter(self, isIncluded) {
        let result = [:]
        for (key, value) in self { if isIncluded(__pair(key, value)) { result[key] = value } }
        result
    }
    func Dictionary_forEach(self, body) {
        for (key, value) in self { body(__pair(key, value)) }
        nil
    }
    func Dictionary_sorted(self, by = nil) { Array(self).sorted(by: by ?? { a, b in a.key < b.key }) }
    func Range_map(self, transform) { Array(self).map(transform) }
    func Range_filter(self, isIncluded) { Array(self).filter(isIncluded) }
    func Range_forEach(self, body) { for number in self { body(number) }; nil }
    func Range_reduce(self, initial, combine) { Array(self).reduce(initial, combine) }
    func String_map(self, transform) { Array(self).map(transform) }
    func String_filter(self, isIncluded) { Array(self).filter(isIncluded).joined() }
    func Deferred_finally(self, body) {
        async {
            let outcome = (await settled([self]))[0]
            await body()
            if outcome.ok { outcome.value } else { throw outcome.error }
        }
    }
    func Deferred_timeout(self, limit) {
        race([self, after(limit).then { throw __timeoutError(limit) }])
    }
    func elapsed(body) {
        let start = __monotonic()
        await body()
        __monotonic() - start
    }
    func __apply(function, arguments) {
        let count = arguments.count
        if count == 0 { return function() }
        if count == 1 { return function(arguments[0]) }
        if count == 2 { return function(arguments[0], arguments[1]) }
        function(arguments[0], arguments[1], arguments[2])
    }
    """

  private static let prelude = compileLibrary(name: "prelude", text: preludeText)

  /// Compiles a text of functions that hosts add to the language.
  public static func compileLibrary(name: String, text: String) -> Result<Program, Diagnostic> {
    let source = SourceText(name: name, text: text)
    let parsed = Parser.parse(source)
    if let problem = parsed.diagnostics.first(where: { $0.severity == .error }) { return .failure(problem) }
    let resolution = Resolver.resolve(parsed.program, source: source, globals: GlobalScope())
    if let problem = resolution.diagnostics.first(where: { $0.severity == .error }) {
      return .failure(problem)
    }
    return Result { () throws(Diagnostic) in try Compiler.compile(parsed.program, source: source) }
  }

  func installPrelude() { install(library: Machine.prelude) }

  /// Adds the functions of a library as built-in ones. Chains of calls don't show them.
  public func install(library: Result<Program, Diagnostic>) {
    do {
      let program = try library.get()
      let main = try load(program, isPrelude: true)
      resume(try makeFiber(main, [], owner: 0, result: nil))
      for name in program.globals { adopt(name) }
    } catch {
      preconditionFailure("a library does not compile: \(error)")
    }
  }

  /// `Array_map` becomes the method `map` of arrays; other names stay as built-in functions.
  private func adopt(_ name: String) {
    guard let slot = globalNumbers[name], let global = global(slot), global.value.tag == Tag.closure else {
      return
    }
    let parts = name.split(separator: "_", maxSplits: 1)
    let tags: [Substring: UInt] = [
      "Array": Tag.array, "Dictionary": Tag.dictionary, "Range": Tag.range, "String": Tag.string,
      "Deferred": Tag.deferred,
    ]
    if parts.count == 2, let tag = tags[parts[0]] {
      setMethod(String(parts[1]), of: tag, global.value)
      setGlobal(slot, nil)
    } else {
      setGlobal(slot, (global.value, .builtin))
    }
  }
}
