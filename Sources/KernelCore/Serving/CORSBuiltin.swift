import NIOHTTP1
import VM
import Web

/// `cors("https://example.org", …)`.
extension Kernel {
  private enum Option: Int, CaseIterable {
    case methods, headers, exposed, credentials, maxAge
  }

  func installCORS() {
    machine.define("cors", ["origins?"], variadic: true, options: Option.allCases.map { "\($0)" }) {
      [unowned self] call throws(Failure) in
      var policy = CORSPolicy()
      for place in 0..<call.count {
        let origin = try call.string(place)
        if let problem = CORSPolicy.problem(origin: origin) {
          throw Failure(.argument, problem).at(parameter: place)
        }
        policy.origins.insert(origin.lowercased())
      }
      policy.methods = try words(call, .methods)?.map { $0.uppercased() }
      policy.headers = try words(call, .headers)
      policy.exposed = try words(call, .exposed) ?? []
      policy.allowsCredentials = try credentials(call, isForAll: policy.origins.isEmpty)
      policy.maxAge = try maxAge(call)
      let prefix = try routePrefix(groupOfCall)
      try declare(.cors, in: prefix, PinnedValue(.nil, in: machine), policy: policy, owner: call.owner)
      groupOfCall = ""
      return .nil
    }
  }

  private func wrongType(_ option: Option, _ value: Value, _ expected: String, help: String) -> Failure {
    if value.isDeferred { return .notAwaited("\"\(option)\" of cors") }
    return Failure(
      .type, "\"\(option)\" of cors must be \(expected), not \(machine.typeName(value))", help: help)
  }

  /// The words of a list, which are tokens (RFC 9110 section 5.6.2).
  private func words(_ call: borrowing NativeCall, _ option: Option) throws(Failure) -> [String]? {
    let value = call.option(option.rawValue)
    if value.isNil { return nil }
    let help = option == .methods ? "write methods: [\"GET\", \"POST\"]" : "write \(option): [\"X-Name\"]"
    guard let elements = machine.elements(of: value) else {
      throw wrongType(option, value, "an Array", help: help)
    }
    var words: [String] = []
    for element in elements {
      guard let word = machine.string(element) else {
        throw wrongType(option, element, "an Array of Strings", help: help)
      }
      if HeaderRules.problem(name: word, value: "") != nil {
        throw Failure(
          .argument, "\"\(word.printable(limit: 60))\" in \"\(option)\" of cors is no name", help: help)
      }
      words.append(word)
    }
    return words
  }

  private func credentials(_ call: borrowing NativeCall, isForAll: Bool) throws(Failure) -> Bool {
    let value = call.option(Option.credentials.rawValue)
    if value.isNil { return false }
    guard let isAllowed = value.asBool else {
      throw wrongType(.credentials, value, "a Bool", help: "write credentials: true")
    }
    if isAllowed, isForAll {
      throw Failure(
        .argument, "credentials are not sent to a server that allows every origin: browsers refuse that",
        help: "name the origins: cors(\"https://example.org\", credentials: true)")
    }
    return isAllowed
  }

  /// In seconds.
  private func maxAge(_ call: borrowing NativeCall) throws(Failure) -> Int? {
    let value = call.option(Option.maxAge.rawValue)
    if value.isNil { return nil }
    guard let nanoseconds = value.asDuration else {
      throw wrongType(.maxAge, value, "a Duration", help: "write maxAge: 10m")
    }
    guard nanoseconds >= 0 else { throw Failure(.argument, "\"maxAge\" of cors is not below 0") }
    return nanoseconds / 1_000_000_000
  }
}
