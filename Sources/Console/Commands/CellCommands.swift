import Notebooks

extension Command {
  @MainActor static let cellCommands: [Command] = [
    Command(name: "run", usage: "[3 | 3-5 | all]", explanation: "runs cells again; without a number the last")
    { prompt, argument in
      let numbers = prompt.notebook.codeNumbers
      let selection = argument.isEmpty ? numbers.last.map { "\($0)" } ?? "all" : argument
      switch CellSelection.parse(selection, among: numbers) {
      case .success(let chosen): prompt.runCells(chosen)
      case .failure(let problem): prompt.complain(problem.message)
      }
    },
    Command(name: "cells", usage: "", explanation: "lists the notebook's cells and how they ended") {
      prompt, _ in
      prompt.listCells()
    },
    Command(name: "show", usage: "[3 | 3-5 | all]", explanation: "shows the text of cells") {
      prompt, argument in
      let numbers = prompt.notebook.codeNumbers
      switch CellSelection.parse(argument.isEmpty ? "all" : argument, among: numbers) {
      case .success(let chosen):
        for number in chosen {
          if let cell = prompt.notebook[number] { prompt.say(Transcript.input(number, cell.source)) }
        }
      case .failure(let problem): prompt.complain(problem.message)
      }
    },
    Command(name: "delete", usage: "3", explanation: "removes a cell and all that it made") {
      prompt, argument in
      guard !argument.isEmpty else { return prompt.complain("say which: %delete 3") }
      switch CellSelection.parse(argument, among: prompt.notebook.codeNumbers) {
      case .success(let chosen): prompt.deleteCells(chosen)
      case .failure(let problem): prompt.complain(problem.message)
      }
    },
  ]

  @MainActor static let kernelCommands: [Command] = [
    Command(name: "restart", usage: "", explanation: "drops all that cells made; the port stays open") {
      prompt, _ in
      prompt.restart()
    },
    Command(name: "rerun", usage: "[1-5]", explanation: "restarts, then runs all cells, or those") {
      prompt, argument in
      switch CellSelection.parse(argument.isEmpty ? "all" : argument, among: prompt.notebook.codeNumbers) {
      case .success(let chosen): prompt.rerun(chosen)
      case .failure(let problem): prompt.complain(problem.message)
      }
    },
    Command(name: "routes", usage: "", explanation: "lists the routes with their cell, hits and errors") {
      prompt, _ in
      prompt.listRoutes()
    },
    Command(name: "open", usage: "/path", explanation: "opens a route in the browser") { prompt, argument in
      prompt.openPage(argument.isEmpty ? "/" : argument)
    },
  ]

  @MainActor static let fileCommands: [Command] = [
    Command(name: "save", usage: "[file]", explanation: "writes the notebook to its file, or to another") {
      prompt, argument in
      _ = prompt.save(argument)
    },
    Command(name: "load", usage: "file", explanation: "opens another notebook in place of this one") {
      prompt, argument in
      prompt.load(argument)
    },
    Command(
      name: "recover", usage: "[drop]", explanation: "brings back cells that a program ended without saving"
    ) { prompt, argument in
      prompt.recover(drops: argument == "drop")
    },
    Command(name: "help", usage: "[name]", explanation: "this list, or what a name means") {
      prompt, argument in
      prompt.help(argument)
    },
    Command(name: "quit", usage: "", explanation: "leaves; as Ctrl-D") { prompt, _ in prompt.leave() },
  ]
}
