import NIOCore
import NIOPosix
import VM
import Web

/// `files("/assets", from: "public")`.
extension Kernel {
  func installFiles() {
    machine.define("files", ["path", "from!"]) { [unowned self] call throws(Failure) in
      let path = try call.string(0)
      let name = try call.string(1)
      let prefix = try filesPrefix(path)
      let folder = try servedFolder(name)
      guard let slot = try? machine.slot(of: "__file"), let function = machine.global(slot)?.value else {
        return .nil
      }
      try declare(
        .files, in: prefix, PinnedValue(function, in: machine), folder: (folder, name), owner: call.owner)
      groupOfCall = ""
      return .nil
    }
    let absent = machine.defineClass("Absent")
    machine.define("__isAbsent", ["value"]) { [unowned absent] call throws(Failure) in
      .bool(call.machine.isInstance(call[0], of: absent))
    }
    machine.define("__file", ["number", "isOwn", "request"], shown: "files") {
      [unowned self, unowned absent] call throws(Failure) in
      guard let files = surroundings.files(try call.int(0)), let folder = files.folder?.folder,
        let object = machine.payload(of: call[2], desk.requestClass) as? RequestObject
      else { return machine.makeInstance(absent) }
      let (id, deferred) = machine.beginOperation(owner: call.owner, .file)
      let (request, prefix, readsContent) = (object.request, files.prefix, call[1].asBool == true)
      let routed = routes.table.resolve(method: request.method, path: request.path).allowed
      bindings += 1
      NIOThreadPool.singleton.runIfActive(eventLoop: loop) {
        folder.answer(request, below: prefix, routed: routed, readsContent: readsContent)
      }.assumeIsolated().whenComplete { [weak self] result in
        guard let self else { return }
        bindings -= 1
        switch result {
        case .success(.absent): machine.complete(operation: id, .success(machine.makeInstance(absent)))
        case .success(.response(let response)):
          // A value of it would hold the file until it is collected.
          guard machine.isUnderWay(operation: id) else { response.file?.file.close(); break }
          object.opened = response.file?.file
          machine.complete(operation: id, .success(replies.changeable(response)))
        case .failure(let error):
          machine.complete(operation: id, .failure(machine.makeErrorValue(Failure(.network, "\(error)"))))
        }
        pump()
      }
      return deferred
    }
  }

  /// The path that stands for a folder, with that of the group around.
  private func filesPrefix(_ path: String) throws(Failure) -> RoutePrefix {
    guard path.hasPrefix("/"), path == "/" || !path.hasSuffix("/") else {
      throw Failure(
        .argument, "the path of files begins with / and does not end with one",
        help: "write files(\"/assets\", from: \"public\")"
      ).at(parameter: 0)
    }
    let prefix = try routePrefix(path == "/" ? groupOfCall : groupOfCall + path)
    guard !prefix.takesMore else {
      throw Failure(
        .argument, "the path of files has no path parameter: what follows it is the path of a file",
        help: "leave it out"
      ).at(parameter: 0)
    }
    return prefix
  }

  private func servedFolder(_ name: String) throws(Failure) -> StaticFolder {
    guard let root = configuration.filesFolder else {
      throw Failure(
        .argument, "no files may be read here",
        help: "start with --files DIR; from: is then a folder in it, \".\" the folder itself")
    }
    do throws(StaticFolder.Problem) {
      return try StaticFolder(name, in: root)
    } catch {
      throw Failure(
        .argument, "the folder \(error.description)", help: "it lies in the one that --files names"
      )
      .at(parameter: 1)
    }
  }
}

extension ReplyMaker {
  private final class Box {
    let slice: FileSlice
    init(_ slice: FileSlice) { self.slice = slice }
  }

  /// What a file as a body is in the language.
  func makeFile(_ slice: FileSlice) -> Value { machine.makeInstance(fileClass, payload: Box(slice)) }

  func fileSlice(_ value: Value) -> FileSlice? { (machine.payload(of: value, fileClass) as? Box)?.slice }
}
