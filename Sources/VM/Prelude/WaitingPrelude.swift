extension Prelude {
  /// Members of Deferred and functions that wait or call.
  static let waiting = """
    func __finish(source, body) {
        var isRun = false
        // Cancelling the result runs it too.
        defer { if !isRun { body() } }
        __leaveIfStopped()
        var value = nil
        var failure = nil
        do { value = await source } catch error { failure = error }
        isRun = true
        await body()
        if failure == nil { return value }
        // A cancellation goes on as one.
        if source.isCancelled { __stop() }
        throw failure
    }
    func Deferred_timeout(self, limit) {
        let failure = __timeoutError(limit)
        race([self, after(limit).then { throw failure }])
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
        if count == 3 { return function(arguments[0], arguments[1], arguments[2]) }
        function(arguments[0], arguments[1], arguments[2], arguments[3])
    }
    """
}
