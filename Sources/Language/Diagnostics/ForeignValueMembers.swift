extension ForeignMembers {
  /// Of numbers, times, and what waits or travels.
  static let others: [String: [String: String]] = [
    "Int": int, "Double": double, "Date": date,
    "Duration": [
      "total_seconds": ".seconds", "components": ".seconds", "inSeconds": ".seconds",
      "attoseconds": ".nanoseconds", "timeInterval": ".seconds", "second": ".seconds", "minute": ".minutes",
      "hour": ".hours", "formatted": "String(duration), or duration.seconds.formatted(decimals: 1)",
      "weeks": ".days / 7", "isZero": "duration == 0s", "rounded": "duration.seconds.rounded() * 1s",
    ],
    "Bool": ["toggle": "flag = !flag"],
    // Functions, and those that are the names of types.
    "Function": ["call": "f(x)", "apply": "f(x)", "bind": "{ f(x) }"],
    "Date()": ["now": "now()", "parse": "Date(text)", "today": "now()"],
    "Int()": ["zero": "0", "parse": "Int(text)"],
    "Double()": ["zero": "0.0", "epsilon": "Double.ulpOfOne", "parse": "Double(text)"],
    "Array()": ["isArray": "type(of: x) == \"Array\"", "from": "Array(xs)", "of": "[a, b]"],
    "String()": ["fromCharCode": "String(scalars: [65])", "format": "x.formatted(decimals: 2)"],
    "Dictionary()": ["fromEntries": "Dictionary(pairs)", "keys": "d.keys", "values": "d.values"],
    "json()": [
      "loads": "json(text)", "load": "json(text)", "parse": "json(text)", "decode": "json(text)",
      "dumps": "toJSON(value)", "dump": "toJSON(value)", "stringify": "toJSON(value)",
      "encode": "toJSON(value)",
    ],
    "random()": [
      "randint": "Int.random(in: 1...6)", "choice": "xs.randomElement()", "shuffle": "xs.shuffle()",
      "random": "random()", "uniform": "a + random() * (b - a)", "sample": "xs.shuffled().prefix(n)",
    ],
    "Deferred": [
      "addCallback": ".then { … }", "addErrback": ".catch { … }", "addBoth": ".finally { … }",
      "callback": ".resolve(value)", "errback": ".reject(error)", "addTimeout": ".timeout(2s)",
      "fulfill": ".resolve(value)", "called": ".isPending", "value": "await deferred",
      "result": "await deferred", "stop": ".cancel()", "abort": ".cancel()",
    ],
    "Error": [
      "localizedDescription": ".message", "description": ".message", "code": ".kind", "name": ".kind",
      "args": ".message",
    ],
    "Response": [
      "statusCode": ".status", "status_code": ".status", "content": ".body", "data": ".body",
      "code": ".status", "reason": ".status", "arrayBuffer": ".body",
      "raise_for_status": "nothing: a status of 400 or more is an error",
    ],
    "Request": [
      "args": ".query", "queryParams": ".query", "url": ".path", "uri": ".path", "content": ".body",
      "data": ".body", "verb": ".method",
    ],
    "File": [
      "filename": ".name", "originalname": ".name", "fileName": ".name", "mimetype": ".type",
      "contentType": ".type", "content_type": ".type", "content": ".body", "data": ".body",
      "buffer": ".body", "bytes": ".body", "size": ".body.count", "count": ".body.count", "read": ".body",
    ],
    "Timer": ["cancel": ".stop()", "invalidate": ".stop()"],
  ]

  private static let int: [String: String] = [
    "times": "for i in 0..<n { … }", "toDouble": "Double(n)", "squareRoot": "sqrt(n)", "remainder": "a % b",
    "isEven": ".isMultiple(of: 2)", "isOdd": "!n.isMultiple(of: 2)", "isZero": "n == 0",
    "isPositive": "n > 0",
    "isNegative": "n < 0", "sign": ".signum()", "hex": "String(n, radix: 16)", "round": "the number itself",
    "bit_length": "String(n, radix: 2).count", "nonzeroBitCount": "String(n, radix: 2).count { $0 == \"1\" }",
    "bit_count": "String(n, radix: 2).count { $0 == \"1\" }",
    "addingReportingOverflow": "a + b, which is an error where it does not fit",
    "subtractingReportingOverflow": "a - b, which is an error where it does not fit",
    "multipliedReportingOverflow": "a * b, which is an error where it does not fit",
    "dividedReportingOverflow": "a / b, which is an error where it does not fit",
  ]

  private static let double: [String: String] = [
    "toInt": "Int(x)", "round": ".rounded()", "floor": "floor(x)", "ceil": "ceil(x)", "sign": ".signum()",
    "isZero": "x == 0", "isNegative": "x < 0", "isPositive": "x > 0", "is_integer": "x == x.rounded()",
    "isInteger": "x == x.rounded()", "formSquareRoot": "x = sqrt(x)", "addingProduct": "x + a * b",
    "addProduct": "x += a * b", "isMultiple": "x.remainder(dividingBy: y) == 0",
    "formRemainder": "x = x.remainder(dividingBy: y)",
    "formTruncatingRemainder": "x = x.truncatingRemainder(dividingBy: y)", "isLess": "a < b",
    "isLessThanOrEqualTo": "a <= b", "truncated": "trunc(x)",
  ]

  private static let date: [String: String] = [
    // Whole seconds are .unix; these have a fraction.
    "timeIntervalSince1970": sinceEpoch, "timestamp": sinceEpoch, "unixSeconds": sinceEpoch,
    "getTime": "(date - Date(unix: 0)).milliseconds", "valueOf": "(date - Date(unix: 0)).milliseconds",
    "timeIntervalSinceNow": "date - now(), a Duration", "timeIntervalSince": "a - b, a Duration",
    "timeIntervalSinceReferenceDate": "date - Date(\"2001-01-01\"), a Duration",
    "distance": "b - a, a Duration",
    "addingTimeInterval": "date + 2s", "addTimeInterval": "date += 2s", "adding": "date + 2s",
    "add": "date + 2s",
    "subtracting": "date - 2s", "isoformat": "date.iso8601", "toISOString": "date.iso8601",
    "ISO8601Format": "date.iso8601", "toUTCString": "date.http", "strftime": ".formatted(\"yyyy-MM-dd\")",
    "format": ".formatted(\"yyyy-MM-dd\")", "toLocaleString": ".formatted(\"yyyy-MM-dd HH:mm\")",
    "toLocaleDateString": ".formatted(\"yyyy-MM-dd\")", "getFullYear": ".year",
    "getMonth": ".month, January is 1",
    "getDate": ".day", "getDay": ".weekday, Monday is 1", "getHours": ".hour", "getMinutes": ".minute",
    "getSeconds": ".second", "getMilliseconds": ".millisecond", "isoweekday": ".weekday",
    "microsecond": ".millisecond", "nanosecond": ".millisecond", "date": ".formatted(\"yyyy-MM-dd\")",
    "time": ".formatted(\"HH:mm:ss\")", "isBefore": "a < b", "isAfter": "a > b",
    "startOfDay": "Date(date.formatted(\"yyyy-MM-dd\"))",
    "replace": "Date(\"2026-01-31T12:00:00Z\")", "dayOfYear": ".formatted(\"D\")",
  ]

  private static let sinceEpoch = "(date - Date(unix: 0)).seconds, or .unix for whole seconds"
}
