// Calls that concern routes: which of them are asked, and what is declared around them.

extension Resolver {
  /// What concerns the routes of a group when it is called in one.
  private static let surrounding: Set<String> = ["cors", "files"]

  /// Notes in which group such a function is called.
  func noteGroup(of callee: Expression, _ arguments: [Argument]) {
    guard case .name(let name) = callee.kind, Self.surrounding.contains(name.name),
      case .global = name.binding, resolution.declared[name.name] == nil
    else { return }
    if globals.isBuiltin(name.name) { name.groupPrefix = groupPrefix }
    var path: String? = ""
    if name.name == "files" {
      path = nil
      if case .string(let text)? = arguments.first?.value.kind { path = text }
    }
    resolution.surroundingCalls.append(
      .init(name: name.name, prefix: path.map { groupPrefix + $0 }, standing: standing))
  }

  private static let calling: Set<String> = ["get", "post", "put", "patch", "delete", "head", "http"]

  /// A text as far as it is written out, and whether that is all of it.
  private func written(_ expression: Expression) -> (text: String, isWhole: Bool) {
    switch expression.kind {
    case .string(let text): return (text, true)
    case .interpolation(let parts, _):
      var beginning = ""
      for part in parts {
        switch part {
        case .text(let text): beginning += text
        case .value(let value):
          let (text, isWhole) = written(value)
          beginning += text
          if !isWhole { return (beginning, false) }
        }
      }
      return (beginning, true)
    case .binary(.add, let one, let other, _):
      let (beginning, isWhole) = written(one)
      if !isWhole { return (beginning, false) }
      let (rest, isAll) = written(other)
      return (beginning + rest, isAll)
    case .name(let reference):
      guard case .global = reference.binding, let text = writtenTexts[reference.name] else {
        return ("", false)
      }
      return (text, true)
    default: return ("", false)
    }
  }

  /// By which method a call asks, where that is written out.
  private func method(of name: String, _ arguments: [Argument]) -> String? {
    if name != "http" { return name.uppercased() }
    guard case .string(let text)? = arguments.first(where: { $0.label == "method" })?.value.kind else {
      return nil
    }
    return text.uppercased()
  }

  /// Notes which address a call asks.
  func noteAddress(of callee: Expression, _ arguments: [Argument]) {
    guard case .name(let name) = callee.kind, Self.calling.contains(name.name), case .global = name.binding,
      let address = arguments.first(where: { $0.label == "url" }) ?? arguments.first
    else { return }
    var called = Resolution.CalledAddress(
      beginning: "", isWhole: false, method: method(of: name.name, arguments))
    (called.beginning, called.isWhole) = written(address.value)
    resolution.calledAddresses.insert(called)
    if let handledRoute { resolution.routes[handledRoute].addresses.insert(called) }
    noteWhatGoesOn { $0.addresses.insert(called) }
    if laterFunctions == 0 {
      resolution.addressesCalledAtOnce.insert(called)
    } else if let declaring {
      resolution.addressesWhenCalled[declaring, default: []].insert(called)
    }
  }
}
