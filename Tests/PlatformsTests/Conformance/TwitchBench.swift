import Domain
import Logging
import PlatformStage
import Platforms
import Synchronization

/// Twitch as one platform of many.
struct TwitchBench: PlatformBench {
    private let twitch: FakeTwitch
    private let client: HelixClient
    private let room: FakeTwitch.Person
    private let renewable: Renewable
    let hands: any ChatActing
    let ears: any ChatListening
    let channel: ChatChannel
    let traits = BenchTraits(warns: true, textLengthMax: 500, timeouts: [(60, 60), (0, 1), (9_999_999, 1_209_600)])
    let ownerName = "acme"

    init() async throws {
        let twitch = try await FakeTwitch.start(), renewable = Renewable()
        let token = BotToken(twitch.credentials.token) { _ in renewable.isSo ? Secret(twitch.validToken) : nil }
        let bot = TwitchCredentials(
            clientID: twitch.credentials.clientID.exposed, access: token, userID: twitch.bot.id, login: twitch.bot.login
        )
        (self.twitch, self.renewable, client) = (twitch, renewable, HelixClient(endpoints: twitch.endpoints))
        room = twitch.room(ownerName)
        channel = ChatChannel(platform: .twitch, accountID: AccountID(stored: "acme"), id: room.id)
        hands = TwitchActions(client: client, bot: bot, log: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        ears = TwitchEventSub(client: client, bot: bot, rest: ReconnectRest(firstMax: .milliseconds(20)))
    }

    func stop() async {
        await client.close()
        await twitch.stop()
    }

    var secrets: [String] { [twitch.validToken, twitch.credentials.clientID.exposed] }

    func say(_ text: String, by name: String) -> String {
        let person = twitch.person(name)
        let badges = name == ownerName ? ["broadcaster/1"] : moderators.names.contains(name) ? ["moderator/1"] : []
        return twitch.say(text, by: person, in: room, badges: badges)
    }

    private let moderators = Names()

    func sayAsBot(_ text: String) { twitch.say(text, by: twitch.bot, in: room) }
    func repeatLast() { twitch.eventSub.repeatLast() }
    func happens(_ kind: PlatformEvent.Kind, by name: String, isWhole: Bool) {
        twitch.happens(kind, by: isWhole ? twitch.person(name) : nil, in: room, isWhole: isWhole)
    }
    func tellUnknown() { twitch.happens("channel.renamed", in: room) }
    func isTold(_ kind: PlatformEvent.Kind) -> Bool { twitch.isTold(kind, in: room) }
    func id(of name: String) -> String { twitch.person(name).id }

    func makeModerator(_ name: String) {
        moderators.add(name)
        twitch.setModerator(twitch.person(name), in: room)
    }

    var deeds: [BenchDeed] {
        twitch.deeds.map { deed in
            switch deed {
            case .deleted(let id, _): .deleted(id)
            case .timedOut(let user, let seconds, _, _): .timedOut(user, seconds: seconds)
            case .banned(let user, _, _): .banned(user)
            case .warned(let user, let reason, _): .warned(user, reason)
            case .said(let text, _, _): .said(text)
            case .cleared: .deleted("everything")
            }
        }
    }

    var requestCount: Int { twitch.requests.count }

    func limitRate(_ name: ChatAction.Name, seconds: Int) {
        let answer = FakeTwitch.Fault.answer(
            429, headers: ["Retry-After": "\(seconds)"], body: #"{"status":429,"message":"slow down"}"#)
        twitch.fault(Self.route(name), answer)
    }

    func breakNext(_ name: ChatAction.Name, _ fault: BenchFault) {
        let route = Self.route(name)
        switch fault {
        case .down: twitch.fault(route, .status(503))
        case .nonsense: twitch.fault(route, .answer(500, body: "<html>"))
        case .disconnect: twitch.fault(route, .disconnect)
        case .cutBody: twitch.fault(route, .cutBody)
        case .echo: twitch.fault(route, .echo)
        }
    }

    private static func route(_ name: ChatAction.Name) -> FakeTwitch.Route {
        switch name {
        case .delete: .delete
        case .timeout, .ban: .ban
        case .warn: .warn
        case .say: .say
        }
    }

    func revokeToken(isRenewable: Bool) {
        renewable.set(isRenewable)
        twitch.revokeToken()
    }

    func cutEars() { twitch.eventSub.cut() }
}

/// Whether there is another token to be had.
final class Renewable: Sendable {
    private let state = Mutex(false)
    var isSo: Bool { state.withLock { $0 } }
    func set(_ isSo: Bool) { state.withLock { $0 = isSo } }
}

final class Names: Sendable {
    private let state = Mutex<Set<String>>([])
    var names: Set<String> { state.withLock { $0 } }
    func add(_ name: String) { state.withLock { _ = $0.insert(name) } }
}
