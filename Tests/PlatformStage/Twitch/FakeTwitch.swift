import Domain
import Foundation
import NIOCore
import NIOPosix
import Platforms
import Synchronization

/// A Twitch on loopback: its API, its EventSub and its IRC, with their own protocols, refusals and limits. It keeps
/// what is done to it, for tests to look at, and fails when it is told to.
///
/// ```swift
/// let twitch = try await FakeTwitch.start()
/// let room = twitch.room("acme")
/// twitch.fault(.delete, .status(500), times: 2)
/// let id = twitch.say("hello", by: twitch.person("bob"), in: room)
/// await twitch.stop()
/// ```
package final class FakeTwitch: Sendable {
    package struct Settings: Sendable {
        package var tls = false
        /// The API's bucket: so many requests, full again after so long.
        package var requestsMax = 800
        package var bucketSeconds = 60
        package var keepaliveSeconds = 10
        /// Whether a silent connection is told that it lives; else only `eventSub.keepalive()` says it.
        package var sendsKeepalives = true
        package var subscribeWithin = Duration.seconds(10)
        package var reconnectWithin = Duration.seconds(30)

        package init() {}
    }

    /// The bot, which moderates every room until it is told otherwise.
    package let bot: Person
    package let credentials: TwitchCredentials
    package let endpoints: TwitchEndpoints
    let settings: Settings
    let world: Mutex<World>
    private let servers: Mutex<[any Channel]> = Mutex([])
    private let certificate: StageCertificate?

    private init(_ settings: Settings, certificate: StageCertificate?, ports: (http: Int, irc: Int)) {
        (self.settings, self.certificate) = (settings, certificate)
        var world = World()
        bot = world.person("lumiobot")
        world.token = "token-" + UUID().uuidString.lowercased()
        world.clientID = "client-" + UUID().uuidString.lowercased()
        credentials = TwitchCredentials(
            clientID: world.clientID, token: world.token, userID: bot.id, login: bot.login)
        var endpoints = TwitchEndpoints()
        let secure = certificate == nil ? "" : "s"
        endpoints.api = "http\(secure)://127.0.0.1:\(ports.http)"
        endpoints.eventSub = "ws\(secure)://127.0.0.1:\(ports.http)/ws"
        endpoints.irc = "irc\(secure)://127.0.0.1:\(ports.irc)"
        endpoints.authorityFile = certificate?.authorityFile
        self.endpoints = endpoints
        self.world = Mutex(world)
    }

    /// On free ports.
    package static func start(_ settings: Settings = Settings()) async throws -> FakeTwitch {
        let certificate = settings.tls ? try StageCertificate() : nil
        let door = StageDoor(certificate: certificate)
        let (http, irc) = (try await door.listen(), try await door.listen())
        let twitch = FakeTwitch(settings, certificate: certificate, ports: (http.port, irc.port))
        twitch.servers.withLock { $0 = [http.server, irc.server] }
        http.serve { try StageHandler.install(on: $0, of: twitch) }
        irc.serve { try IRCStage.install(on: $0, of: twitch) }
        return twitch
    }

    /// Closes every connection.
    package func stop() async {
        let channels = servers.withLock { $0 } + world.withLock { $0.connections }
        for channel in channels { try? await channel.close().get() }
        certificate?.remove()
    }

    /// Whoever chats: a name, and an id of their own.
    package struct Person: Hashable, Sendable {
        package let id: String, login: String
        package var name: String
    }

    /// A person of this name, the same every time.
    package func person(_ login: String) -> Person { world.withLock { $0.person(login) } }

    /// The room of a broadcaster of this name.
    ///
    /// - Parameter id: of somebody new; nil for any.
    package func room(_ login: String, id: String? = nil) -> Person {
        world.withLock { world in
            let owner = world.person(login, id: id)
            world.rooms[owner.id, default: World.Room(owner: owner)].moderators.insert(bot.id)
            return owner
        }
    }

    /// - Parameter since: when it began; nil for a channel that is offline.
    package func setLive(_ room: Person, since: Timestamp?) {
        world.withLock { $0.rooms[room.id]?.liveSince = since }
    }

    package func setModerator(_ person: Person, in room: Person, _ isModerator: Bool = true) {
        world.withLock { world in
            if isModerator {
                world.rooms[room.id]?.moderators.insert(person.id)
            } else {
                world.rooms[room.id]?.moderators.remove(person.id)
            }
        }
    }

    /// From now on nobody may do anything with the token that is known.
    package func revokeToken() { world.withLock { $0.token = "token-" + UUID().uuidString.lowercased() } }

    /// What the API does wrong next, one after the other.
    package func fault(_ route: Route, _ fault: Fault, times: Int = 1) {
        world.withLock { $0.faults[route, default: []] += Array(repeating: fault, count: times) }
    }

    /// Everything that the API was asked, refused or not.
    package var requests: [Request] { world.withLock { $0.requests } }

    /// What the bot has said, deleted, banned and warned, in order, as Twitch carried it out.
    package var deeds: [Deed] { world.withLock { $0.deeds } }
}
