import Domain
import Logging
import PlatformStage
import Platforms

/// YouTube as one platform of many.
struct YouTubeBench: PlatformBench {
    private let youTube: FakeYouTube
    private let client = APIClient()
    private let renewable = Renewable()
    let hands: any ChatActing
    let ears: any ChatListening
    let channel: ChatChannel
    let traits = BenchTraits(
        textLengthMax: 200, timeouts: [(60, 60), (0, 1), (9_999_999, 1_209_600)], knowsBanned: false)
    let ownerName = "acme"

    init() async throws {
        let youTube = try await FakeYouTube.start(), renewable = renewable
        let token = BotToken(Secret(youTube.token)) { _ in renewable.isSo ? Secret(youTube.token) : nil }
        let bot = BotCredentials(
            access: token, userID: FakeYouTube.channelID(youTube.bot), login: youTube.bot.name)
        self.youTube = youTube
        channel = ChatChannel(platform: .youtube, accountID: AccountID(stored: "acme"), id: youTube.channelID)
        let connection = YouTube.connection(
            client, endpoints: youTube.endpoints, bot: bot, rest: ReconnectRest(firstMax: .milliseconds(20)),
            findEvery: .milliseconds(50), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        (hands, ears) = (connection.hands, connection.ears)
    }

    func stop() async {
        await client.close()
        await youTube.stop()
    }

    var secrets: [String] { [youTube.token] }
    func say(_ text: String, by name: String) -> String { youTube.say(text, by: name) }
    func sayAsBot(_ text: String) { youTube.say(text, by: youTube.bot.name) }
    func repeatLast() { youTube.repeatLast() }
    func happens(_ kind: PlatformEvent.Kind, by name: String, isWhole: Bool) {
        youTube.happens(kind, by: name, isWhole: isWhole)
    }
    func tellUnknown() { youTube.tell("pollEvent", by: "bob", "pollDetails") }
    func id(of name: String) -> String { FakeYouTube.channelID(youTube.person(name)) }
    func makeModerator(_ name: String) { youTube.makeModerator(name) }
    var deeds: [BenchDeed] { youTube.deeds.map(BenchDeed.init) }
    var requestCount: Int { youTube.server.requests.count }

    func limitRate(_ name: ChatAction.Name, seconds: Int) {
        var answer = FakeYouTube.failure(403, "rateLimitExceeded")
        answer.headers.append(("Retry-After", "\(seconds)"))
        youTube.server.fault(.answer(answer), where: Self.route(name))
    }

    func breakNext(_ name: ChatAction.Name, _ fault: BenchFault) {
        youTube.server.fault(fault.onStage, where: Self.route(name))
    }

    private static func route(_ name: ChatAction.Name) -> @Sendable (StageServer.Request) -> Bool {
        switch name {
        case .delete: { $0.method == "DELETE" }
        case .timeout, .ban: { $0.path.hasSuffix("/bans") }
        case .warn, .say: { $0.method == "POST" && $0.path.hasSuffix("/messages") }
        }
    }

    func revokeToken(isRenewable: Bool) {
        renewable.set(isRenewable)
        youTube.revokeToken()
    }

    func cutEars() { youTube.server.fault(.disconnect) { $0.method == "GET" && $0.path.hasSuffix("/messages") } }
}
