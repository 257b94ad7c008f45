import BotModules
import Domain
import Logging
import Redis
import ServiceLifecycle
import Worker

/// The services by which a worker looks after chat, made as its options say.
struct ChatServices {
    let options: ChatOptions
    let feed: FeedAddress
    let source: any FeedSource
    let plane: DataPlane

    /// None when there is no chat to look after. They are to start after the data plane's.
    func make() throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
        let input = options.chatInput
        if let input, options.dryRun { return [Self.ending(rehearsal(input))] }
        guard input != nil || options.credentials != nil else { return [] }
        let name = plane.configuration.identity.name
        let outbox = ReportOutbox(worker: name, source: source, logger: plane.configuration.logger)
        let sandbox = LocalSandbox.configuration(
            of: name, source: source, live: plane.live, outbox: outbox,
            directory: plane.configuration.stateDirectory, logger: plane.configuration.logger)
        let keeper = try options.credentials.map { try CredentialKeeper($0, logger: plane.configuration.logger) }
        var configuration = try configuration(name, keeper)
        configuration.extensions = sandbox.extensions
        configuration.extensions?.idleMax = .seconds(options.extensionIdle)
        let chat = ChatPlane(
            configuration, live: plane.live, report: { outbox.add($0) }, hears: { outbox.add($0, at: $1, trouble: $2) })
        let readers = try input.map { [Self.ending(try reader($0, chat))] } ?? []
        let webhooks = try input == nil ? kickReader(keeper, chat) : []
        let services = [outbox, sandbox.service] + (keeper.map { [$0] } ?? []) + chat.services + webhooks
        return services.map { .init(service: $0) } + readers
    }

    /// The end of the chat is the end of the worker.
    private static func ending(_ service: any Service) -> ServiceGroupConfiguration.ServiceConfiguration {
        .init(service: service, successTerminationBehavior: .gracefullyShutdownGroup)
    }

    private func rehearsal(_ input: ChatInput) -> LinesService {
        let run = DryRun(live: plane.live), all = options.all
        return lines(input) { message in
            let judged = run.judge(message)
            if all || judged.verdict != nil { StandardOutput.write(judged.jsonLine) }
        }
    }

    private func reader(_ input: ChatInput, _ chat: ChatPlane) throws -> any Service {
        guard case .redis = input else { return lines(input) { chat.moderator.receive($0) } }
        guard case .redis(let address) = feed else {
            throw CommandFailure.usage("--input redis needs the feed in Redis too: --feed redis://HOST:PORT")
        }
        return RedisChat(
            try RedisURL(address), consumer: plane.configuration.identity.name, logger: plane.configuration.logger,
            happened: { chat.extensions?.receive($0) }
        ) { chat.moderator.receive($0, receipt: $1) }
    }

    private func lines(_ input: ChatInput, _ receive: @escaping @Sendable (ChatMessage) -> Void) -> LinesService {
        let path = if case .lines(let path) = input { path } else { "-" }
        return LinesService(
            path: path, format: options.format, account: options.accountID, live: plane.live, receive: receive)
    }

    /// Kick's chat comes to the server, which puts it into the feed's Redis.
    private func kickReader(_ keeper: CredentialKeeper?, _ chat: ChatPlane) throws -> [any Service] {
        guard keeper?.secrets[.kick] != nil else { return [] }
        guard case .redis = feed else {
            plane.configuration.logger.warning(
                "Kick is not heard: its webhooks come by Redis; follow the feed with --feed redis://HOST:PORT")
            return []
        }
        return [try reader(.redis, chat)]
    }

    private func configuration(_ name: String, _ keeper: CredentialKeeper?) throws -> ChatPlane.Configuration {
        var configuration = ChatPlane.Configuration(worker: name)
        configuration.logger = plane.configuration.logger
        configuration.uses = source
        if let keeper {
            configuration.platforms = keeper.access(hears: options.input == nil, logger: configuration.logger)
        }
        if case .redis(let address) = feed {
            configuration.authority = RedisLeases(try RedisURL(address), worker: name)
        }
        return configuration
    }
}
