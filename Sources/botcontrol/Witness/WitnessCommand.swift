import ArgumentParser
import Domain
import Foundation
import Hummingbird
import Logging
import ServiceLifecycle
import Transparency
import UnixSignals

/// `botcontrol witness`: remembers what logs have signed, on another host if possible, and signs only what goes on.
struct WitnessCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "witness",
        abstract: "Sign the checkpoints of logs, and refuse those that contradict what was signed before.",
        discussion: """
            It looks at every --log in turns, and with --port it takes what logs push to it (serve --witness). What \
            it refuses is kept in DIR/refused: two signed checkpoints that contradict each other are a proof.
            """)

    @Option(help: "Where it keeps its key and what it has signed.") var dir: String
    @Option(name: .customLong("log"), help: "A log to look at: its address or its data directory. It can be repeated.")
    var logs: [String] = []
    @Option(
        name: .customLong("log-key"),
        help: "The public key of a log, as botcontrol audit checkpoint --public-key prints it. It can be repeated.")
    var logKeys: [String] = []
    @Option(help: "What the witness is called, for ever; asked on the first start alone.") var name: String?
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "Listen on this port for logs that push; 0 for a free one.") var port: Int?
    @Option(help: "Seconds from one look to the next.") var interval = 30
    @Flag(help: "Look once, and end with 1 when a log is refused.") var once = false
    @Flag(help: "Print the witness's public key and end.") var publicKey = false

    func validate() throws {
        guard interval > 0 else { throw ValidationError("--interval must be a number of seconds from 1") }
        if let port, !(0...65_535).contains(port) { throw ValidationError("--port must be from 0 to 65535") }
        guard publicKey || port != nil || !logs.isEmpty else {
            throw ValidationError("there is nothing to witness: give --log, or --port for logs that push")
        }
        if once, logs.isEmpty { throw ValidationError("--once looks at a --log") }
    }

    func run() async throws {
        let witness = try runOrFail { try Witness(directory: dir, name: name) }
        if publicKey { return StandardOutput.write(witness.key.description) }
        for text in logKeys {
            let key: NoteKey
            do { key = try NoteKey(text) } catch { throw CommandFailure.usage("--log-key \(error)") }
            try runOrFail { try witness.know(key) }
        }
        let client = WebClient()
        let watched = try logs.map { try WatchedLog($0, client: client) }
        for log in watched { try learn(log, witness) }
        StandardError.write("botcontrol: the witness \(witness.key)")
        let watch = WitnessWatch(witness: witness, logs: watched, intervalSeconds: interval)
        if once { return try await lookOnce(watch) }
        try await serve(witness, watch)
    }

    /// A directory's own key is taken when there is no other: whoever begins to watch it trusts it today.
    private func learn(_ log: WatchedLog, _ witness: Witness) throws {
        guard let key = log.keyNearby, !witness.knows(origin: key.name) else { return }
        try runOrFail { try witness.know(key) }
        StandardError.write("botcontrol: from here on \(log.name) is known by \(key)")
    }

    private func lookOnce(_ watch: WitnessWatch) async throws {
        let verdicts = await watch.look()
        if let refused = verdicts.first(where: { $0.isRefused }) { throw CommandFailure.problem(refused.text) }
        if let unseen = verdicts.first(where: { $0.isUnseen }) { throw CommandFailure.cannotRun(unseen.text) }
    }

    private func serve(_ witness: Witness, _ watch: WitnessWatch) async throws {
        var services: [any Service] = logs.isEmpty ? [] : [watch]
        if let port {
            services.append(
                WitnessServer(witness: witness).application(host: host, port: port) { port in
                    StandardError.write("botcontrol: the witness listens at http://\(host):\(port)")
                })
        }
        let configuration = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: Logger(label: "witness"))
        do { try await ServiceGroup(configuration: configuration).run() } catch {
            throw CommandFailure.cannotRun("\(error)")
        }
    }
}

/// Looks at logs in turns, and says what it has signed and what not.
struct WitnessWatch: Service {
    let witness: Witness
    let logs: [WatchedLog]
    let intervalSeconds: Int

    enum Verdict: Sendable {
        case signed(String)
        case refused(String)
        case unseen(String)

        var text: String {
            switch self {
            case .signed(let text), .refused(let text), .unseen(let text): text
            }
        }
        var isRefused: Bool { if case .refused = self { true } else { false } }
        var isUnseen: Bool { if case .unseen = self { true } else { false } }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                for verdict in await look() where verdict.isRefused || verdict.isUnseen {
                    StandardError.write("botcontrol: " + verdict.text)
                }
                try? await Task.sleep(for: .seconds(intervalSeconds))
            }
        }
    }

    /// One look at each.
    func look() async -> [Verdict] {
        var verdicts: [Verdict] = []
        for log in logs { verdicts.append(await look(log)) }
        return verdicts
    }

    private func look(_ log: WatchedLog) async -> Verdict {
        do {
            let checkpoint = try await log.checkpoint()
            let stated = checkpoint.checkpoint
            let last = try witness.last(of: stated.origin)?.checkpoint
            if let last, last == stated { return .signed("\(log.name): nothing new since \(last.size) events") }
            let old = min(last?.size ?? 0, stated.size)
            let tiles = try await log.tiles(from: old, to: stated)
            let signature = try witness.watch(checkpoint, tiles: tiles, seconds: Int(Date().timeIntervalSince1970))
            StandardOutput.write("\(stated.origin) \(stated.size) \(stated.root.base64) \(signature)")
            return .signed("\(log.name): signed \(stated.size) events")
        } catch let error as WitnessRefusal {
            return .refused("\(log.name) is refused: \(error)")
        } catch let error as NoteError {
            return .refused("\(log.name) is refused: \(error)")
        } catch let error as WitnessDamage {
            return .unseen("\(error)")
        } catch {
            return .unseen("\(log.name) could not be looked at: \(error)")
        }
    }
}
