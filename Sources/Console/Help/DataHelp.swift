extension Catalogue {
  /// Texts, JSON, digests, and what cells print.
  static let data = HelpEntry.list(
    #"""
    print(values…, separator:) -> nil
    Prints values in a line, with spaces between them.
      print("hello", 42) // → prints hello 42

    repr(value) -> String
    The value as a literal would be written.
      repr("a\n") // → "\"a\\n\""

    json(text) -> Any
    Reads JSON (RFC 8259).
      json("{\"a\": [1, null]}") // → ["a": [1, nil]]

    toJSON(value, pretty:) -> String
    Writes JSON (RFC 8259).
      toJSON(["a": [1, nil]]) // → "{\"a\":[1,null]}"

    type(of:) -> String
    The name of a value's type.
      type(of: now()) // → "Date"

    env(name, default) -> String
    An environment variable that --env allows; without a default, one that is not there is an error.
      env("NOBODY", "default") // → "default"

    sha256(content) -> Bytes
    The SHA-256 digest of a text or bytes.
      sha256("abc").hexEncoded().prefix(8) // → "ba7816bf"

    hmacSHA256(content, key:) -> Bytes
    The HMAC-SHA-256 of a text or bytes (RFC 2104).
      hmacSHA256("abc", key: "k").count // → 32

    uuid() -> String
    A random UUID. After seed() they repeat; it is no secret.
      uuid().count // → 36

    expect(condition, message) -> nil
    Fails where the condition does not hold.
      expect(1 + 1 == 2, "arithmetic") // → nil
    """#)
}
