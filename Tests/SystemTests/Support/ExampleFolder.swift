import Foundation

/// A copy of an example, which a test may change.
struct ExampleFolder {
    let path: String

    init(_ name: String, in folder: TemporaryFolder) throws {
        path = folder.path + "/authors/" + name + "-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder.path + "/authors", withIntermediateDirectories: true)
        try FileManager.default.copyItem(atPath: ExtensionCommandTests.example(name), toPath: path)
    }

    struct NothingToReplace: Error { let words: String, file: String }

    func replace(_ words: String, by others: String, in file: String) throws {
        let text = try String(contentsOfFile: path + "/" + file, encoding: .utf8)
        guard text.contains(words) else { throw NothingToReplace(words: words, file: file) }
        try text.replacing(words, with: others).write(toFile: path + "/" + file, atomically: true, encoding: .utf8)
    }
}
