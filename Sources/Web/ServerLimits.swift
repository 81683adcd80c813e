import NIOCore

/// The bounds of a server. Each has an answer of its own for who goes beyond.
public struct ServerLimits: Sendable {
  /// The largest body in bytes; beyond it the answer is 413.
  public var maxBodyBytes = 8 << 20
  /// The largest body in bytes that a route reads as it comes; beyond it 413.
  public var maxStreamedBodyBytes = 1 << 30
  /// The bytes of all bodies held at one time, of requests being read or being answered; beyond it 503. What is held of
  /// the messages of WebSockets counts too; beyond it a socket that sends more is closed with 1013.
  public var maxHeldBodyBytes = 256 << 20
  /// The bytes of all large bodies of answers that their clients have not taken yet; beyond it 503 in their place.
  public var maxHeldAnswerBytes = 512 << 20
  /// The bytes of all header names and values of one request, blanks around the values included; beyond it 431. The
  /// extensions of a body's chunks may have as many; beyond it 413.
  public var maxHeaderBytes = 32 << 10
  /// The number of header fields; beyond it 431.
  public var maxHeaderCount = 128
  /// The bytes of the request target; beyond it 414.
  public var maxTargetBytes = 8 << 10
  /// The bytes of a message that comes by a WebSocket; beyond it the connection is closed with 1009.
  public var maxMessageBytes = 1 << 20
  /// How long a WebSocket may be silent before its client is pinged, and how long it has to answer.
  public var pingInterval = TimeAmount.seconds(30)
  /// The requests at one time that wait for their answers; those beyond it are answered 503, and their connections stay.
  public var maxRequestsInFlight = 16_384
  /// The connections at one time; those beyond it are told 503 and closed.
  public var maxConnections = 16_384
  /// How long the head of a request may take once its first byte has come; then 408.
  public var headTimeout = TimeAmount.seconds(10)
  /// How long a whole body may take, or one that is read as it comes from one piece to the next; then 408.
  public var bodyTimeout = TimeAmount.seconds(120)
  /// How long a connection may be silent before and between requests; then it is closed without a word.
  public var idleTimeout = TimeAmount.seconds(60)
  /// How long a client that reads slowly may take nothing at all of an answer; then it is closed.
  public var writeTimeout = TimeAmount.seconds(30)
  /// How long what a client still sends is read and dropped after a last answer, so that the answer arrives
  /// before the connection is reset (RFC 9112 §9.6).
  public var lingerTimeout = TimeAmount.seconds(2)
  /// The bytes read and dropped so, or because they are more than is held, at most; then the connection is closed.
  public var maxLingerBytes = 1 << 20
  /// The bytes of further requests held on a connection while one is being answered, or while it does not take its
  /// answers; beyond it they are dropped and the connection ends with that answer.
  public var maxPipelinedBytes = 256 << 10

  /// The default limits.
  public init() {}
}
