import KernelCore
import Language

/// Completes code by what stands at the cursor.
@MainActor struct CodeCompletion {
  let completer: Completer
  let place: CompletionPlace

  private var typed: String { place.typed }

  var candidates: [Completions.Candidate] {
    switch place.kind {
    case .nothing: []
    case .routeMethod:
      ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"].filter { $0.hasPrefix(typed) }
        .map { Completions.Candidate($0, explanation: "answers this method alone") }
    case .argument(let function, let label): paths(function, label)
    case .member(let base, let isAwaited): members(of: base, isAwaited: isAwaited)
    case .name: labels + (typed.isEmpty ? [] : names)
    }
  }

  private var inference: TypeInference {
    TypeInference(
      names: place.names, ask: { [completer] path in completer.ask { $0.members(of: path) } },
      isDeclared: { [completer] in completer.global(named: $0) != nil })
  }

  // MARK: Names

  /// Locals first, then what the notebook has, the functions of the language, its words.
  private var names: [Completions.Candidate] {
    var seen: Set<String> = []
    let locals = place.names.filter { $0.name.hasPrefix(typed) }.map {
      Completions.Candidate($0.name, explanation: explanation(of: $0))
    }
    let functions = (Catalogue.functions + Catalogue.keywords).filter { $0.name.hasPrefix(typed) }
      .map { Completions.Candidate($0.name, explanation: $0.summary) }
    return (locals + completer.globals(startingWith: typed) + functions).filter {
      seen.insert($0.text).inserted
    }
  }

  private func explanation(of name: ScopeName) -> String {
    let type = inference.guess(name).map { ": \($0.type)" } ?? ""
    switch name.kind {
    case .parameter(let function): return "parameter of \(function)()"
    case .closureParameter: return "parameter of the closure" + type
    case .routeParameter(let converter): return "parameter of the route, \(converter)"
    case .socket: return Catalogue.entry(named: "socket")?.summary ?? ""
    case .request: return Catalogue.entry(named: "request")?.summary ?? ""
    case .response: return "the answer, which can be changed"
    case .loopVariable: return "of the loop" + type
    case .error: return "the error that was caught"
    case .function(let parameters): return "func \(name.name)(\(parameters.joined(separator: ", ")))"
    case .let: return "let" + type
    case .var: return "var" + type
    }
  }

  // MARK: Members

  private func members(of base: Expression?, isAwaited: Bool) -> [Completions.Candidate] {
    if case .name(let reference)? = base?.kind, !place.names.contains(where: { $0.name == reference.name }) {
      let carried = Catalogue.members(ofTypeItself: reference.name)
      if !carried.isEmpty { return proposals(carried) }
    }
    guard var guess = base.flatMap({ inference.guess($0) }) else { return membersOfAnything }
    var further: [HelpEntry] = []
    if isAwaited, guess.type == "Deferred" {
      // In `await get(url).json` the member is that of what comes, where Deferred has none of this name.
      guard let value = guess.awaited else { return membersOfAnything }
      further = Catalogue.type(named: "Deferred")?.members ?? []
      guess = value
    }
    guard let type = Catalogue.type(named: guess.type) else { return guess.own.isEmpty ? [] : own(guess) }
    return own(guess) + proposals(type.members + further)
  }

  private func own(_ guess: TypeGuess) -> [Completions.Candidate] {
    guess.own.filter { $0.name.hasPrefix(typed) }
      .map { Completions.Candidate($0.name, explanation: "\($0.type): \($0.value)") }
  }

  private func proposals(_ entries: [HelpEntry]) -> [Completions.Candidate] {
    var seen: Set<String> = []
    return entries.filter { $0.name.hasPrefix(typed) && seen.insert($0.name).inserted }
      .map { Completions.Candidate($0.name, explanation: $0.summary) }
  }

  /// Where the type can't be known: all that begins so, and where nothing was typed what several types have.
  private var membersOfAnything: [Completions.Candidate] {
    var owners: [String: [String]] = [:]
    var first: [String: HelpEntry] = [:]
    for type in Catalogue.types where type.name != "Function" {
      for member in type.members where member.name.hasPrefix(typed) {
        owners[member.name, default: []].append(type.name)
        if first[member.name] == nil { first[member.name] = member }
      }
    }
    return owners.keys.sorted().compactMap { name in
      guard let types = owners[name], !typed.isEmpty || types.count > 1 else { return nil }
      let shown = types.prefix(3).joined(separator: ", ") + (types.count > 3 ? ", …" : "")
      return Completions.Candidate(name, explanation: "\(shown): \(first[name]?.summary ?? "")")
    }
  }

  // MARK: Arguments

  private static let calls = ["open", "get", "post", "put", "patch", "delete", "head", "http", "redirect"]

  private func paths(_ function: String, _ label: String?) -> [Completions.Candidate] {
    let wanted = function == "redirect" ? "to" : "url"
    guard CodeCompletion.calls.contains(function), label == nil || label == wanted else { return [] }
    let method = ["open", "http", "redirect"].contains(function) ? "GET" : function.uppercased()
    return completer.paths(startingWith: typed, method: method)
  }

  /// The labels that an argument can have here, without those that are given.
  private var labels: [Completions.Candidate] {
    guard let call = place.call else { return [] }
    var seen = call.labels
    return parameters(of: call.callee).flatMap { form in form.dropFirst(call.unlabelled) }
      .filter { $0.hasPrefix(typed) && seen.insert($0).inserted }
      .map { Completions.Candidate($0 + ": ", explanation: explanation(ofArgument: $0, of: call.callee)) }
  }

  private func explanation(ofArgument label: String, of callee: Expression) -> String {
    switch callee.kind {
    case .name(let reference):
      let isOwn =
        place.names.contains { $0.name == reference.name } || completer.global(named: reference.name) != nil
      let help = isOwn ? nil : Catalogue.argument(label, of: reference.name)
      return help ?? "an argument of \(reference.name)"
    case .member(_, let name, _, _): return Catalogue.argument(label, of: name) ?? "an argument of \(name)"
    default: return "an argument"
    }
  }

  /// The parameters of what is called, in each of its forms.
  private func parameters(of callee: Expression) -> [[String]] {
    switch callee.kind {
    case .name(let reference):
      if let local = place.names.first(where: { $0.name == reference.name }) {
        if case .function(let parameters) = local.kind { return [parameters] }
        return []
      }
      if let global = completer.global(named: reference.name) { return [global.parameters] }
      return Catalogue.entry(named: reference.name)?.parameters ?? []
    case .member(let base, let name, _, _):
      if let guess = inference.guess(base) {
        return Catalogue.member(name, of: guess.type)?.parameters
          ?? guess.awaited.flatMap { Catalogue.member(name, of: $0.type) }?.parameters ?? []
      }
      return Catalogue.types(withMember: name).flatMap { $0.member(name)?.parameters ?? [] }
    default: return []
    }
  }
}
