import Domain
import Foundation
import NIOHTTP1
import Platforms
import Synchronization

/// A YouTube on loopback: one channel with one broadcast, whose chat is given page by page; with its quota, its token
/// server and its errors.
package final class FakeYouTube: CastStage {
    struct World {
        var cast = StageCast()
        var items: [JSON] = []
        var chat = "chat-1"
        var isLive = true
        /// nil while the chat waits for the broadcast.
        var startedAt: Timestamp? = WallClock.system.now
        var pollingMilliseconds = 30
        var unitsMax = 10_000
        var unitsSpent = 0
        /// Pages before this one are not known any more.
        var firstPage = 0
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
    package func end() { world.withLock { $0.isLive = false } }
    /// Another broadcast begins, with a chat of its own.
    ///
    /// - Parameter moment: nil for one that is only announced.
    package func begin(chat: String, at moment: Timestamp? = WallClock.system.now) {
        world.withLock { ($0.isLive, $0.chat, $0.items, $0.startedAt) = (true, chat, [], moment) }
    }
    package func start(at moment: Timestamp = WallClock.system.now) { world.withLock { $0.startedAt = moment } }
    package func forgetPages() { world.withLock { $0.firstPage = $0.items.count + 1 } }

    /// - Returns: the message's id.
    @discardableResult
    package func say(
        _ text: String, by name: String, type: String = "textMessageEvent", isSponsor: Bool = false
    ) -> String {
        let details: JSON.Member =
            type == "superChatEvent"
            ? .init("superChatDetails", ["userComment": .string(text), "amountMicros": "1000000"])
            : .init("textMessageDetails", ["messageText": .string(text)])
        return add(type, by: name, [.init("displayMessage", .string(text)), details], isSponsor: isSponsor)
    }

    @discardableResult
    func add(_ type: String, by name: String, _ details: [JSON.Member], isSponsor: Bool = false) -> String {
        let id = "LCC." + StageCast.newID()
        world.withLock { world in
            let person = world.cast.person(name)
            world.cast.messages[id] = person.id
            let channel = Self.channelID(person)
            let item: JSON = [
                "kind": "youtube#liveChatMessage", "id": .string(id),
                "snippet": .object(
                    [
                        .init("type", .string(type)), .init("liveChatId", .string(world.chat)),
                        .init("authorChannelId", .string(channel)),
                        .init("publishedAt", .string(WallClock.system.now.description)),
                        .init("hasDisplayContent", true),
                    ] + details),
                "authorDetails": [
                    "channelId": .string(channel), "displayName": .string(name),
                    "isChatOwner": .bool(person.id == owner.id),
                    "isChatModerator": .bool(world.cast.moderators.contains(person.id)),
                    "isChatSponsor": .bool(isSponsor), "isVerified": false,
                ],
            ]
            world.items.append(item)
        }
        return id
    }

    package func repeatLast() {
        world.withLock { world in if let last = world.items.last { world.items.append(last) } }
    }
}
