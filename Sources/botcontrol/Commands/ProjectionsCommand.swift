import ArgumentParser
import Domain
import EventStore
import Foundation
import Projections
import Server

/// `botcontrol projections`: how the read models stand, and how to make them anew.
struct ProjectionsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "projections", abstract: "Read how the read models stand, or make them anew.",
        subcommands: [Status.self, Rebuild.self])

    struct Status: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Print positions, lag, digest and parked streams.")
        @OptionGroup var directory: DataDirectory

        func run() async throws {
            try directory.requireJournal()
            if let server = directory.runningServer() {
                let text = try await ServerClient(server, directory.data).get("/v1/admin/projections")
                return StandardOutput.write((try JSONParser.parse(text)["data"] ?? .null).text)
            }
            let offline = try runOrFail { try OfflineReadModels(directory.data) }
            defer { offline.close() }
            var writer = JSONWriter()
            try runOrFail { try offline.readModels.status(now: WallClock.system.now) }.encode(into: &writer)
            StandardOutput.write(writer.text)
        }
    }

    struct Rebuild: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the read models anew, compare them with the live ones, and go on with the new ones.",
            discussion: "All read models stand in one file and are made together; NAME limits what is judged."
        )
        @Argument(help: "One of \(ReadModels.projectionNames.joined(separator: ", ")).") var name: String?
        @OptionGroup var directory: DataDirectory

        func run() async throws {
            try directory.requireJournal()
            if let name, !ReadModels.projectionNames.contains(name) {
                throw CommandFailure.usage(
                    "there is no projection \(name): it \(NotAllowed.message(name, among: ReadModels.projectionNames))")
            }
            let report = try await rebuild()
            StandardOutput.write(report.text)
            let rows = (report["differences"]?.array ?? []).filter { name == nil || $0["table"]?.string == name }
            guard rows.isEmpty else {
                throw CommandFailure.problem(
                    "\(rows.count) rows differed from the journal; the read models made anew serve now")
            }
        }

        private func rebuild() async throws -> JSON {
            if let server = directory.runningServer() {
                let text = try await ServerClient(server, directory.data).post("/v1/admin/projections/rebuild")
                return try JSONParser.parse(text)["data"] ?? .null
            }
            let offline = try runOrFail { try OfflineReadModels(directory.data) }
            defer { offline.close() }
            let report = try await offline.readModels.rebuild { position in
                if isatty(2) == 1 { StandardError.write("at position \(position)") }
            }
            var writer = JSONWriter()
            report.encode(into: &writer)
            return try JSONParser.parse(writer.bytes)
        }
    }
}

/// The read models of a directory that no server holds.
struct OfflineReadModels {
    private let lock: DirectoryLock
    private let journal: Journal
    let readModels: ReadModels

    init(_ directory: String) throws {
        lock = try DirectoryLock(directory: directory, holder: "botcontrol projections")
        journal = try Journal.sealing(directory)
        readModels = try ReadModels.open(journal: journal)
    }

    func close() {
        journal.close()
        readModels.close()
    }
}
