import Domain
import Logging
import PlatformStage
import Platforms

/// Trovo as one platform of many.
struct TrovoBench: PlatformBench {
    private let trovo: FakeTrovo
    private let client: APIClient
    private let renewable = Renewable()
    let hands: any ChatActing
    let ears: any ChatListening
    let channel: ChatChannel
    let traits = BenchTraits(textLengthMax: 300, timeouts: [(60, 60), (0, 1), (9_999_999, 1_209_600)])
    let ownerName = "acme"

    init() async throws {
        let trovo = try await FakeTrovo.start(), renewable = renewable
        let token = BotToken(Secret(trovo.token)) { _ in renewable.isSo ? Secret(trovo.token) : nil }
        let bot = BotCredentials(
            clientID: trovo.clientID, access: token, userID: trovo.bot.id, login: trovo.bot.name)
        (self.trovo, client) = (trovo, APIClient())
        channel = ChatChannel(platform: .trovo, accountID: AccountID(stored: "acme"), id: trovo.owner.id)
        let connection = Trovo.connection(
            client, endpoints: trovo.endpoints, bot: bot, rest: ReconnectRest(firstMax: .milliseconds(20)),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        (hands, ears) = (connection.hands, connection.ears)
    }

    func stop() async {
        await client.close()
        await trovo.stop()
    }

    var secrets: [String] { [trovo.token, trovo.clientID] }

    func say(_ text: String, by name: String) -> String {
        "\(trovo.say(text, by: name))/\(trovo.person(name).id)"
    }

    func sayAsBot(_ text: String) { trovo.say(text, by: trovo.bot.name) }
    func repeatLast() { trovo.repeatLast() }
    func happens(_ kind: PlatformEvent.Kind, by name: String, isWhole: Bool) {
        trovo.happens(kind, by: name, isWhole: isWhole)
    }
    func tellUnknown() { trovo.say("?", by: "bob", kind: 5099) }
    func id(of name: String) -> String { trovo.person(name).id }
    func makeModerator(_ name: String) { trovo.makeModerator(name) }
    var deeds: [BenchDeed] { trovo.deeds.map(BenchDeed.init) }
    /// Of actions; names are looked up besides.
    var requestCount: Int { trovo.server.requests.count }

    func limitRate(_ name: ChatAction.Name, seconds: Int) {
        var answer = FakeTrovo.failure(429, 11706, "rate limit")
        answer.headers.append(("Retry-After", "\(seconds)"))
        trovo.server.fault(.answer(answer), where: Self.route(name))
    }

    func breakNext(_ name: ChatAction.Name, _ fault: BenchFault) {
        trovo.server.fault(fault.onStage, where: Self.route(name))
    }

    private static func route(_ name: ChatAction.Name) -> @Sendable (StageServer.Request) -> Bool {
        switch name {
        case .delete: { $0.method == "DELETE" }
        case .timeout, .ban: { $0.path.hasSuffix("/channels/command") }
        case .warn, .say: { $0.path.hasSuffix("/chat/send") }
        }
    }

    func revokeToken(isRenewable: Bool) {
        renewable.set(isRenewable)
        trovo.revokeToken()
    }

    func cutEars() { trovo.cut() }
}

extension BenchDeed {
    init(_ deed: StageCast.Deed) {
        switch deed {
        case .deleted(let id): self = .deleted(id)
        case .timedOut(let user, let seconds): self = .timedOut(user, seconds: seconds)
        case .banned(let user): self = .banned(user)
        case .said(let text): self = .said(text)
        }
    }
}

extension BenchFault {
    var onStage: StageServer.Fault {
        switch self {
        case .down: .answer(StageServer.Answer(503))
        case .nonsense: .raw(500, "<html>")
        case .disconnect: .disconnect
        case .cutBody: .cutBody
        case .echo: .echo
        }
    }
}
