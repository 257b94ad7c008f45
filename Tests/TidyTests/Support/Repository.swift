import Foundation

/// The checkout that these tests look after; `BOTCONTROL_ROOT` names another one.
enum Repository {
    static let root: URL = {
        if let path = ProcessInfo.processInfo.environment["BOTCONTROL_ROOT"] { return URL(filePath: path) }
        let file = URL(filePath: #filePath).resolvingSymlinksInPath()
        return (0..<4).reduce(file) { url, _ in url.deletingLastPathComponent() }
    }()

    static func text(_ path: String) throws -> String {
        try String(contentsOf: root.appending(path: path), encoding: .utf8)
    }

    static func exists(_ path: String) -> Bool {
        FileManager.default.fileExists(atPath: root.appending(path: path).path)
    }

    /// Every file that git keeps or would keep, relative to the root; without git, every file that is not hidden.
    static let files: [String] = (git("--cached", "--others", "--exclude-standard") ?? walk()).filter(exists).sorted()

    /// What is committed or staged; nil without git.
    static let tracked: [String]? = git("--cached")

    /// The Swift files below some folders.
    static func swiftFiles(in folders: String...) -> [String] {
        files.filter { file in
            file.hasSuffix(".swift") && (folders.isEmpty || folders.contains { file.hasPrefix($0 + "/") })
        }
    }

    private static func git(_ options: String...) -> [String]? {
        let arguments = ["git", "-C", root.path, "-c", "safe.directory=*", "ls-files", "-z"] + options
        guard let run = try? Program.run("/usr/bin/env", arguments), run.status == 0, !run.output.isEmpty else {
            return nil
        }
        return run.output.split(separator: "\0").map(String.init)
    }

    private static func walk() -> [String] {
        let names = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        return names.filter { name in
            !name.split(separator: "/").contains { $0.hasPrefix(".") || $0 == "__pycache__" || $0 == "demo-data" }
        }
    }
}

/// Another program, run to its end.
enum Program {
    static func run(_ path: String, _ arguments: [String]) throws -> (status: Int32, output: String) {
        let process = Process()
        let output = Pipe()
        process.executableURL = URL(filePath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(filePath: "/")
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: bytes, as: UTF8.self))
    }
}
