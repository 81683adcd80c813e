extension Notebook {
  /// The same notebook, to be written as an older file of it is: what still means the same keeps its text there, byte
  /// for byte, and a header that says nothing of its own gives way to the file's.
  public func spelled(as older: Notebook) -> Notebook {
    let isUsual = header.hasSameBytes(as: Notebook.defaultHeader)
    var cells = cells
    // Cells without a number go by what they hold, in their order.
    var unnumbered = older.cells.filter { $0.number == nil }[...]
    for index in cells.indices {
      var twin: Cell?
      if let number = cells[index].number {
        twin = older[number]
      } else if let place = unnumbered.firstIndex(of: cells[index]) {
        twin = unnumbered[place]
        unnumbered = unnumbered[(place + 1)...]
      }
      if let twin, twin.kind == cells[index].kind { cells[index].written = twin.written }
    }
    return Notebook(
      header: isUsual ? older.header : header, cells: cells, newline: isUsual ? older.newline : newline)
  }
}
