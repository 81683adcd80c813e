extension Catalogue {
  /// What the notebook itself has names for.
  static let notebook = HelpEntry.list(
    #"""
    _
    The last Out: the value of the cell that gave one last.
      _ + 1 // → 43 where the last Out was 42

    Out
    The values that cells gave, a Dictionary by their numbers; Out[3] is that of cell 3. What a cell gives when it runs again takes the place of what it gave before.
      Out[1] + 1 // → 43 where Out[1] was 42

    In [number]:
    The prompt of a cell with its number, and no name of the language. The number is a label, which stays the same when other cells come and go.
      %show 1 // → In [1]: 6 * 7
    """#)
}
