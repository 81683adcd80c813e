// Lists in brackets: arguments, parameters, the elements of arrays and dictionaries.

extension SourcePrinter {
  /// Items in brackets: on one line; or the last one broken behind the others; or each on a line of its own,
  /// as they are where the first one began a line, or where there are comments. In a collection the last item
  /// gets a comma then.
  mutating func list(
    count: Int, isCollection: Bool, _ item: (inout SourcePrinter, Int) -> Shape
  ) -> Shape {
    let opening = take()
    if count == 0 { return emptyList(opening) }
    let isOpen = current.lineEndsBeforeComments > 0
    let (items, hasComments) = hidingComments { printer in
      printer.noticingComments { $0.items(count, isCollection, item) }
    }
    let closing = take()
    let open = Layout.concat([opening, .indent(.concat(items.layouts)), .softLine, closing])
    let broken = Layout.group(open, breaks: true)
    if isOpen || hasComments { return Shape(broken, hug: broken) }
    guard let hug = items.hug else { return Shape(.group(open, breaks: false), hug: broken) }
    let hugging = Layout.concat([opening, hug, closing])
    return Shape(.choice([open, hugging, broken]), hug: hugging)
  }

  /// `]` or `)` behind what opens the list, with the comments between them.
  mutating func emptyList(_ opening: Layout) -> Shape {
    let (comments, hasComments) = hidingComments { printer in
      printer.noticingComments { $0.takeComments(followsNothing: true) }
    }
    let inner = Layout.concat([.indent(.concat([.softLine, comments])), .softLine])
    return Shape(.concat([opening, .group(inner, breaks: hasComments), take()]))
  }

  /// The items with their separators, and the same with only the last one broken. Collections have their
  /// items alike, and so have calls with several that could be broken.
  private mutating func items(
    _ count: Int, _ isCollection: Bool, _ item: (inout SourcePrinter, Int) -> Shape
  ) -> (layouts: [Layout], hug: Layout?) {
    var layouts: [Layout] = []
    var hug: [Layout]?
    var isOnlyHug = !isCollection
    for index in 0..<count {
      let isBlank = index > 0 && current.lineEndsBeforeComments > 1
      layouts.append(index == 0 ? .softLine : .line(keepsBlank: isBlank))
      layouts.append(takeComments(followsNothing: index == 0))
      let shape = item(&self, index)
      if index == count - 1, isOnlyHug { hug = shape.hug.map { layouts + [$0] } }
      isOnlyHug = isOnlyHug && shape.hug == nil
      layouts.append(shape.layout)
      if index < count - 1 { layouts.append(take()) }
    }
    if isCollection { layouts.append(.ifBroken(.text(","))) }
    let comments = [at(.comma) ? drop() : .empty, takeComments()]
    return (layouts + comments, hug.map { .concat($0 + comments) })
  }
}
