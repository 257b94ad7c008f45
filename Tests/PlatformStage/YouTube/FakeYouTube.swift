import Domain
import Foundation
import NIOHTTP1
import Platforms
import Synchronization

/// A YouTube on loopback: channels with a broadcast each, whose chat is given page by page; with its quota, its token
/// server and its errors.
package final class FakeYouTube: CastStage {
    struct Broadcast {
        var chat: String
        var items: [JSON] = []
        var isLive = true
        /// nil while the chat waits for the broadcast.
        var startedAt: Timestamp? = WallClock.system.now
        /// Pages before this one are not known any more.
        var firstPage = 0
    }

    struct World {
        var cast = StageCast()
        /// By the channel's id.
        var broadcasts = [FakeYouTube.channelID(StageCast.owner): Broadcast(chat: "chat-1")]
        var pollingMilliseconds = 30
        var unitsMax = 10_000
        var unitsSpent = 0

        func channel(ofChat chat: String?) -> String? { broadcasts.first { $0.value.chat == chat }?.key }
    }

    package let server: StageServer
    package let clientID = StageCast.newSecret(), clientSecret = StageCast.newSecret()
    let world = Mutex(World())

    private init(_ server: StageServer) { self.server = server }

    package static func start(tls: Bool = false) async throws -> FakeYouTube {
        let youTube = FakeYouTube(try await StageServer.start(tls: tls))
        youTube.server.serve { youTube.answer($0) }
        return youTube
    }

    package func stop() async { await server.stop() }

    package var endpoints: PlatformEndpoints {
        PlatformEndpoints(api: server.api, authorityFile: server.authorityFile)
    }

    /// A channel's id, as YouTube makes them.
    package static func channelID(_ person: StageCast.Person) -> String {
        "UC" + String(repeating: "0", count: 22 - person.id.count) + person.id
    }

    package var channelID: String { Self.channelID(owner) }
    package func withCast<Value: Sendable>(_ body: (inout StageCast) -> Value) -> Value {
        world.withLock { body(&$0.cast) }
    }

    package func setQuota(units: Int) { world.withLock { ($0.unitsMax, $0.unitsSpent) = (units, 0) } }
    package var unitsSpent: Int { world.withLock { $0.unitsSpent } }
    package func poll(everyMilliseconds: Int) { world.withLock { $0.pollingMilliseconds = everyMilliseconds } }
    /// The broadcast ends, and its chat with it.
    package func end() { change { $0.isLive = false } }
    /// Another broadcast begins, with a chat of its own.
    ///
    /// - Parameter moment: nil for one that is only announced.
    package func begin(chat: String, at moment: Timestamp? = WallClock.system.now) {
        change { $0 = Broadcast(chat: chat, startedAt: moment, firstPage: $0.firstPage) }
    }
    package func start(at moment: Timestamp = WallClock.system.now) { change { $0.startedAt = moment } }
    package func forgetPages() { change { $0.firstPage = $0.items.count + 1 } }

    /// Another channel goes live.
    package func open(_ person: StageCast.Person) {
        let id = Self.channelID(person)
        world.withLock { $0.broadcasts[id] = Broadcast(chat: "chat-" + id) }
    }

    private func change(_ body: (inout Broadcast) -> Void) {
        world.withLock { body(&$0.broadcasts[channelID, default: Broadcast(chat: "")]) }
    }

    /// - Returns: the message's id.
    @discardableResult
    package func say(
        _ text: String, by name: String, in channel: String? = nil, type: String = "textMessageEvent",
        isSponsor: Bool = false
    ) -> String {
        let details: JSON.Member =
            type == "superChatEvent"
            ? .init("superChatDetails", ["userComment": .string(text), "amountMicros": "1000000"])
            : .init("textMessageDetails", ["messageText": .string(text)])
        return add(
            type, by: name, [.init("displayMessage", .string(text)), details], in: channel, isSponsor: isSponsor)
    }

    @discardableResult
    func add(
        _ type: String, by name: String, _ details: [JSON.Member], in room: String? = nil, isSponsor: Bool = false
    ) -> String {
        let room = room ?? channelID
        let id = "LCC." + StageCast.newID()
        world.withLock { world in
            let person = world.cast.person(name)
            world.cast.messages[id] = person.id
            let channel = Self.channelID(person)
            let item: JSON = [
                "kind": "youtube#liveChatMessage", "id": .string(id),
                "snippet": .object(
                    [
                        .init("type", .string(type)), .init("liveChatId", .string(world.broadcasts[room]?.chat ?? "")),
                        .init("authorChannelId", .string(channel)),
                        .init("publishedAt", .string(WallClock.system.now.description)),
                        .init("hasDisplayContent", true),
                    ] + details),
                "authorDetails": [
                    "channelId": .string(channel), "displayName": .string(name),
                    "isChatOwner": .bool(channel == room),
                    "isChatModerator": .bool(world.cast.moderators.contains(person.id)),
                    "isChatSponsor": .bool(isSponsor), "isVerified": false,
                ],
            ]
            world.broadcasts[room]?.items.append(item)
        }
        return id
    }

    package func repeatLast() {
        change { broadcast in if let last = broadcast.items.last { broadcast.items.append(last) } }
    }
}
