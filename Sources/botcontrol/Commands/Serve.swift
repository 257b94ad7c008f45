import ArgumentParser
import Domain
import EventStore
import Foundation
import Hummingbird
import Logging
import Platforms
import Redis
import Sandbox
import Server
import ServiceLifecycle
import Transparency
import UnixSignals
import Worker

/// `botcontrol serve`: the control plane over HTTP.
struct Serve: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Run the control plane.")

    @OptionGroup var directory: DataDirectory
    @Option(help: "The address to listen on.") var host = "127.0.0.1"
    @Option(help: "The port to listen on; 0 for a free one.") var port = 8080
    @Option(help: "Requests a second of one caller; 0 for no limit.") var rateLimit = 500
    @Option(help: "A file of public keys (JWKS) whose tokens are taken too.") var jwks: String?
    @Option(help: "Carry the feed into this Redis too, redis://[USER:PASSWORD@]HOST[:PORT][/DB].") var redis: String?
    @Option(help: "What the log of all events is called, for ever; asked on the first start alone.")
    var logOrigin: String?
    @Option(
        name: .customLong("witness"),
        help: "A witness to push signed checkpoints to, http://HOST:PORT. It can be repeated.")
    var witnesses: [String] = []
    @Option(
        name: .customLong("witness-key"),
        help: "A witness's public key; without one it is learnt from the witness. It can be repeated.")
    var witnessKeys: [String] = []
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel = "info"
    @Flag(help: "Run a worker in this process.") var withWorker = false
    @Flag(help: "For trying things out: webhooks may be on this host, and without TLS.") var loopbackWebhooks = false
    @Flag(help: "Do not show the GraphQL schema to anybody.") var noIntrospection = false
    @Option(
        help: """
            With --with-worker: what the platforms want to see, as a file (JSON, readable by you alone), a directory \
            with one for each platform, or env.
            """)
    var credentials: String?
    @Option(help: "A file (PEM) with the key that signs Kick's webhooks, when it is not Kick's own.")
    var kickPublicKey: String?
    @Flag(help: "Fill an empty directory with demo accounts and print curl lines to try.") var demo = false

    func validate() throws {
        guard (0...65_535).contains(port) else { throw ValidationError("--port must be from 0 to 65535") }
        if credentials != nil, !withWorker { throw ValidationError("--credentials are a worker's: add --with-worker") }
        guard rateLimit >= 0 else { throw ValidationError("--rate-limit must not be negative") }
        if let redis {
            do { _ = try RedisURL(redis) } catch { throw ValidationError("--redis \(redis): \(error)") }
        }
        for text in witnesses where URL(string: text)?.host == nil {
            throw ValidationError("--witness \(text) is not an address: write for example http://127.0.0.1:8090")
        }
        for text in witnessKeys {
            do { _ = try NoteKey(text) } catch { throw ValidationError("--witness-key \(error)") }
        }
        guard Logger.Level(rawValue: logLevel) != nil else {
            throw ValidationError("--log-level must be trace, debug, info, notice, warning, error or critical")
        }
    }

    func run() async throws {
        let plane = try runOrFail { try open() }
        do {
            try await serve(plane)
        } catch {
            plane.close()
            throw CommandFailure.cannotRun(explain(error))
        }
        plane.close()
        StandardError.write("botcontrol: stopped, everything is on disk")
    }

    private func serve(_ plane: ControlPlane) async throws {
        if demo { try await Demo(plane: plane).populate() }
        SecondSignal.install()
        let application = plane.application(host: host, port: port) { port in announce(plane, port) }
        let companions = try companions(of: plane)
        var configuration = ServiceGroupConfiguration(
            services: [application] + plane.backgroundServices + companions,
            gracefulShutdownSignals: [.sigterm, .sigint],
            logger: plane.configuration.logger)
        configuration.maximumGracefulShutdownDuration = .seconds(20)
        try await ServiceGroup(configuration: configuration).run()
    }

    /// The relay stops last, so that it carries everything that the others have said.
    private func companions(of plane: ControlPlane) throws -> [any Service] {
        let inbox = KickInbox(), logger = plane.configuration.logger
        let keeper = try credentials.map { try CredentialKeeper($0, clock: plane.services.clock, logger: logger) }
        try takeWebhooks(of: plane, inbox, keeper)
        var others: [any Service] = try redis.map { [RelayCompanion.make(try RedisURL($0), beside: plane)] } ?? []
        if !witnesses.isEmpty {
            others.append(
                WitnessPusher(
                    services: plane.services, witnesses: witnesses.compactMap { URL(string: $0) },
                    keys: try witnessKeys.map { try NoteKey($0) }, logger: plane.configuration.logger))
        }
        others.append(WebhookCompanion(beside: plane))
        guard withWorker else { return others }
        return try others + LocalWorker.services(beside: plane, credentials: keeper, inbox: inbox, isDemo: demo)
    }

    /// Kick's go to the worker of this process when it has a bot there, else to those on Redis.
    private func takeWebhooks(of plane: ControlPlane, _ inbox: KickInbox, _ keeper: CredentialKeeper?) throws {
        let key = try kickKey()
        if keeper?.secrets[.kick] != nil {
            KickWebhooks.install(on: plane, key: key) { await inbox.put($0) }
        } else if let redis {
            KickWebhooks.install(on: plane, key: key, hand: KickWebhooks.stream(try RedisURL(redis)))
        }
    }

    private func kickKey() throws -> KickVerifier {
        guard let kickPublicKey else { return try KickVerifier() }
        guard let bytes = FileManager.default.contents(atPath: kickPublicKey) else {
            throw CommandFailure.usage("--kick-public-key \(kickPublicKey) cannot be read")
        }
        do { return try KickVerifier(publicKey: String(decoding: bytes, as: UTF8.self)) } catch {
            throw CommandFailure.usage("--kick-public-key \(kickPublicKey): \(error)")
        }
    }

    private func open() throws -> ControlPlane {
        let level = Logger.Level(rawValue: logLevel) ?? .info
        var configuration = ControlPlane.Configuration(directory: directory.data)
        configuration.rateLimit = rateLimit
        configuration.keySetPath = jwks
        configuration.logOrigin = logOrigin
        configuration.webhookRules = WebhookAddressRules(allowsLoopback: loopbackWebhooks)
        configuration.graphQL = GraphQLConfiguration(allowsIntrospection: !noIntrospection)
        configuration.logger = Logger(label: "botcontrol") { JSONLogHandler(label: $0, level: level) }
        configuration.bundleJudge = SandboxJudge(
            SandboxPool(LocalSandbox.options(children: 1), hosting: SandboxJudge.NoHost()))
        return try ControlPlane.open(configuration) { position in
            StandardError.write("botcontrol: making the read models, at position \(position)")
        }
    }

    private func announce(_ plane: ControlPlane, _ port: Int) {
        let address = host.contains(":") ? "http://[\(host)]:\(port)" : "http://\(host):\(port)"
        plane.announce(address: address)
        StandardError.write("botcontrol: serving \(directory.data) at \(address)")
        if let missing = plane.configuration.graphQL.missing { StandardError.write("botcontrol: \(missing)") }
        if demo {
            Demo(plane: plane).introduce(address: address)
        } else if plane.isNew {
            StandardError.write(
                "botcontrol: mint a token with: botcontrol token --data \(directory.data) --subject you --system-admin")
        }
    }

    private func explain(_ error: any Error) -> String {
        let text = "\(error)"
        guard text.contains("EADDRINUSE") || text.contains("Address already in use") else { return text }
        return "port \(port) on \(host) is in use: stop what listens there, or choose another with --port"
    }
}

/// A second SIGTERM, or ctrl-C, ends the process at once: the journal survives that.
enum SecondSignal {
    nonisolated(unsafe) private static var sources: [any DispatchSourceSignal] = []

    static func install() {
        let count = Counter()
        for number in [SIGTERM, SIGINT] {
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler { if count.increment() > 1 { _exit(128 + number) } }
            source.resume()
            sources.append(source)
        }
    }

    private final class Counter: @unchecked Sendable {
        private let lock = NSLock()
        private var value = 0

        func increment() -> Int {
            lock.withLock {
                value += 1
                return value
            }
        }
    }
}
