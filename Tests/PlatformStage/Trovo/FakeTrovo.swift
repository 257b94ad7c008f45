import Domain
import Foundation
import NIOHTTP1
import Platforms
import Synchronization

/// A Trovo on loopback: its API, and its chat over WebSockets, with their own protocols and refusals.
package final class FakeTrovo: CastStage {
    struct World: Sendable {
        var cast = StageCast()
        /// For sockets: which channel each opens, until it is used.
        var doors: [String: String] = [:]
        var listeners: [(socket: StageSocket, room: String)] = []
        var history: [(entry: JSON, room: String)] = []
        var last: (entry: JSON, room: String)?
        var gapSeconds = 30
        var refusesDoors = false
    }

    package let server: StageServer
    package let clientID = StageCast.newSecret(), clientSecret = StageCast.newSecret()
    let world = Mutex(World())

    private init(_ server: StageServer) { self.server = server }

    package static func start(tls: Bool = false) async throws -> FakeTrovo {
        let trovo = FakeTrovo(try await StageServer.start(tls: tls))
        trovo.server.serve {
            trovo.answer($0)
        } greet: { socket, _ in
            trovo.greet(socket)
        }
        return trovo
    }

    package func stop() async { await server.stop() }

    package var endpoints: PlatformEndpoints {
        PlatformEndpoints(
            api: server.api + "/openplatform", socket: server.socket + "/chat", authorityFile: server.authorityFile)
    }

    package func withCast<Value: Sendable>(_ body: (inout StageCast) -> Value) -> Value {
        world.withLock { body(&$0.cast) }
    }

    package func setGap(seconds: Int) { world.withLock { $0.gapSeconds = seconds } }
    /// Whether AUTH is answered with an error.
    package func refuseDoors(_ refuses: Bool) { world.withLock { $0.refusesDoors = refuses } }

    // MARK: chat

    /// - Parameter room: a channel's id; the owner's when nil.
    /// - Returns: the message's id as Trovo knows it.
    @discardableResult
    package func say(
        _ text: String, by name: String, in room: String? = nil, kind: Int = 0, contentData: JSON = [:],
        at moment: Timestamp? = nil, isHeard: Bool = true
    ) -> String {
        let room = room ?? owner.id, id = StageCast.newID()
        let (entry, sockets) = world.withLock { world -> (JSON, [StageSocket]) in
            let person = world.cast.person(name)
            let roles: [JSON] =
                (person.id == room ? ["streamer"] : [])
                + (world.cast.moderators.contains(person.id) ? ["mod"] : []) + ["follower"]
            let now = moment ?? WallClock.system.now
            let entry: JSON = [
                "type": .integer(kind), "content": .string(text), "nick_name": .string(name), "avatar": "",
                "sub_lv": "", "sub_tier": "0", "medals": [], "decos": [], "roles": .array(roles),
                "message_id": .string(id), "sender_id": .integer(Int(person.id) ?? 0),
                "send_time": .integer(now.microseconds / 1_000_000), "uid": .integer(Int(person.id) ?? 0),
                "user_name": .string(name), "content_data": contentData, "custom_role": "",
            ]
            world.cast.messages[id] = person.id
            world.history = world.history.suffix(20) + [(entry, room)]
            world.last = (entry, room)
            return (entry, world.listeners.filter { $0.room == room }.map(\.socket))
        }
        if isHeard { for socket in sockets { socket.send(Self.chat([entry], in: room)) } }
        return id
    }

    package func repeatLast() {
        let (last, sockets) = world.withLock { world in
            (world.last, world.listeners.filter { $0.room == world.last?.room }.map(\.socket))
        }
        guard let last else { return }
        for socket in sockets { socket.send(Self.chat([last.entry], in: last.room)) }
    }

    /// Sockets that were let in.
    package var listenerCount: Int { world.withLock { $0.listeners.count } }

    package func cut() { server.sockets.forEach { $0.cut() } }

    private static func chat(_ entries: [JSON], in room: String) -> JSON {
        [
            "type": "CHAT", "channel_info": ["channel_id": .string(room)],
            "data": ["eid": .string(StageCast.newID()), "chats": .array(entries)],
        ]
    }

    private func greet(_ socket: StageSocket) {
        socket.listen { [weak self, weak socket] text in
            guard let self, let socket, let json = try? JSONParser.parse(Array(text.utf8)) else { return }
            take(json, from: socket)
        }
    }

    private func take(_ json: JSON, from socket: StageSocket) {
        let nonce = json["nonce"] ?? ""
        switch json["type"]?.string {
        case "AUTH":
            let history = world.withLock { world -> [JSON]? in
                guard !world.refusesDoors, let token = json["data"]?["token"]?.string,
                    let room = world.doors.removeValue(forKey: token)
                else { return nil }
                world.listeners.append((socket, room))
                return [Self.chat(world.history.filter { $0.room == room }.map(\.entry), in: room)]
            }
            guard let history else {
                socket.send(["type": "RESPONSE", "nonce": nonce, "error": "invalid token"])
                return socket.close(code: 1000)
            }
            socket.send(["type": "RESPONSE", "nonce": nonce])
            history.forEach { socket.send($0) }
        case "PING":
            let gap = world.withLock { $0.gapSeconds }
            if gap > 0 { socket.send(["type": "PONG", "nonce": nonce, "data": ["gap": .integer(gap)]]) }
        default: socket.close(code: 1003)
        }
    }
}
