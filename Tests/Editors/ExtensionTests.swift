import Foundation
import Testing

@testable import Language

/// The files that make the folder an extension for Visual Studio Code.
struct ExtensionTests {
  private struct Manifest: Decodable {
    struct Contributions: Decodable {
      let languages: [Contributed]
      let grammars: [Grammar]
    }

    struct Contributed: Decodable {
      let id: String
      let extensions: [String]
      let configuration: String
    }

    struct Grammar: Decodable {
      let language: String
      let scopeName: String
      let path: String
    }

    let name: String
    let version: String
    let publisher: String
    let engines: [String: String]
    let contributes: Contributions
  }

  private struct Configuration: Decodable {
    struct Comments: Decodable {
      let lineComment: String
      let blockComment: [String]
    }

    struct Pair: Decodable {
      let open: String
      let close: String
    }

    let comments: Comments
    let brackets: [[String]]
    let autoClosingPairs: [Pair]
    let surroundingPairs: [[String]]
  }

  private func read<Value: Decodable>(_ name: String, as type: Value.Type) throws -> Value {
    try JSONDecoder().decode(type, from: Data(contentsOf: TextMateGrammar.folder.appending(path: name)))
  }

  @Test func theManifestPointsAtFilesThatAreThere() throws {
    let manifest = try read("package.json", as: Manifest.self)
    let language = try #require(manifest.contributes.languages.first)
    let contributed = try #require(manifest.contributes.grammars.first)
    let grammar = try TextMateGrammar.load()
    #expect(manifest.engines["vscode"] != nil)
    #expect(contributed.language == language.id)
    #expect(contributed.scopeName == grammar.scopeName)
    #expect(language.extensions == grammar.fileTypes.map { ".\($0)" })
    for path in [language.configuration, contributed.path] {
      #expect(FileManager.default.fileExists(atPath: TextMateGrammar.folder.appending(path: path).path()))
    }
  }

  @Test func theGuideNamesTheFolderThatTheManifestAsksFor() throws {
    let manifest = try read("package.json", as: Manifest.self)
    let guide = try String(contentsOf: TextMateGrammar.folder.appending(path: "README.md"), encoding: .utf8)
    #expect(guide.contains("\(manifest.publisher).\(manifest.name)-\(manifest.version)"))
  }

  @Test func commentsAndBracketsAreThoseOfTheLanguage() throws {
    let configuration = try read("language-configuration.json", as: Configuration.self)
    let block = configuration.comments.blockComment.joined(separator: " let x ")
    for comment in [configuration.comments.lineComment + " let x", block] {
      let tokens = Highlighter.tokens(in: comment)
      #expect(tokens == [Highlight(range: 0..<comment.utf8.count, kind: .comment)], "\(comment)")
    }
    #expect(Set(configuration.brackets) == [["{", "}"], ["[", "]"], ["(", ")"]])
    let closing = Set(configuration.autoClosingPairs.map { [$0.open, $0.close] })
    #expect(closing.isSuperset(of: configuration.brackets))
    #expect(closing.contains(["\"", "\""]) && closing.contains(configuration.comments.blockComment))
    #expect(Set(configuration.surroundingPairs).isSuperset(of: configuration.brackets))
  }
}
