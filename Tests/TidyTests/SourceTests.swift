import Testing

@Suite("Every Swift file")
struct SourceTests {
    static let linesMax = 300, functionLinesMax = 70, columnsMax = 120

    @Test(arguments: Repository.swiftFiles())
    func `has at most 300 lines of at most 120 columns`(file: String) throws {
        let lines = try Repository.text(file).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count - 1 <= Self.linesMax, "\(file): one concept a file")
        for (index, line) in lines.enumerated() where line.count > Self.columnsMax {
            Issue.record("\(file):\(index + 1) has \(line.count) columns")
        }
    }

    @Test(arguments: Repository.swiftFiles())
    func `has functions of at most 70 lines`(file: String) throws {
        for function in FunctionScanner.functions(in: try Repository.text(file))
        where function.lineCount > Self.functionLinesMax {
            Issue.record("\(file):\(function.firstLine) is a function of \(function.lineCount) lines")
        }
    }

    @Test func `was found`() {
        #expect(Repository.swiftFiles(in: "Sources").count > 50)
        #expect(Repository.swiftFiles(in: "Tests/TidyTests").count > 5)
    }

    /// Put together here, so that this file does not find itself.
    static let reminders = ["TO" + "DO", "FIX" + "ME", "XX" + "X:"]

    @Test(arguments: Repository.files.filter { Self.isCode($0) })
    func `or script or C file leaves nothing for later`(file: String) throws {
        let text = try Repository.text(file)
        for reminder in Self.reminders {
            #expect(!text.contains(reminder), "\(file) holds \(reminder): do it, or drop it")
        }
    }

    static func isCode(_ file: String) -> Bool {
        file.hasPrefix("scripts/")
            || [".swift", ".c", ".h", ".cpp", ".py", ".lua", ".sh"].contains { file.hasSuffix($0) }
    }

    /// The last three look into the files of a server, as somebody who means ill does.
    static let databaseFolders = [
        "Sources/EventStore", "Sources/Privacy", "Sources/Projections", "Sources/Runtime", "Tests/EventStoreTests",
        "Tests/PrivacyTests", "Tests/ProjectionsTests", "Tests/RuntimeTests", "Tests/ServerTests", "Tests/SystemTests",
        "Tests/TransparencyTests",
    ]

    @Test(arguments: Repository.swiftFiles())
    func `uses the database only where the files are`(file: String) throws {
        let imports = Imports.modules(in: try Repository.text(file))
        guard imports.contains("GRDB") || imports.contains("GRDBSQLite") else { return }
        #expect(Self.databaseFolders.contains { file.hasPrefix($0 + "/") }, "\(file) imports GRDB")
    }

    static let targets = Result { Set(try PackageManifest(Repository.text("Package.swift")).targets.map(\.name)) }

    @Test(arguments: Repository.swiftFiles(in: "Sources"))
    func `names no type after a target`(file: String) throws {
        let targets = try Self.targets.get()
        let code = SwiftCode.blanked(try Repository.text(file))
        for match in code.matches(of: /\b(?:struct|class|enum|actor|protocol|typealias)\s+(\w+)/) {
            #expect(!targets.contains(String(match.1)), "\(file): \(match.1) hides the module of that name")
        }
    }
}

/// The modules that a file imports.
enum Imports {
    static func modules(in source: String) -> Set<String> {
        let kinds = "(?:struct |class |enum |protocol |func |var |let |typealias )?"
        let access = "(?:@[A-Za-z_]+(?:\\([^)]*\\))? )*(?:public |package |internal |fileprivate |private )?"
        guard let pattern = try? Regex("^[ \\t]*\(access)import \(kinds)(\\w+)").anchorsMatchLineEndings() else {
            return []
        }
        return Set(
            SwiftCode.blanked(source).matches(of: pattern).compactMap { $0.output[1].substring.map(String.init) })
    }
}
