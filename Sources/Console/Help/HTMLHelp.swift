extension TypeHelp {
  static let html = TypeHelp(
    "HTML",
    #"Text that is a page or a piece of one, as html "…" gives it. What is put into it is escaped."#,
    members: #"""
      count -> Int
      How many characters its text has.
        (html "<b>a</b>").count // → 8

      isEmpty -> Bool
      Whether it has no text.
        (html "").isEmpty // → true
      """#)
}
