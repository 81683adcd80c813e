import Language
import Synchronization

/// A text of functions in the language that a host adds to it. Each is compiled when a program first mentions it, once a
/// process: a notebook needs few of them, and its start none.
///
/// A function begins with `func` at the start of a line. What it becomes, its name says; ``Machine/install(library:)`` tells how.
public final class Library: Sendable {
  struct Function {
    let name: String
    let text: String
  }

  let name: String
  /// The texts of its functions, in order.
  let functions: [Function]
  /// A program has one kernel, which never waits here; those of tests, on several threads, may for some microseconds.
  private let programs = Mutex<[String: Program]>([:])

  public init(name: String, text: String) {
    self.name = name
    functions = Library.functions(in: text)
  }

  private static func functions(in text: String) -> [Function] {
    let keyword = Array("func ".utf8)
    let bytes = Array(text.utf8)
    var starts: [Int] = []
    var lineStart = 0
    while lineStart < bytes.count {
      if bytes[lineStart] == keyword[0], bytes[lineStart...].starts(with: keyword) {
        starts.append(lineStart)
      }
      lineStart = (bytes[lineStart...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count) + 1
    }
    return zip(starts, starts.dropFirst() + [bytes.count]).map { start, end in
      let name = bytes[(start + keyword.count)...].prefix { $0 != UInt8(ascii: "(") }
      return Function(
        name: String(decoding: name, as: UTF8.self), text: String(decoding: bytes[start..<end], as: UTF8.self)
      )
    }
  }

  /// A function compiled: a program whose text defines it.
  func program(of function: Function) -> Program {
    programs.withLock { programs in
      if let program = programs[function.name] { return program }
      let program = compile(function.text)
      programs[function.name] = program
      return program
    }
  }

  private func compile(_ text: String) -> Program {
    let source = SourceText(name: name, text: text)
    let parsed = Parser.parse(source)
    let resolution = Resolver.resolve(parsed.program, source: source, globals: Names())
    do {
      for problem in parsed.diagnostics + resolution.diagnostics where problem.severity == .error {
        throw problem
      }
      return try Compiler.compile(parsed.program, source: source)
    } catch {
      preconditionFailure("a library does not compile: \(error)")
    }
  }

  /// The names that a library may use: all, since hosts and other libraries define them, before or after it.
  private struct Names: GlobalNames {
    func entry(named name: String) -> GlobalScope.Entry? { GlobalScope.Entry(kind: .builtin) }
    var names: [String] { [] }
    var nameCount: Int { 0 }
  }
}
