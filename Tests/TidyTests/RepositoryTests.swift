import Foundation
import Testing

@Suite("The repository")
struct RepositoryTests {
    /// Put together here, so that this file does not find itself.
    static let machinePaths = ["work", "root", "home"].map { "/" + $0 + "/" }

    @Test(arguments: Repository.files)
    func `names no folder of anybody's machine`(file: String) throws {
        guard let text = try? Repository.text(file) else { return }
        for path in Self.machinePaths { #expect(!text.contains(path), "\(file) holds \(path)") }
    }

    @Test func `keeps neither builds nor resolved versions`() throws {
        let ignored = try Repository.text(".gitignore").split(separator: "\n")
        #expect(ignored.contains(".build*/") && ignored.contains("Package.resolved"))
        for file in Repository.tracked ?? [] {
            let names = file.split(separator: "/")
            #expect(names.last != "Package.resolved" && !names.contains { $0.hasPrefix(".build") }, "\(file)")
            #expect(!names.contains { $0.hasPrefix(".venv") || $0 == "__pycache__" || $0 == "demo-data" }, "\(file)")
        }
    }

    static func eventTypes() throws -> [String] {
        try Repository.swiftFiles(in: "Sources/Domain").flatMap { file in
            try Repository.text(file).matches(of: /case \w+ = "([a-z_]+\.[a-z_]+)"/).map { String($0.1) }
        }
    }

    @Test func `has a schema and a stored sample of every event type`() throws {
        let types = try Self.eventTypes()
        #expect(types.count >= 13)
        for type in types {
            #expect(Repository.exists("schemas/events/\(type).v1.json"), "\(type) has no schema")
            #expect(Repository.exists("schemas/events/samples/\(type).v1.json"), "\(type) has no sample")
        }
    }

    static let scripts = ["setup", "run", "test", "bench", "format"]

    @Test func `has no scripts besides those that are known`() {
        let files = Repository.files.filter { $0.hasPrefix("scripts/") }
        #expect(files == Self.scripts.sorted().map { "scripts/\($0)" })
    }

    @Test(arguments: scripts)
    func `has scripts that help from anywhere, and do nothing else then`(script: String) throws {
        let path = Repository.root.appending(path: "scripts/\(script)").path
        let help = try Program.run(path, ["--help"])
        #expect(help.status == 0)
        #expect(help.output.hasPrefix("Usage: scripts/\(script)"), "\(help.output)")
        let wrong = try Program.run(path, ["--no-such-option"])
        #expect(wrong.status == 2, "a wrong option ends with 2")
        #expect(try Repository.text("scripts/\(script)").contains("\nset -euo pipefail\n"))
    }

    @Test func `has its checks run by scripts/test alone`() throws {
        #expect(try Repository.text(".ci/run").contains("scripts/test"))
    }

    @Test func `has a changelog with what is not released yet`() throws {
        let lines = try Repository.text("CHANGELOG.md").split(separator: "\n")
        let start = try #require(lines.firstIndex(of: "## [Unreleased]"))
        let section = lines[start...].dropFirst().prefix { !$0.hasPrefix("## ") }
        #expect(section.contains("### Added"))
        #expect(section.contains { $0.hasPrefix("- ") })
    }

    @Test func `has a licence, and a README that starts with its two commands`() throws {
        #expect(try Repository.text("LICENSE").hasPrefix("MIT License\n"))
        let readme = try Repository.text("README.md")
        let run = try #require(readme.range(of: "scripts/run")), test = try #require(readme.range(of: "scripts/test"))
        #expect(readme[..<test.upperBound].split(separator: "\n").count < 15)
        #expect(run.lowerBound < test.lowerBound)
    }

    @Test(arguments: ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "CHANGELOG.md"])
    func `has documents whose links lead somewhere`(document: String) throws {
        for match in try Repository.text(document).matches(of: /\]\(([^)#:]+)(?:#[^)]*)?\)/) {
            #expect(Repository.exists(String(match.1)), "\(document) links to \(match.1)")
        }
    }

    @Test func `says in ARCHITECTURE.md only of tests that exist that they attack an invariant`() throws {
        let text = try Repository.text("ARCHITECTURE.md")
        let paths = text.matches(of: /`(Tests\/[A-Za-z\/+.]+)`/).map { String($0.1) }
        #expect(paths.count >= 5)
        for path in paths { #expect(Repository.exists(path), "\(path)") }
    }
}
