import Domain
import Logging
import PlatformStage
import Platforms

/// Discord as one platform of many.
struct DiscordBench: PlatformBench {
    private let discord: FakeDiscord
    private let client = APIClient()
    private let renewable = Renewable()
    let hands: any ChatActing
    let ears: any ChatListening
    let channel = ChatChannel(
        platform: .discord, accountID: AccountID(stored: "acme"), id: FakeDiscord.channelID)
    let traits = BenchTraits(
        textLengthMax: 2000, timeouts: [(60, 60), (0, 1), (9_999_999, 2_419_200)], knowsBanned: false, repeatsEvents: false)
    let ownerName = "acme"

    init() async throws {
        let discord = try await FakeDiscord.start(), renewable = renewable
        let token = BotToken(Secret(discord.token)) { _ in renewable.isSo ? Secret(discord.token) : nil }
        let bot = BotCredentials(access: token, userID: discord.bot.id, login: discord.bot.name)
        self.discord = discord
        let connection = Discord.connection(
            client, endpoints: discord.endpoints, bot: bot, rest: ReconnectRest(firstMax: .milliseconds(20)),
            identifyEvery: .milliseconds(10), log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        (hands, ears) = (connection.hands, connection.ears)
    }

    func stop() async {
        await client.close()
        await discord.stop()
    }

    var secrets: [String] { [discord.token] }
    func say(_ text: String, by name: String) -> String { discord.say(text, by: name) }
    func sayAsBot(_ text: String) { discord.say(text, by: discord.bot.name) }
    func repeatLast() { discord.repeatLast() }
    func happens(_ kind: PlatformEvent.Kind, by name: String, isWhole: Bool) { discord.ban(name, isWhole: isWhole) }
    func tellUnknown() { discord.emit("GUILD_RENAMED", ["guild_id": .string(FakeDiscord.guildID)]) }
    func id(of name: String) -> String { discord.person(name).id }
    func makeModerator(_ name: String) { discord.makeModerator(name) }
    var deeds: [BenchDeed] { discord.deeds.map(BenchDeed.init) }
    var requestCount: Int { discord.server.requests.count }

    func limitRate(_ name: ChatAction.Name, seconds: Int) {
        discord.server.fault(.answer(FakeDiscord.limited(seconds: Double(seconds))), where: Self.route(name))
    }

    func breakNext(_ name: ChatAction.Name, _ fault: BenchFault) {
        discord.server.fault(fault.onStage, where: Self.route(name))
    }

    private static func route(_ name: ChatAction.Name) -> @Sendable (StageServer.Request) -> Bool {
        switch name {
        case .delete: { $0.method == "DELETE" }
        case .timeout: { $0.method == "PATCH" }
        case .ban: { $0.method == "PUT" }
        case .warn, .say: { $0.method == "POST" }
        }
    }

    func revokeToken(isRenewable: Bool) {
        renewable.set(isRenewable)
        discord.revokeToken()
    }

    func cutEars() { discord.cut() }
}
