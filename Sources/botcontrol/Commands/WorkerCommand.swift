import ArgumentParser
import Domain
import Foundation
import Logging
import Server
import ServiceLifecycle
import UnixSignals
import Worker

/// `botcontrol worker`: follows the feed of a control plane and acts in chat as it says.
struct WorkerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "worker", abstract: "Follow a control plane's feed, and act in chat as it says.")
    /// How long `--print-state` waits for a feed that does not answer.
    static let catchUpTimeout = Duration.seconds(20)

    @Option(help: "The feed: http://HOST:PORT of a server, or redis://HOST:PORT.") var feed: String
    @Option(help: "A token made with botcontrol token --system-key.") var token: String?
    @Option(help: "One worker has it at a time; made of host and process when absent.") var name: String?
    @Option(help: "A directory for the last known good state.") var state: String?
    @Option(help: "What to do when the feed is lost for 15 s: continue or halt.") var stale = LostPolicy.goOn.rawValue
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel = "info"
    @OptionGroup var chat: ChatOptions
    @Flag(help: "Print what is known as JSON once it is up to date, and end.") var printState = false

    func validate() throws {
        _ = try FeedAddress(feed)
        guard LostPolicy(rawValue: stale) != nil else { throw ValidationError("--stale must be continue or halt") }
        guard (1...Acknowledgement.workerLengthMax).contains(name?.unicodeScalars.count ?? 1) else {
            throw ValidationError("--name must have 1 to \(Acknowledgement.workerLengthMax) characters")
        }
        if printState, chat.input != nil { throw ValidationError("--print-state goes without --input") }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level must be trace, debug, info, notice, warning, error or critical")
        }
    }

    func run() async throws {
        let source = try FeedAddress(feed).source(token: token)
        do {
            let plane = try DataPlane(configuration, source: source)
            if printState { try await print(plane) } else { try await follow(plane, source) }
        } catch {
            await source.close()
            throw error is CommandFailure ? error : CommandFailure.cannotRun("\(error)")
        }
        await source.close()
    }

    private var configuration: DataPlane.Configuration {
        let level = Logger.Level(rawValue: logLevel) ?? .info
        var configuration = DataPlane.Configuration(
            WorkerIdentity(name: name ?? WorkerName.unique(), version: BotControl.configuration.version))
        configuration.stateDirectory = state
        configuration.acknowledges = !chat.dryRun
        configuration.lostPolicy = LostPolicy(rawValue: stale) ?? .goOn
        configuration.logger = Logger(label: "botcontrol.worker") { JSONLogHandler(label: $0, level: level) }
        return configuration
    }

    private func follow(_ plane: DataPlane, _ source: any FeedSource) async throws {
        let chat = try ChatServices(options: chat, feed: FeedAddress(feed), source: source, plane: plane).make()
        SecondSignal.install()
        StandardError.write("botcontrol: worker \(plane.configuration.identity.name) follows \(feed)")
        var configuration = ServiceGroupConfiguration(
            services: plane.services.map { .init(service: $0) } + chat,
            gracefulShutdownSignals: [.sigterm, .sigint], logger: plane.configuration.logger)
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: configuration).run()
        StandardError.write("botcontrol: worker \(plane.configuration.identity.name) has stopped")
    }

    private func print(_ plane: DataPlane) async throws {
        try await plane.follower.catchUp(within: Self.catchUpTimeout)
        var writer = JSONWriter()
        plane.live.read { $0.set }.encode(into: &writer)
        StandardOutput.write(writer.text)
    }
}

/// A name that no other worker has: many containers have a host name of their own and all the same process id.
enum WorkerName {
    static func unique() -> String {
        let process = ProcessInfo.processInfo
        let tail = "-\(process.processIdentifier)-\(String(UInt16.random(in: .min ... .max), radix: 16))"
        return process.hostName.prefix(Acknowledgement.workerLengthMax - tail.count) + tail
    }
}
