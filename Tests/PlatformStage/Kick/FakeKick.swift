import Crypto
import CryptoExtras
import Domain
import Foundation
import NIOHTTP1
import Platforms
import Synchronization

/// A Kick on loopback: its API, and its webhooks, signed as Kick signs them.
package final class FakeKick: CastStage {
    /// A webhook as it goes over the wire.
    package struct Delivery: Sendable {
        package var headers: [String: String]
        package var body: [UInt8]

        package var webhook: KickWebhook? {
            let headers = headers
            return KickWebhook(header: { headers[$0] }, body: body)
        }
    }

    struct World: Sendable {
        var cast = StageCast()
        /// What is sent of whom, by the ids of subscriptions.
        var subscriptions: [String: (owner: Int, event: String)] = [:]
        var deniedTypes: Set<String> = []
        var isDeniedSubscriptions = false
        var last: Delivery?
    }

    /// One for all fakes: making it takes a while.
    private static let key = Result { try _RSA.Signing.PrivateKey(keySize: .bits2048) }

    package let server: StageServer
    package let clientSecret = StageCast.newSecret(), clientID = StageCast.newSecret()
    let world = Mutex(World())
    private let (deliveries, sink) = AsyncStream<Delivery>.makeStream()

    private init(_ server: StageServer) { self.server = server }

    package static func start(tls: Bool = false) async throws -> FakeKick {
        let kick = FakeKick(try await StageServer.start(tls: tls))
        kick.server.serve { kick.answer($0) }
        return kick
    }

    package func stop() async {
        sink.finish()
        await server.stop()
    }

    package var endpoints: PlatformEndpoints {
        PlatformEndpoints(api: server.api, authorityFile: server.authorityFile)
    }

    package static func publicKey() throws -> String { try key.get().publicKey.pemRepresentation }

    /// Every webhook as it is sent, for whoever plays our server; until the fake stops.
    package func send(to receive: @Sendable (Delivery) async -> Void) async {
        for await delivery in deliveries { await receive(delivery) }
    }

    package func withCast<Value: Sendable>(_ body: (inout StageCast) -> Value) -> Value {
        world.withLock { body(&$0.cast) }
    }

    package var subscriptionCount: Int { world.withLock { $0.subscriptions.count } }
    /// As Kick does to servers that do not answer.
    package func endSubscriptions() { world.withLock { $0.subscriptions = [:] } }
    package func denySubscriptions(_ isDenied: Bool = true) { world.withLock { $0.isDeniedSubscriptions = isDenied } }

    /// Somebody writes; whoever is subscribed gets it.
    ///
    /// - Returns: the message's id.
    @discardableResult
    package func say(
        _ text: String, by name: String, badges: [String]? = nil, at moment: Timestamp? = nil
    ) -> String {
        let id = StageCast.newID()
        let body = world.withLock { world -> JSON in
            let person = world.cast.person(name)
            world.cast.messages[id] = person.id
            let known =
                badges ?? (person.id == owner.id ? ["broadcaster"] : [])
                + (world.cast.moderators.contains(person.id) ? ["moderator"] : [])
            let list = known.map { JSON.object([.init("text", .string($0)), .init("type", .string($0))]) }
            var sender = Self.user(person)
            if !list.isEmpty {
                sender.append(.init("identity", ["username_color": "#FF5733", "badges": .array(list)]))
            }
            return [
                "message_id": .string(id), "replies_to": nil, "broadcaster": .object(Self.user(owner)),
                "sender": .object(sender), "content": .string(text), "emotes": [],
                "created_at": .string((moment ?? WallClock.system.now).description),
            ]
        }
        tell("chat.message.sent", body)
        return id
    }

    package func repeatLast() { if let last = world.withLock({ $0.last }) { emit(last) } }

    func emit(_ delivery: Delivery) {
        world.withLock { $0.last = delivery }
        sink.yield(delivery)
    }

    static func user(_ person: StageCast.Person) -> [JSON.Member] {
        [
            .init("is_anonymous", false), .init("user_id", .integer(Int(person.id) ?? 0)),
            .init("username", .string(person.name)), .init("is_verified", false), .init("profile_picture", ""),
            .init("channel_slug", .string(person.name.lowercased())),
        ]
    }

    /// A webhook, signed.
    package static func delivery(
        _ body: JSON, id: String = StageCast.newID(), type: String = "chat.message.sent", at moment: Timestamp? = nil
    ) throws -> Delivery {
        let timestamp = (moment ?? WallClock.system.now).description, bytes = body.bytes
        let signed = Array("\(id).\(timestamp).".utf8) + bytes
        let signature = try key.get().signature(for: SHA256.hash(data: signed), padding: .insecurePKCS1v1_5)
        return Delivery(
            headers: [
                "Kick-Event-Message-Id": id, "Kick-Event-Message-Timestamp": timestamp,
                "Kick-Event-Signature": signature.rawRepresentation.base64EncodedString(),
                "Kick-Event-Type": type, "Kick-Event-Version": "1",
            ], body: bytes)
    }
}
