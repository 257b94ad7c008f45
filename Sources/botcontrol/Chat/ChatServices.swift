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
    let plane: DataPlane

    /// None when there is no chat to look after. They are to start after the data plane's.
    func make() throws -> [ServiceGroupConfiguration.ServiceConfiguration] {
        guard let input = options.chatInput else { return [] }
        guard !options.dryRun else { return [Self.ending(rehearsal(input))] }
        let chat = ChatPlane(try configuration, live: plane.live, report: report)
        return try chat.services.map { .init(service: $0) } + [Self.ending(reader(input, chat.moderator))]
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

    private func reader(_ input: ChatInput, _ moderator: Moderator) throws -> any Service {
        guard case .redis = input else { return lines(input) { moderator.receive($0) } }
        guard case .redis(let address) = feed else {
            throw CommandFailure.usage("--input redis needs the feed in Redis too: --feed redis://HOST:PORT")
        }
        return RedisChat(
            try RedisURL(address), consumer: plane.configuration.identity.name, logger: plane.configuration.logger
        ) { moderator.receive($0, receipt: $1) }
    }

    private func lines(_ input: ChatInput, _ receive: @escaping @Sendable (ChatMessage) -> Void) -> LinesService {
        let path = if case .lines(let path) = input { path } else { "-" }
        return LinesService(
            path: path, format: options.format, account: options.accountID, live: plane.live, receive: receive)
    }

    private var configuration: ChatPlane.Configuration {
        get throws {
            var configuration = ChatPlane.Configuration(worker: plane.configuration.identity.name)
            configuration.logger = plane.configuration.logger
            if case .redis(let address) = feed {
                configuration.authority = RedisLeases(try RedisURL(address), worker: configuration.worker)
            }
            return configuration
        }
    }

    private func report(_ record: ModerationRecord) {
        var writer = JSONWriter()
        record.encode(into: &writer)
        plane.configuration.logger.debug("moderated", metadata: ["record": "\(writer.text)"])
    }
}
