import Foundation
import Testing

@Suite("An export on the command line", .serialized)
struct AuditExportCommandTests {
    private let folder = TemporaryFolder()

    @Test(arguments: ["ndjson", "csv"])
    func `goes on after its last whole line, whatever has interrupted it`(format: String) async throws {
        try await ServerProcess(data: folder.path, arguments: ["--demo"]).end(with: SIGTERM)
        let file = folder.path + "/export", export = ["audit", "export", "--format", format, "--data", folder.path]
        let whole = try Program.run(export).output
        #expect(try Program.run(export + ["--output", file]).status == 0)
        #expect(try String(contentsOfFile: file, encoding: .utf8) == whole)
        for kept in [0, 3, 200, whole.utf8.count / 2, whole.utf8.count - 1, whole.utf8.count] {
            try Data(whole.utf8.prefix(kept)).write(to: URL(filePath: file))
            let again = try Program.run(export + ["--output", file])
            #expect(again.status == 0, "\(kept): \(again.errors)")
            #expect(try String(contentsOfFile: file, encoding: .utf8) == whole, "\(kept)")
        }
        let rest = try Program.run(export + ["--after", "5"]).output
        #expect(rest.split(whereSeparator: \.isNewline).count == whole.split(whereSeparator: \.isNewline).count - 5)
    }

    @Test func `leaves a file alone that is none`() async throws {
        try await ServerProcess(data: folder.path, arguments: ["--demo"]).end(with: SIGTERM)
        let file = folder.path + "/notes", export = ["audit", "export", "--data", folder.path]
        try Data("my notes\nno export\n".utf8).write(to: URL(filePath: file))
        let refused = try Program.run(export + ["--output", file])
        #expect(refused.status == 3 && refused.errors.contains("does not end like an export"), "\(refused.errors)")
        #expect(try String(contentsOfFile: file, encoding: .utf8) == "my notes\nno export\n")
        let nowhere = try Program.run(export + ["--output", folder.path + "/no/such/folder"])
        #expect(nowhere.status == 3 && nowhere.errors.contains("cannot be written"))
        #expect(try Program.run(export + ["--after", "3", "--output", file]).status == 2)
    }
}
