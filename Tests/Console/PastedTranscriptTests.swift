import Testing

@testable import Console

@Suite struct PastedTranscriptTests {
  @Test(arguments: [
    ("In [1]: 1 + 1\nOut[1]: 2", ["1 + 1"]),
    ("In [12]: f {\n    ...:   x\n    ...: }\nIn [13]: 2", ["f {\n  x\n}", "2"]),
    (
      "In [1]: route \"/\" {\n   ...:     \"hi\"\n   ...: }\nroute GET /\n   ...: not of a cell",
      ["route \"/\" {\n    \"hi\"\n}"]
    ),
    ("In [3]:", []),
    (
      "Routebook 0.1.0  ·  %help for help, Ctrl-D to leave\nserving http://127.0.0.1:8080\n\nIn [1]: 1\nOut[1]: 1",
      ["1"]
    ),
    ("let a = [\n   ...:     1,\n   ...: ]", ["let a = [\n    1,\n]"]),
    ("f {\n    ...: }\nOut[12]: 3\nIn [13]: 2", ["f {\n}", "2"]),
  ])
  func promptsAndResultsAreLeftOut(_ text: String, _ cells: [String]) {
    #expect(PastedTranscript.cells(in: text) == cells)
  }

  @Test(arguments: [
    "1 + 1", "Routebook is\nIn [1]: 2", "serving http://a.b\n1 + 1", "let In = [1]; In[0]", "x\nIn [1]: 2",
    "", "x\ny\n   ...: z", "   ...: x",
  ])
  func otherTextsAreNone(_ text: String) {
    #expect(PastedTranscript.cells(in: text) == nil)
  }
}
