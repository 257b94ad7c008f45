import Foundation

/// The checkout that these tests belong to; `BOTCONTROL_ROOT` names another one.
enum Repository {
    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["BOTCONTROL_ROOT"] { return URL(filePath: path) }
        let file = URL(filePath: #filePath).resolvingSymlinksInPath()
        return (0..<4).reduce(file) { url, _ in url.deletingLastPathComponent() }
    }()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    /// The names of the files in a folder, without those of its folders.
    static func files(in folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
            .filter { $0.hasSuffix(".json") }.sorted()
    }
}
