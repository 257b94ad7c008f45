import ArgumentParser
import Domain
import Foundation
import PlatformStage

/// All five platforms on loopback, with viewers who write what viewers write: what `scripts/run` shows a newcomer.
///
/// The platforms speak as the real ones do, with their errors and limits; the bots do not know the difference.
@main
struct DemoPlatforms: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "demo-platforms")

    @Option(help: "A folder for the credentials of the bots; it is gone when this program ends.")
    var folder: String
    @Option(help: "Where the server takes Kick's webhooks.") var server = "http://127.0.0.1:8080"
    @Option(help: "How many accounts have channels, on each platform.") var rooms = 8

    func run() async throws {
        let starter = getppid()
        let fakes = try await FiveFakes.start()
        for number in 0..<rooms { fakes.open(number) }
        fakes.youTube.poll(everyMilliseconds: 1000)
        try write(fakes)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let play = Task {
            async let webhooks: Void = fakes.carryWebhooks(to: server)
            await Viewers(fakes, rooms: rooms).write()
            await webhooks
        }
        // Once whoever has started it is gone, nobody looks any more.
        while getppid() == starter { try await Task.sleep(for: .seconds(1)) }
        play.cancel()
        await fakes.stop()
    }

    /// The credentials come last: whoever waits for them finds everything.
    private func write(_ fakes: FiveFakes) throws {
        let files = FileManager.default
        try files.createDirectory(
            atPath: folder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data(FakeKick.publicKey().utf8).write(to: URL(filePath: folder + "/kick.pem"))
        let draft = folder + "/.credentials"
        let isWritten = files.createFile(
            atPath: draft, contents: Data(fakes.credentials.bytes), attributes: [.posixPermissions: 0o600])
        guard isWritten else { throw ValidationError("\(folder) cannot be written") }
        try files.moveItem(atPath: draft, toPath: folder + "/credentials.json")
    }
}
