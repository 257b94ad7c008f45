import Domain
import Logging
import PlatformStage
import Platforms

/// Kick as one platform of many; the server's part is played by the door that it uses.
struct KickBench: PlatformBench {
    private let kick: FakeKick
    private let client = APIClient()
    private let renewable = Renewable()
    private let courier: Task<Void, Never>
    let hands: any ChatActing
    let ears: any ChatListening
    let channel: ChatChannel
    let traits = BenchTraits(
        textLengthMax: 500, timeouts: [(60, 60), (61, 120), (0, 60), (9_999_999, 10_080 * 60)])
    let ownerName = "acme"

    init() async throws {
        let kick = try await FakeKick.start(), renewable = renewable, inbox = KickInbox()
        let token = BotToken(Secret(kick.token)) { _ in renewable.isSo ? Secret(kick.token) : nil }
        let bot = BotCredentials(access: token, userID: kick.bot.id, login: kick.bot.name)
        let channel = ChatChannel(platform: .kick, accountID: AccountID(stored: "acme"), id: kick.owner.id)
        (self.kick, self.channel) = (kick, channel)
        let connection = Kick.connection(
            client, endpoints: kick.endpoints, bot: bot, inbox: inbox,
            rest: ReconnectRest(firstMax: .milliseconds(20)), checkEvery: .milliseconds(100),
            log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        (hands, ears) = (connection.hands, connection.ears)
        let door = KickDoor(try KickVerifier(publicKey: FakeKick.publicKey())) { id in
            id == channel.id ? channel : nil
        } hand: {
            await inbox.put($0)
        }
        courier = Task {
            await kick.send { delivery in if let webhook = delivery.webhook { _ = await door.receive(webhook) } }
        }
    }

    func stop() async {
        courier.cancel()
        await client.close()
        await kick.stop()
    }

    var secrets: [String] { [kick.token] }
    func say(_ text: String, by name: String) -> String { kick.say(text, by: name) }
    func sayAsBot(_ text: String) { kick.say(text, by: kick.bot.name) }
    func repeatLast() { kick.repeatLast() }
    func happens(_ kind: PlatformEvent.Kind, by name: String, isWhole: Bool) {
        kick.happens(kind, by: name, isWhole: isWhole)
    }
    func tellUnknown() { kick.tell("channel.renamed", ["broadcaster": ["user_id": 1]]) }
    func isTold(_ kind: PlatformEvent.Kind) -> Bool { kick.isSubscribed(to: kind) }
    func id(of name: String) -> String { kick.person(name).id }
    func makeModerator(_ name: String) { kick.makeModerator(name) }
    var deeds: [BenchDeed] { kick.deeds.map(BenchDeed.init) }
    var requestCount: Int { kick.server.requests.count }

    func limitRate(_ name: ChatAction.Name, seconds: Int) {
        var answer = FakeKick.failure(429, "Too Many Requests")
        answer.headers.append(("Retry-After", "\(seconds)"))
        kick.server.fault(.answer(answer), where: Self.route(name))
    }

    func breakNext(_ name: ChatAction.Name, _ fault: BenchFault) {
        kick.server.fault(fault.onStage, where: Self.route(name))
    }

    private static func route(_ name: ChatAction.Name) -> @Sendable (StageServer.Request) -> Bool {
        switch name {
        case .delete: { $0.method == "DELETE" }
        case .timeout, .ban: { $0.path.hasSuffix("/bans") }
        case .warn, .say: { $0.method == "POST" && $0.path.hasSuffix("/chat") }
        }
    }

    func revokeToken(isRenewable: Bool) {
        renewable.set(isRenewable)
        kick.revokeToken()
    }

    func cutEars() { kick.endSubscriptions() }
}
