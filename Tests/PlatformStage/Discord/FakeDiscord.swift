import Domain
import Foundation
import NIOHTTP1
import Platforms
import Synchronization

/// A Discord on loopback: one server with one text channel, its API with buckets, and its gateway with sessions that
/// go on after a break.
package final class FakeDiscord: CastStage {
    package static let guildID = "500", channelID = "600", moderatorRole = "700"

    struct Session {
        var socket: StageSocket?
        var intents = 0
        var sequence = 0
        /// What was said, for those who come back.
        var events: [(sequence: Int, text: String)] = []
    }

    struct World {
        var cast = StageCast()
        var sessions: [String: Session] = [:]
        var messageCount = 9_000_000
        var last: (name: String, data: JSON)?
        var heartbeatMilliseconds = 41_250
        var answersHeartbeats = true
        var identifies = 0, resumes = 0
        var sessionsRemaining = 1000
        var roles: [String: [String]] = [:]
        /// Requests in a bucket, until it is full again.
        var buckets: [String: (remaining: Int, fullAt: Timestamp)] = [:]
        var hidesContent = false
        var closesWith: Int?
    }

    package let server: StageServer
    let world = Mutex(World())

    private init(_ server: StageServer) { self.server = server }

    package static func start(tls: Bool = false) async throws -> FakeDiscord {
        let discord = FakeDiscord(try await StageServer.start(tls: tls))
        discord.server.serve {
            discord.answer($0)
        } greet: { socket, _ in
            discord.greet(socket)
        }
        return discord
    }

    package func stop() async { await server.stop() }

    package var endpoints: PlatformEndpoints {
        PlatformEndpoints(
            api: server.api + "/api/v10", socket: server.socket + "/?v=10&encoding=json",
            authorityFile: server.authorityFile)
    }

    package func withCast<Value: Sendable>(_ body: (inout StageCast) -> Value) -> Value {
        world.withLock { body(&$0.cast) }
    }

    package func give(_ role: String, to name: String) {
        world.withLock { world in world.roles[world.cast.person(name).id, default: []].append(role) }
    }
    package var counts: (identifies: Int, resumes: Int) { world.withLock { ($0.identifies, $0.resumes) } }
    package func beat(everyMilliseconds: Int, isAnswered: Bool = true) {
        world.withLock { ($0.heartbeatMilliseconds, $0.answersHeartbeats) = (everyMilliseconds, isAnswered) }
    }
    package func setSessionsRemaining(_ count: Int) { world.withLock { $0.sessionsRemaining = count } }
    package func hideContent(_ hides: Bool = true) { world.withLock { $0.hidesContent = hides } }
    /// Whoever identifies is shown the door with this code.
    package func refuse(with code: Int?) { world.withLock { $0.closesWith = code } }

    package func cut() { server.sockets.forEach { $0.cut() } }
    package func close(code: Int) { server.sockets.forEach { $0.close(code: code) } }
    package func send(_ json: JSON) { server.sockets.forEach { $0.send(json) } }
    /// Sessions are over: nobody can go on with his.
    package func forgetSessions() { world.withLock { $0.sessions = [:] } }

    // MARK: chat

    /// - Parameter edits: the id of a message that gets this new text.
    /// - Returns: the message's id.
    @discardableResult
    package func say(
        _ text: String, by name: String, in channel: String = channelID, edits: String? = nil,
        at moment: Timestamp? = nil
    ) -> String {
        let (id, data) = world.withLock { world -> (String, JSON) in
            let person = world.cast.person(name)
            world.messageCount += 1
            let id = edits ?? "\(world.messageCount)"
            world.cast.messages[id] = person.id
            var roles = world.roles[person.id] ?? []
            if world.cast.moderators.contains(person.id) { roles.append(Self.moderatorRole) }
            let now = moment ?? WallClock.system.now
            let isHidden = world.hidesContent && person.id != bot.id
            return (
                id,
                [
                    "id": .string(id), "type": 0, "channel_id": .string(channel), "guild_id": .string(Self.guildID),
                    "content": .string(isHidden ? "" : text), "timestamp": .string(now.description),
                    "edited_timestamp": edits == nil ? nil : .string(now.description), "attachments": [], "embeds": [],
                    "mentions": [],
                    "author": [
                        "id": .string(person.id), "username": .string(name), "global_name": nil,
                        "bot": .bool(person.id == bot.id),
                    ],
                    "member": ["roles": .array(roles.map { .string($0) }), "nick": nil],
                ]
            )
        }
        emit(edits == nil ? "MESSAGE_CREATE" : "MESSAGE_UPDATE", data)
        return id
    }

    package func repeatLast() { if let last = world.withLock({ $0.last }) { emit(last.name, last.data) } }

    /// To every session, those included whose socket is gone for the moment.
    ///
    /// - Parameter intent: without it nothing is told.
    package func emit(_ name: String, _ data: JSON, intent: Int = 0) {
        world.withLock { world in
            if name.hasPrefix("MESSAGE") { world.last = (name, data) }
            for (id, session) in world.sessions where session.intents & intent == intent {
                Self.tell(name, data, to: id, &world)
            }
        }
    }

    private static func tell(_ name: String, _ data: JSON, to id: String, _ world: inout World) {
        guard var session = world.sessions[id] else { return }
        session.sequence += 1
        let text = JSON.object([
            .init("op", 0), .init("t", .string(name)), .init("s", .integer(session.sequence)), .init("d", data),
        ]).text
        session.events.append((session.sequence, text))
        session.socket?.send(text)
        world.sessions[id] = session
    }

    // MARK: gateway

    private func greet(_ socket: StageSocket) {
        socket.listen { [weak self, weak socket] text in
            guard let self, let socket, let json = try? JSONParser.parse(Array(text.utf8)) else { return }
            take(json, from: socket)
        }
        let interval = world.withLock { $0.heartbeatMilliseconds }
        socket.send(["op": 10, "d": ["heartbeat_interval": .integer(interval)], "s": nil, "t": nil])
    }

    private func take(_ json: JSON, from socket: StageSocket) {
        let data = json["d"] ?? .null
        switch json["op"]?.integer {
        case 1: if world.withLock({ $0.answersHeartbeats }) { socket.send(["op": 11]) }
        case 2: identify(data, socket)
        case 6: resume(data, socket)
        default: socket.close(code: 4001)
        }
    }

    private func identify(_ data: JSON, _ socket: StageSocket) {
        let code: Int? = world.withLock { world in
            world.identifies += 1
            if let code = world.closesWith { return code }
            guard data["token"]?.string == world.cast.token else { return 4004 }
            guard let intents = data["intents"]?.integer, intents & (1 << 9) != 0 else { return 4013 }
            let id = StageCast.newID()
            world.sessions[id] = Session(socket: socket, intents: intents)
            let ready: JSON = [
                "v": 10, "session_id": .string(id), "resume_gateway_url": .string(server.socket),
                "user": ["id": .string(bot.id), "username": .string(bot.name)],
                "guilds": [["id": .string(Self.guildID), "unavailable": true]],
            ]
            Self.tell("READY", ready, to: id, &world)
            Self.tell("GUILD_CREATE", Self.guild, to: id, &world)
            return nil
        }
        if let code { socket.close(code: code) }
    }

    private func resume(_ data: JSON, _ socket: StageSocket) {
        world.withLock { world in
            guard data["token"]?.string == world.cast.token else { return socket.close(code: 4004) }
            guard let id = data["session_id"]?.string, var session = world.sessions[id],
                let sequence = data["seq"]?.integer
            else { return socket.send(["op": 9, "d": false]) }
            guard sequence <= session.sequence else { return socket.close(code: 4007) }
            world.resumes += 1
            session.socket = socket
            world.sessions[id] = session
            for event in session.events where event.sequence > sequence { socket.send(event.text) }
            Self.tell("RESUMED", [:], to: id, &world)
        }
    }

    private static var guild: JSON {
        [
            "id": .string(guildID), "owner_id": .string(StageCast.owner.id), "name": "acme",
            "system_channel_id": .string(Self.channelID),
            "roles": [
                ["id": .string(Self.guildID), "name": "@everyone", "permissions": "1071698660929"],
                ["id": .string(Self.moderatorRole), "name": "Mods", "permissions": "1099511627776"],
            ],
            "channels": [["id": .string(Self.channelID), "type": 0, "name": "general"]], "threads": [],
        ]
    }
}
