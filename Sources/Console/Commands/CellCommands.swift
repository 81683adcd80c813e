import Notebooks

extension Command {
  @MainActor static let cellCommands: [Command] = [
    Command(
      name: "run", usage: "[3 | 3-5 | all | failed | stale]",
      explanation: "runs cells again; without a number the last"
    ) { prompt, argument in
      if argument == "stale" { return prompt.runStale() }
      if let chosen = prompt.chosenCells(argument) { prompt.runCells(chosen) }
    },
    Command(
      name: "time", usage: "[3 | 3-5 | all | a new cell]",
      explanation: "runs cells and says how long each took"
    ) {
      prompt, argument in
      if !argument.isEmpty, !CellSelection.isMeant(by: argument) { return prompt.timeNewCell(argument) }
      if let chosen = prompt.chosenCells(argument) { prompt.timeCells(chosen) }
    },
    Command(name: "cells", usage: "", explanation: "lists the notebook's cells and how they ended") {
      prompt, _ in
      prompt.listCells()
    },
    Command(name: "show", usage: "[3 | 3-5 | all]", explanation: "shows the text of cells") {
      prompt, argument in
      if argument.isEmpty || argument == "all" { return prompt.showAll() }
      for number in prompt.chosenCells(argument) ?? [] {
        if let cell = prompt.notebook[number] { prompt.say(Transcript.input(number, cell.source)) }
      }
    },
    Command(name: "delete", usage: "3 | 3-5 | failed", explanation: "removes cells and all that they made") {
      prompt, argument in
      guard !argument.isEmpty else { return prompt.refuse("say which: %delete 3") }
      if argument.hasPrefix("/") || argument.hasPrefix("\"") || argument.contains("://") {
        return prompt.request("DELETE", argument)
      }
      if let chosen = prompt.cells(in: argument) { prompt.deleteCells(chosen) }
    },
    Command(name: "edit", usage: "[3]", explanation: "edits a cell, in $VISUAL where it is set, and runs it")
    {
      prompt, argument in
      prompt.edit(argument)
    },
    Command(name: "move", usage: "3 1 | 3-5 end", explanation: "puts cells before another, or at the end") {
      prompt, argument in
      prompt.moveCells(argument)
    },
    Command(
      name: "insert", usage: "3 | end", explanation: "puts the next cell that is entered before that one"
    ) {
      prompt, argument in
      prompt.insertNext(before: argument)
    },
    Command(name: "undo", usage: "", explanation: "takes back the last %delete, %move, %insert or %edit") {
      prompt, _ in
      prompt.undo()
    },
  ]

  @MainActor static let kernelCommands: [Command] = [
    Command(name: "restart", usage: "", explanation: "drops all that cells made; the port stays open") {
      prompt, _ in
      prompt.restart()
    },
    Command(name: "rerun", usage: "[1-5]", explanation: "restarts, then runs all cells, or those") {
      prompt, argument in
      if let chosen = prompt.cells(in: argument.isEmpty ? "all" : argument) { prompt.rerun(chosen) }
    },
    Command(
      name: "routes", usage: "[live]",
      explanation: "lists the routes with their cell, hits and errors"
    ) {
      prompt, argument in
      switch argument {
      case "": prompt.listRoutes()
      case "live": prompt.watchRoutes()
      default: prompt.refuse("write %routes or %routes live")
      }
    },
    Command(name: "ps", usage: "", explanation: "lists what goes on: requests, fibers, timers, calls") {
      prompt, _ in
      prompt.listActivities()
    },
    Command(name: "cancel", usage: "7", explanation: "stops what %ps lists under that number") {
      prompt, argument in
      prompt.cancelActivities(argument)
    },
    Command(
      name: "trace", usage: "[17 | /path | slowest | all]",
      explanation: "draws where the time of a request went"
    ) { prompt, argument in
      prompt.showTrace(argument)
    },
    Command(
      name: "diff", usage: "/path /other | 17 18",
      explanation: "compares two traces on one axis of time"
    ) { prompt, argument in
      prompt.compareTraces(argument)
    },
    Command(
      name: "export", usage: "trace [17 | /path | slowest] FILE.svg",
      explanation: "writes the waterfall of a trace as a picture"
    ) { prompt, argument in
      prompt.export(argument)
    },
    Command(
      name: "vars", usage: "", explanation: "lists the names that cells have declared, with their values"
    ) {
      prompt, _ in
      prompt.listVariables()
    },
    Command(name: "fg", usage: "[3]", explanation: "waits again for what goes on in the background") {
      prompt, argument in
      prompt.bringToForeground(argument)
    },
    Command(name: "clock", usage: "", explanation: "tells the notebook's time") { prompt, _ in
      prompt.tellTime()
    },
    Command(name: "log", usage: "[on | off]", explanation: "tells each request as it is answered") {
      prompt, argument in
      prompt.log(argument)
    },
    Command(
      name: "open", usage: "/path",
      explanation: "opens a page in the browser; /_routebook/ shows what goes on"
    ) { prompt, argument in
      prompt.openPage(argument.isEmpty ? "/" : argument)
    },
  ]

  /// `%delete /items/1` is a request; `%delete 3` removes a cell.
  @MainActor static let requestCommands: [Command] = ["get", "post", "put", "patch", "head", "options"].map {
    name in
    let usage = ["get", "head", "options"].contains(name) ? "/path [Name:value]" : "/path [json={…}]"
    return Command(
      name: name, usage: usage,
      explanation:
        "makes \(name == "options" ? "an" : "a") \(name.uppercased()) and shows the answer; & lets it wait"
    ) { prompt, argument in
      prompt.request(name.uppercased(), argument)
    }
  }

  @MainActor static let fileCommands: [Command] = [
    Command(
      name: "save", usage: "[--outputs] [file]", explanation: "writes the notebook to its file, or to another"
    ) {
      prompt, argument in
      prompt.save(argument)
    },
    Command(name: "load", usage: "file", explanation: "opens another notebook in place of this one") {
      prompt, argument in
      prompt.load(argument)
    },
    Command(name: "reset", usage: "", explanation: "begins an empty notebook in a new kernel") { prompt, _ in
      prompt.reset()
    },
    Command(name: "history", usage: "[20]", explanation: "shows what was entered last") { prompt, argument in
      prompt.listHistory(argument)
    },
    Command(
      name: "recover", usage: "[show|drop]",
      explanation: "brings back cells that were never saved, after a crash"
    ) { prompt, argument in
      guard ["", "show", "drop"].contains(argument) else {
        return prompt.refuse("write %recover, %recover show or %recover drop")
      }
      if argument == "show" { return prompt.showRecoverable() }
      prompt.recover(drops: argument == "drop")
    },
    Command(name: "help", usage: "[name]", explanation: "this list, or what a name means") {
      prompt, argument in
      prompt.help(argument)
    },
    Command(name: "quit", usage: "", explanation: "leaves; as Ctrl-D") { prompt, _ in prompt.leave() },
  ]
}
