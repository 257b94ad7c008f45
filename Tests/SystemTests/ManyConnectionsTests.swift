import Domain
import Foundation
import PlatformStage
import Platforms
import TestTools
import Testing

/// How much one connection costs. `BOTCONTROL_CONNECTIONS` sets how many are held; the figures are printed.
@Suite("Many connections of one worker", .serialized, .timeLimit(.minutes(5)))
struct ManyConnectionsTests {
    private static let count =
        ProcessInfo.processInfo.environment["BOTCONTROL_CONNECTIONS"].flatMap { Int($0) } ?? 200

    private let folder = TemporaryFolder()

    private func write(_ trovo: FakeTrovo) throws -> String {
        var entry: [JSON.Member] = [
            .init("client_id", .string(trovo.clientID)), .init("token", .string(trovo.token)),
            .init("user_id", .string(trovo.bot.id)), .init("api", .string(trovo.endpoints.api)),
            .init("socket", .string(trovo.endpoints.socket)),
        ]
        if let file = trovo.endpoints.authorityFile { entry.append(.init("authority_file", .string(file))) }
        let path = folder.path + "/credentials.json"
        let bytes = JSON.object([.init("trovo", .object(entry))]).bytes
        #expect(
            FileManager.default.createFile(
                atPath: path, contents: Data(bytes), attributes: [.posixPermissions: 0o600]))
        return path
    }

    /// The limits are the product's own; a debug build keeps within them, too.
    @Test(arguments: [(false, 25_000), (true, 64_000)])
    func `cost little memory each, and all are heard`(tls: Bool, bytesMax: Int) async throws {
        let trovo = try await FakeTrovo.start(tls: tls)
        let server = try await ServerProcess(data: folder.path)
        let token = try Program.run(["token", "--data", folder.path, "--subject", "w", "--system-key"]).output
            .trimmingCharacters(in: .whitespacesAndNewlines)
        let worker = try WorkerProcess(
            name: "w", feed: server.address, token: token, ["--credentials", try write(trovo)])
        // What the first ones bring into memory is there once.
        try await connect(0..<20, on: server)
        #expect(await eventually(within: .seconds(60)) { trovo.server.sockets.count == 20 })
        try await Task.sleep(for: .seconds(1))
        let before = worker.residentBytes
        try await connect(20..<(20 + Self.count), on: server)
        #expect(await eventually(within: .seconds(60)) { trovo.server.sockets.count == 20 + Self.count })
        try await Task.sleep(for: .seconds(1))
        let bytesEach = (worker.residentBytes - before) / Self.count
        print("connections: \(Self.count) \(tls ? "over TLS" : "plain"), \(bytesEach) bytes each")
        #expect(bytesEach <= bytesMax)
        #expect(worker.end() == 0)
        await trovo.stop()
    }

    private func connect(_ numbers: Range<Int>, on server: ServerProcess) async throws {
        for number in numbers {
            let made = try await server.send(
                "POST", "/v1/admin/accounts", #"{"account_id": "acct_\#(number)", "name": "A", "plan": "pro"}"#)
            let connected = try await server.send(
                "PUT", "/v1/admin/accounts/acct_\(number)/bots/trovo",
                #"{"channel_id": "\#(50_000 + number)", "channel_name": "a"}"#)
            #expect(made.status == 201 && (200...201).contains(connected.status))
        }
    }
}
