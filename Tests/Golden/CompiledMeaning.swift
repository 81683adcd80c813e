@testable import Language

/// What a text does, as far as instructions say it: two texts of the same meaning differ in nothing here, wherever
/// their words stand.
struct CompiledMeaning: Equatable {
  private struct Function: Equatable {
    let name: String
    let parameterNames: [String]
    let code: [Instruction]
    let constants: [Constant]
    let handlers: [HandlerRange]
    let captures: [CaptureSource]
  }

  /// Nil for a text that cannot be compiled.
  private var functions: [Function]?
  private var names: [[String]] = []

  init(_ source: SourceText) {
    let parsed = Parser.parse(source)
    let resolution = Resolver.resolve(parsed.program, source: source, globals: GlobalScope())
    guard !resolution.hasErrors, let program = try? Compiler.compile(parsed.program, source: source) else {
      return
    }
    names = [program.globals, program.members]
    functions = program.functions.map { function in
      Function(
        name: function.role == .main ? "" : function.name, parameterNames: function.parameterNames,
        code: function.code,
        constants: function.constants.map(CompiledMeaning.withoutPlace), handlers: function.handlers,
        captures: function.captures)
    }
  }

  private static func withoutPlace(_ constant: Constant) -> Constant {
    guard case .route(let route) = constant else { return constant }
    return .route(
      RouteDeclaration(
        methods: route.methods, pattern: route.pattern, patternSpan: Span(0, 0),
        usesRequest: route.usesRequest, usesChunks: route.usesChunks, isSocket: route.isSocket))
  }
}
