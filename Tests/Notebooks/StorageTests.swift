import Foundation
import TestSupport
import Testing

@testable import Notebooks

private func permissions(_ path: String) throws -> Int {
  try #require(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int)
}

@Test("What is saved is loaded again, and no temporary file is left")
func saveAndLoad() throws {
  let folder = TemporaryFolder()
  var notebook = Notebook()
  notebook.append(code: "1 + 1")
  let path = folder.file("a.cells")
  try CellsFile.save(notebook, to: path)
  #expect(try CellsFile.load(path) == notebook)
  notebook.append(code: "2")
  try CellsFile.save(notebook, to: path)
  #expect(try CellsFile.load(path) == notebook)
  #expect(folder.names == ["a.cells"])
}

@Test("A saved file keeps its permissions")
func permissionsAreKept() throws {
  let folder = TemporaryFolder()
  let path = folder.file("a.cells", "# %%\na\n")
  for mode in [0o600, 0o640, 0o755] {
    chmod(path, mode_t(mode))
    try CellsFile.save(try CellsFile.load(path), to: path)
    #expect(try permissions(path) == mode)
  }
}

@Test("A symbolic link stays one, and the file it leads to is written")
func linksAreFollowed() throws {
  let folder = TemporaryFolder()
  try FileManager.default.createDirectory(atPath: folder.path + "/real", withIntermediateDirectories: true)
  _ = folder.file("real/a.cells", "# %%\nold\n")
  let link = folder.file("link.cells")
  try FileManager.default.createSymbolicLink(
    atPath: folder.path + "/middle", withDestinationPath: "real/a.cells")
  try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "middle")
  var notebook = try CellsFile.load(link)
  try notebook.replace(1, source: "new")
  try CellsFile.save(notebook, to: link)
  #expect(try folder.text("real/a.cells") == "# %%\nnew\n")
  #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == "middle")
  // A link that leads nowhere yet.
  try FileManager.default.removeItem(atPath: folder.path + "/real/a.cells")
  try CellsFile.save(notebook, to: link)
  #expect(try folder.text("real/a.cells") == "# %%\nnew\n")
  #expect(folder.names == ["link.cells", "middle", "real"])
}

@Test("Failures to read and write say what is wrong")
func failures() throws {
  let folder = TemporaryFolder()
  func loading(_ path: String) throws -> CellsFileError {
    try #require(throws: CellsFileError.self) { try CellsFile.load(path) }
  }
  func saving(_ path: String) throws -> CellsFileError {
    try #require(throws: CellsFileError.self) { try CellsFile.save(Notebook(), to: path) }
  }
  #expect(try loading(folder.path + "/none.cells").reason == .missing)
  #expect(
    try loading("none.cells").description == "none.cells: there is no such file; check its name and folder")
  #expect(try loading(folder.path).reason == .isFolder)
  #expect(try loading("").reason == .missing)
  #expect(try loading("/dev/zero").reason == .tooLarge)
  #expect(try loading(folder.file("bad.cells", "# ---\n")).reason == .unterminatedHeader)
  #expect(try saving(folder.path).reason == .isFolder)
  #expect(try saving(folder.path + "/new/").reason == .isFolder)
  #expect(try saving(folder.path + "/none/a.cells").reason == .missing)
  #expect(try saving("/dev/null").reason == .notOrdinary)
  // A link to what has no name, as that of /dev/stdout to a pipe.
  let pipe = Pipe()
  #expect(try saving("/dev/fd/\(pipe.fileHandleForWriting.fileDescriptor)").reason == .notOrdinary)
  try FileManager.default.createSymbolicLink(atPath: folder.path + "/loop", withDestinationPath: "loop")
  #expect(try saving(folder.path + "/loop").reason == .system(ELOOP))
  #expect(folder.names == ["bad.cells", "loop"])
}

@Test("Without permission nothing is read, written or replaced")
func noPermission() throws {
  let folder = TemporaryFolder()
  chmod(folder.path, 0o755)
  let secret = folder.file("secret.cells", "# %%\nsecret\n")
  chmod(secret, 0o600)
  let open = folder.file("open.cells", "# %%\nopen\n")
  chmod(open, 0o666)
  // A stranger is another user than the owner only where the tests run as root; for others the modes say it.
  if geteuid() != 0 {
    chmod(secret, 0)
    chmod(folder.path, 0o555)
  }
  let (reading, writing) = try asStranger {
    (
      #expect(throws: CellsFileError.self) { try CellsFile.load(secret) },
      #expect(throws: CellsFileError.self) { try CellsFile.save(Notebook(), to: open) }
    )
  }
  chmod(folder.path, 0o755)
  #expect(reading?.reason == .noPermission)
  #expect(writing?.reason == .noPermission)
  #expect(try folder.text("open.cells") == "# %%\nopen\n")
}

@Test("A notebook that can't be written leaves the old file as it was")
func refusedSaveKeepsTheFile() throws {
  let folder = TemporaryFolder()
  let path = folder.file("a.cells", "# %%\nold\n")
  var notebook = try CellsFile.load(path)
  try notebook.replace(1, source: "# %% split")
  #expect(throws: CellsFileError.self) { try CellsFile.save(notebook, to: path) }
  #expect(try folder.text("a.cells") == "# %%\nold\n")
  #expect(folder.names == ["a.cells"])
}

@Test("What a program that was killed as it wrote has left is removed, and nothing else")
func leftoversAreRemoved() throws {
  let folder = TemporaryFolder()
  // No process has a number as high as that.
  let old = folder.file(".routebook-99999999-a1.tmp", "half")
  let others = [
    folder.file(".routebook-99999998-b2.tmp", "just now"),
    folder.file(".routebook-1-c3.tmp", "of a living one"),
    folder.file(".routebook-notes.tmp", "somebody's"), folder.file("routebook-99999999-a1.tmp", "somebody's"),
  ]
  for path in [old, others[1], others[2], others[3]] {
    try FileManager.default.setAttributes(
      [.modificationDate: Date().addingTimeInterval(-3_600)], ofItemAtPath: path)
  }
  try CellsFile.save(Notebook(), to: folder.file("a.cells"))
  #expect(!FileManager.default.fileExists(atPath: old))
  for path in others { #expect(FileManager.default.fileExists(atPath: path), "\(path)") }
}
