extension TypeHelp {
  static let error = TypeHelp(
    "Error",
    #"What throw throws and catch catches. It may have fields of its own."#,
    members: #"""
      message -> String
      What went wrong, for people.
        do { throw "no milk" } catch { error.message } // → "no milk"

      kind -> String
      What sort of error it is, in one word: type, index, http, timeout, error.
        do { [1][5] } catch { error.kind } // → "index"

      help -> String
      What can be done about it, or nil.
        do { [].removeLast() } catch { error.help } // → "look at isEmpty first"
      """#)
}
