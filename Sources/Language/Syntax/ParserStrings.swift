// Strings with their interpolations, and `html "…"`.

extension Parser {
  mutating func parseString() throws(SyntaxFailure) -> Expression {
    let start = current
    let parts = try parseStringParts()
    switch parts.count {
    case 0:
      return Expression(.string(""), spanFrom(start))
    case 1:
      if case .text(let text) = parts[0] { return Expression(.string(text), spanFrom(start)) }
    default:
      break
    }
    return Expression(.interpolation(parts, isHTML: false), spanFrom(start))
  }

  /// The string behind `html`.
  mutating func parseHTML(from start: Token) throws(SyntaxFailure) -> Expression {
    let parts = try parseStringParts()
    checkPlaces(parts, spanFrom(start))
    return Expression(.interpolation(parts, isHTML: true), spanFrom(start))
  }

  /// Reports interpolations that stand where no value can be put into a page, and a piece of a page that would leave
  /// what follows it in such a place.
  mutating func checkPlaces(_ parts: [StringPart], _ span: Span) {
    var page = HTMLScanner()
    for part in parts {
      switch part {
      case .text(let text): page.scan(text)
      case .value(let value):
        if let problem = page.value().problem { report(.htmlProblem(problem), at: value.span) }
      }
    }
    if let unfinished = page.unfinished { report(.htmlUnfinished(unfinished), at: span) }
  }

  private mutating func parseStringParts() throws(SyntaxFailure) -> [StringPart] {
    let start = advance()
    var parts: [StringPart] = []
    while true {
      switch current.kind {
      case .stringText(let text):
        if !text.isEmpty { parts.append(.text(text)) }
        advance()
      case .interpolationStart:
        parts.append(.value(try parseInterpolation()))
      case .stringEnd:
        advance()
        return parts
      default:
        // Only the end of the text can stand here.
        throw failAtEnd(.unfinishedString, Span(start.span.start, start.span.end))
      }
    }
  }

  private mutating func parseInterpolation() throws(SyntaxFailure) -> Expression {
    let opener = advance()
    let outer = context
    let outerFunctions = anonymousParameters.count
    let outerDepth = depth
    context = Context(newlineEndsStatement: false)
    var value = Expression(.invalid, opener.span)
    do throws(SyntaxFailure) {
      if current.kind == .interpolationEnd {
        report(.emptyInterpolation, at: Span(opener.span.start, current.span.end))
      } else {
        value = try parseExpression()
        if current.kind != .interpolationEnd {
          throw fail(at(.comma) ? .noFormat : .expected("\")\"", found: describeCurrent()))
        }
      }
    } catch {
      // What is wrong in an interpolation ends with it.
      skipInterpolation()
      if atEnd { throw error }
      anonymousParameters.removeLast(anonymousParameters.count - outerFunctions)
      depth = outerDepth
    }
    advance()
    context = outer
    return value
  }

  /// Moves to the end of the interpolation that is open.
  private mutating func skipInterpolation() {
    var open = 0
    while !atEnd {
      switch current.kind {
      case .interpolationStart: open += 1
      case .interpolationEnd:
        if open == 0 { return }
        open -= 1
      default: break
      }
      advance()
    }
  }
}
