import Testing

@testable import Language
@testable import VM

/// The same for functions and objects that stand alone.
struct FamiliarNamesTests {
  @Test(arguments: [
    (
      "Swift",
      """
      print debugPrint dump readLine min max abs zip stride swap sequence repeatElement type assert precondition
      assertionFailure preconditionFailure fatalError sqrt pow exp log log2 log10 sin cos tan asin acos atan atan2 sinh
      cosh tanh cbrt hypot floor ceil round trunc Int Double Float String Bool Array Dictionary Set Character Substring
      Range Error Date Data URL UUID Calendar DateFormatter NumberFormatter JSONDecoder JSONEncoder JSONSerialization
      URLSession URLRequest Task DispatchQueue Timer Result Duration Regex Int64 UInt8
      """
    ),
    (
      "Python",
      """
      print input len str int float bool list dict tuple set range enumerate zip map filter sum min max abs round sorted
      reversed any all ord chr hex bin oct divmod pow isinstance type repr format open bytes bytearray callable math
      datetime time json requests asyncio hashlib base64 os re Exception ValueError None True False exit quit help
      """
    ),
    (
      "JavaScript",
      """
      console parseInt parseFloat isNaN isFinite Number String Boolean Array Object Map Set Date Math JSON Promise fetch
      setTimeout setInterval setImmediate clearTimeout clearInterval encodeURIComponent decodeURIComponent encodeURI
      atob btoa structuredClone crypto process require alert undefined null NaN Infinity Symbol RegExp Error typeof this
      """
    ),
    (
      "Twisted",
      "reactor Deferred DeferredList gatherResults LoopingCall callLater deferLater treq route Klein app"
    ),
  ])
  func eachIsHereOrHasAdvice(language: String, names: String) {
    let machine = Machine(host: nil)
    let own = Set(machine.declaredGlobals.map(\.name)).union(Self.kernel)
    let missing = names.split { $0.isWhitespace }.map(String.init).filter {
      !own.contains($0) && ForeignNames.advice(on: $0) == nil
    }
    #expect(missing == [], "\(language)")
  }

  /// What the kernel adds to the machine.
  private static let kernel: Set = ["print", "open", "all", "now"]
}
