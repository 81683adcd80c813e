import Testing

@testable import Language
@testable import VM

/// What people know from Swift's library, Python and JavaScript: each member is a member here, or a message says what
/// to write instead, or it makes no sense here, and then nothing is said of it.
struct FamiliarMembersTests {
  /// The members of one type in one language, and of them those that make no sense here.
  struct Known: CustomTestStringConvertible, Sendable {
    let type: String
    let language: String
    let members: String
    var senseless = ""

    var testDescription: String { "\(type) of \(language)" }
  }

  @Test(arguments: swift + python + javaScript)
  func eachIsHereOrHasAdvice(_ known: Known) throws {
    let machine = Machine(host: nil)
    let tag = try #require(Self.tags[known.type])
    let own = Set(machine.memberNames(of: tag))
    #expect(!own.isEmpty)
    let isKnown = { name in own.contains(name) || ForeignMembers.advice(on: name, of: known.type) != nil }
    let members = known.members.split { $0.isWhitespace }.map(String.init)
    let senseless = known.senseless.split { $0.isWhitespace }.map(String.init)
    #expect(members.count > 3)
    #expect(members.filter { !isKnown($0) } == [], "neither a member nor advice")
    #expect(senseless.filter(isKnown) == [], "there is something after all")
  }

  /// Advice on a member that is there would never be seen, and is wrong.
  @Test(arguments: tags.keys.sorted())
  func thereIsNoAdviceOnWhatIsHere(type: String) throws {
    let own = Set(Machine(host: nil).memberNames(of: try #require(Self.tags[type])))
    #expect(ForeignMembers.names(of: type).intersection(own).sorted() == [])
  }

  static let tags: [String: UInt] = [
    "String": Tag.string, "Array": Tag.array, "Dictionary": Tag.dictionary, "Range": Tag.range,
    "Int": Tag.int,
    "Double": Tag.double, "Duration": Tag.duration, "Date": Tag.date, "Bytes": Tag.bytes, "Error": Tag.error,
    "Deferred": Tag.deferred,
  ]

  // MARK: Swift

  static let swift = [
    Known(
      type: "String", language: "Swift",
      members: """
        count isEmpty first last startIndex endIndex indices utf8 utf16 unicodeScalars append insert remove removeAll
        removeFirst removeLast removeSubrange replaceSubrange popFirst popLast hasPrefix hasSuffix uppercased
        lowercased capitalized index distance formIndex contains starts firstIndex lastIndex firstRange ranges split
        replacing replace trimmingPrefix trimPrefix trimmingCharacters prefix suffix dropFirst dropLast drop map
        compactMap flatMap filter reduce forEach enumerated reversed sorted shuffled randomElement min max allSatisfy
        elementsEqual lexicographicallyPrecedes lazy description debugDescription compare caseInsensitiveCompare
        localizedCaseInsensitiveContains components replacingOccurrences replacingCharacters range substring padding
        appending addingPercentEncoding removingPercentEncoding data utf8CString wholeMatch firstMatch prefixMatch
        matches isLetter isNumber isWhitespace isNewline isUppercase isLowercase isCased isPunctuation isSymbol
        isMathSymbol isCurrencySymbol isHexDigit hexDigitValue isWholeNumber wholeNumberValue isASCII asciiValue
        chunks windows uniqued grouped
        """,
      senseless: """
        hash hashValue reserveCapacity withCString withUTF8 isContiguousUTF8 makeContiguousUTF8 write makeIterator
        underestimatedCount withContiguousStorageIfAvailable customMirror utf8Span
        """),
    Known(
      type: "Array", language: "Swift",
      members: """
        count isEmpty capacity first last startIndex endIndex indices append insert remove removeAll removeFirst
        removeLast removeSubrange replaceSubrange popFirst popLast reserveCapacity contains firstIndex lastIndex index
        firstRange ranges replacing replace starts elementsEqual lexicographicallyPrecedes map compactMap flatMap
        filter reduce forEach enumerated reversed reverse sorted sort shuffled shuffle randomElement min max
        allSatisfy prefix suffix dropFirst dropLast drop split joined partition swapAt lazy distance formIndex
        description debugDescription difference trimmingPrefix trimPrefix removeSubranges moveSubranges chunks windows
        uniqued grouped chunked adjacentPairs sum compact
        """,
      senseless: """
        hash hashValue makeIterator underestimatedCount withUnsafeBufferPointer withUnsafeMutableBufferPointer
        withContiguousStorageIfAvailable applying subranges span customMirror
        """),
    Known(
      type: "Dictionary", language: "Swift",
      members: """
        count isEmpty capacity keys values updateValue removeValue removeAll remove merge merging mapValues
        compactMapValues filter map compactMap flatMap reduce forEach contains allSatisfy sorted min max randomElement
        shuffled enumerated reversed popFirst reserveCapacity index startIndex endIndex first prefix suffix dropFirst
        lazy elementsEqual description debugDescription
        """,
      senseless: "hash hashValue makeIterator underestimatedCount formIndex customMirror"),
    Known(
      type: "Range", language: "Swift",
      members: """
        lowerBound upperBound isEmpty count contains overlaps clamped relative first last startIndex endIndex indices
        index distance map compactMap flatMap filter reduce forEach enumerated reversed sorted shuffled randomElement
        min max allSatisfy prefix suffix dropFirst dropLast drop split lazy firstIndex lastIndex starts elementsEqual
        chunks windows joined sum description
        """,
      senseless: "hash hashValue makeIterator underestimatedCount formatted encode"),
    Known(
      type: "Int", language: "Swift",
      members: """
        magnitude signum quotientAndRemainder isMultiple negate advanced formatted description
        addingReportingOverflow subtractingReportingOverflow multipliedReportingOverflow dividedReportingOverflow
        nonzeroBitCount
        """,
      senseless: """
        hash hashValue words byteSwapped bigEndian littleEndian leadingZeroBitCount trailingZeroBitCount
        multipliedFullWidth dividingFullWidth remainderReportingOverflow
        """),
    Known(
      type: "Double", language: "Swift",
      members: """
        isNaN isInfinite isFinite isZero sign magnitude rounded round squareRoot formSquareRoot remainder
        truncatingRemainder formRemainder formTruncatingRemainder addProduct addingProduct negate advanced isEqual
        isLess isLessThanOrEqualTo formatted description
        """,
      senseless: """
        hash hashValue bitPattern exponent significand exponentBitPattern significandBitPattern significandWidth ulp
        nextUp nextDown binade isNormal isSubnormal isSignalingNaN isCanonical isTotallyOrdered floatingPointClass
        """),
    Known(
      type: "Duration", language: "Swift",
      members: "components attoseconds description formatted seconds milliseconds microseconds nanoseconds",
      senseless: "hash hashValue encode"),
    Known(
      type: "Date", language: "Swift",
      members: """
        timeIntervalSince1970 timeIntervalSinceNow timeIntervalSinceReferenceDate timeIntervalSince
        addingTimeInterval addTimeInterval advanced distance compare formatted ISO8601Format iso8601 description
        """,
      senseless: "hash hashValue encode"),
    Known(
      type: "Bytes", language: "Swift",
      members: """
        count isEmpty first last startIndex endIndex append prefix suffix dropFirst dropLast contains firstIndex
        lastIndex map compactMap flatMap filter reduce forEach enumerated reversed sorted allSatisfy split min max
        elementsEqual starts base64EncodedString subdata lexicographicallyPrecedes lazy description
        """,
      senseless: "hash hashValue withUnsafeBytes write resetBytes"),
  ]

  // MARK: Python

  static let python = [
    Known(
      type: "String", language: "Python",
      members: """
        capitalize casefold center count encode endswith expandtabs find format format_map index isalnum isalpha
        isascii isdecimal isdigit islower isnumeric isspace istitle isupper join ljust lower lstrip partition
        removeprefix removesuffix replace rfind rindex rjust rpartition rsplit rstrip split splitlines startswith
        strip swapcase title translate upper zfill
        """,
      senseless: "isidentifier isprintable maketrans"),
    Known(
      type: "Array", language: "Python",
      members: "append clear copy count extend index insert pop remove reverse sort"),
    Known(
      type: "Dictionary", language: "Python",
      members: "clear copy fromkeys get items keys pop popitem setdefault update values"),
    Known(
      type: "Int", language: "Python", members: "bit_length bit_count hex sign",
      senseless: "to_bytes conjugate numerator denominator as_integer_ratio real imag"),
    Known(
      type: "Double", language: "Python", members: "is_integer floor ceil round",
      senseless: "as_integer_ratio conjugate real imag hex"),
    Known(
      type: "Date", language: "Python",
      members: """
        year month day hour minute second microsecond weekday isoweekday isoformat timestamp strftime date time replace
        """,
      senseless: "astimezone tzinfo dst utcoffset toordinal timetuple ctime fold"),
    Known(type: "Duration", language: "Python", members: "total_seconds days seconds microseconds"),
    Known(type: "Bytes", language: "Python", members: "decode hex find index split"),
    Known(type: "Error", language: "Python", members: "args message description localizedDescription"),
  ]

  // MARK: JavaScript

  static let javaScript = [
    Known(
      type: "String", language: "JavaScript",
      members: """
        length at charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf localeCompare match
        matchAll padEnd padStart repeat replace replaceAll search slice split startsWith substr substring
        toLocaleLowerCase toLocaleUpperCase toLowerCase toString toUpperCase trim trimEnd trimStart valueOf
        """,
      senseless: "isWellFormed toWellFormed normalize anchor"),
    Known(
      type: "Array", language: "JavaScript",
      members: """
        length at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap
        forEach includes indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort
        splice toReversed toSorted toSpliced toString unshift values with
        """,
      senseless: "toLocaleString"),
    Known(
      type: "Dictionary", language: "JavaScript",
      members: "clear delete entries forEach get has keys set size values hasOwnProperty add"),
    Known(type: "Double", language: "JavaScript", members: "toFixed toPrecision toString isInteger"),
    Known(
      type: "Date", language: "JavaScript",
      members: """
        getTime getFullYear getMonth getDate getDay getHours getMinutes getSeconds getMilliseconds toISOString toJSON
        toUTCString toLocaleString toLocaleDateString toString valueOf
        """,
      senseless: "setFullYear setMonth setDate getTimezoneOffset"),
    Known(
      type: "Error", language: "JavaScript", members: "name message code description",
      senseless: "stack cause"),
    Known(
      type: "Deferred", language: "JavaScript", members: "then catch finally resolve reject"),
  ]
}
