import NIOCore

/// A form whose fields may be files: `multipart/form-data` (RFC 7578).
public struct MultipartForm: Sendable {
  /// A field, or a file.
  public struct Part: Sendable, Equatable {
    /// The field's name.
    public var name: String
    /// The name that the client has for the file, as it was sent: never a path to be opened. Nil for what is no
    /// file.
    public var fileName: String?
    /// The `Content-Type` as it was sent; nil where there was none, which means `text/plain` (RFC 7578 §4.4).
    public var type: String?
    /// The content.
    public var body: ByteBuffer

    public init(name: String, fileName: String? = nil, type: String? = nil, body: ByteBuffer) {
      self.name = name
      self.fileName = fileName
      self.type = type
      self.body = body
    }
  }

  /// The fields and files in the order in which they came.
  public var parts: [Part]

  public init(parts: [Part]) {
    self.parts = parts
  }

  /// The fields: what is no file, as text in UTF-8; what is no UTF-8 becomes U+FFFD.
  public var fields: [(name: String, value: String)] {
    parts.filter { $0.fileName == nil }.map {
      ($0.name, String(decoding: $0.body.readableBytesView, as: UTF8.self))
    }
  }

  /// The files. A browser sends an empty one without a name for an input in which nothing was chosen: that is none.
  public var files: [Part] {
    parts.filter { $0.fileName != nil && !($0.fileName == "" && $0.body.readableBytes == 0) }
  }

  /// The bounds within which a form is read. The body as a whole has `ServerLimits.maxBodyBytes`.
  public struct Limits: Sendable {
    /// Fields and files.
    public var maxParts = 1_000
    /// Bytes of the header of one of them.
    public var maxHeaderBytes = 8 << 10
    /// Bytes of a boundary, as RFC 2046 §5.1.1 has it.
    public static let maxBoundaryBytes = 70

    public init() {}
  }
}

/// Why a body is no form that can be read, and where.
public struct MultipartError: Error, Equatable, Sendable {
  /// The end of a sentence that begins with "the request's body is".
  public var message: String
  /// Whether the form is only more than is taken.
  public var isTooLarge = false
}

extension Request {
  /// Whether the body says that it is a form whose fields may be files.
  public var isMultipartForm: Bool { bodyType == "multipart/form-data" }

  /// The type of the body, where it says one that no form has: in lower case, without parameters. Text may be a form that
  /// somebody wrote by hand.
  public var otherTypeThanForm: String? {
    guard let bodyType, !Self.typesOfForms.contains(bodyType) else { return nil }
    return bodyType
  }

  private static let typesOfForms = [
    "application/x-www-form-urlencoded", "multipart/form-data", "text/plain",
  ]

  /// What the body says that it is, in lower case and without parameters; nil where it says nothing.
  private var bodyType: String? {
    guard let type = headers.first(name: "content-type") else { return nil }
    let essence = type.prefix { $0 != ";" }.trimmingBlanks.lowercased()
    return essence.isEmpty ? nil : essence
  }

  /// The body as a form whose fields may be files.
  ///
  /// - Throws: `MultipartError` with what is wrong and where.
  public func multipartForm(limits: MultipartForm.Limits = .init()) throws(MultipartError) -> MultipartForm {
    let type: HeaderParameters
    do throws(HeaderParameters.Problem) {
      type = try HeaderParameters(headers.first(name: "content-type") ?? "")
    } catch {
      throw MultipartError(message: "no form that can be read: its Content-Type has \(error.reason)")
    }
    guard let boundary = type["boundary"] else {
      throw MultipartError(message: "no form that can be read: its Content-Type names no boundary")
    }
    return try MultipartForm(body, boundary: boundary, limits: limits)
  }
}
