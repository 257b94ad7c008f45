import Domain
import PlatformStage
import Platforms
import Synchronization
import Testing

@Suite("The door for Kick's webhooks", .timeLimit(.minutes(1)))
struct KickDoorTests {
    static let now = Timestamp(microseconds: 1_700_000_000_000_000)
    static let channel = ChatChannel(platform: .kick, accountID: AccountID(stored: "acme"), id: "7")
    static let event: JSON = [
        "message_id": "m1", "broadcaster": ["user_id": 7, "username": "acme"],
        "sender": ["user_id": 9, "username": "Bob", "identity": nil], "content": "hi [emote:37226:KEKW] @eve",
        "created_at": "2023-11-14T22:13:20Z",
    ]

    struct Broken: Error {}

    /// A door, and what came through it.
    final class Hall: Sendable {
        let messages = Mutex<[ChatMessage]>([])
        let events = Mutex<[PlatformEvent]>([])
        let isBroken = Mutex(false)

        func door(at now: Timestamp = KickDoorTests.now) throws -> KickDoor {
            KickDoor(try KickVerifier(publicKey: FakeKick.publicKey()), clock: WallClock { now }) { id in
                id == "7" ? KickDoorTests.channel : nil
            } hand: { news in
                if self.isBroken.withLock({ $0 }) { throw Broken() }
                switch news {
                case .message(let message): self.messages.withLock { $0.append(message) }
                case .event(let event): self.events.withLock { $0.append(event) }
                }
            }
        }
    }

    static func webhook(
        _ event: JSON = event, type: String = "chat.message.sent", at moment: Timestamp = now,
        _ change: (inout FakeKick.Delivery) -> Void = { _ in }
    ) throws -> KickWebhook {
        var delivery = try FakeKick.delivery(event, id: "id-1", type: type, at: moment)
        change(&delivery)
        return try #require(delivery.webhook)
    }

    @Test func `takes what Kick has signed, whoever has no identity included`() async throws {
        let hall = Hall()
        #expect(try await hall.door().receive(Self.webhook()) == .taken)
        let expected = ChatMessage(
            channel: Self.channel, id: "m1", author: ChatUser(id: "9", login: "bob", name: "Bob"),
            text: "hi [emote:37226:KEKW] @eve", marks: [ChatMark(.emote, 3..<21), ChatMark(.mention, 22..<26)],
            sentAt: Self.now)
        #expect(hall.messages.withLock { $0 } == [expected])
    }

    @Test(arguments: ["id", "time", "body", "signature", "nothing"])
    func `refuses whatever is not as Kick signed it`(what: String) async throws {
        let hall = Hall()
        let webhook = try Self.webhook { delivery in
            switch what {
            case "id": delivery.headers["Kick-Event-Message-Id"] = "id-2"
            case "time": delivery.headers["Kick-Event-Message-Timestamp"] = Self.now.adding(seconds: 1).description
            case "body": delivery.body.append(0x20)
            case "signature":
                let signature = delivery.headers["Kick-Event-Signature"] ?? ""
                delivery.headers["Kick-Event-Signature"] = String(signature.reversed())
            default: delivery.headers["Kick-Event-Signature"] = ""
            }
        }
        #expect(try await hall.door().receive(webhook) == .refused(.forged))
        #expect(hall.messages.withLock { $0 }.isEmpty)
    }

    @Test func `refuses what another key has signed`() async throws {
        let door = KickDoor(try KickVerifier(), clock: WallClock { Self.now }) { _ in
            Self.channel
        } hand: { _ in
        }
        #expect(try await door.receive(Self.webhook()) == .refused(.forged))
    }

    @Test(arguments: [(-301.0, false), (-300, true), (-1, true), (0, true), (299, true), (300, true), (301, false)])
    func `takes nothing that is older or newer than five minutes, for clocks differ`(
        skewSeconds: Double, isTaken: Bool
    ) async throws {
        let hall = Hall()
        let entry = try await hall.door(at: Self.now.adding(seconds: skewSeconds)).receive(Self.webhook())
        #expect(entry == (isTaken ? .taken : .refused(.stale(ageSeconds: skewSeconds))))
    }

    @Test func `hands on a webhook once that comes again`() async throws {
        let hall = Hall(), door = try hall.door()
        #expect(try await door.receive(Self.webhook()) == .taken)
        for _ in 0..<3 { #expect(try await door.receive(Self.webhook()) == .repeated) }
        #expect(hall.messages.withLock { $0.count } == 1)
    }

    @Test func `takes a webhook again that could not be handed on`() async throws {
        let hall = Hall(), door = try hall.door()
        hall.isBroken.withLock { $0 = true }
        #expect(try await door.receive(Self.webhook()) == .failed)
        hall.isBroken.withLock { $0 = false }
        #expect(try await door.receive(Self.webhook()) == .taken)
        #expect(hall.messages.withLock { $0.count } == 1)
    }

    @Test func `knows a replayed one among many thousands`() async throws {
        let hall = Hall(), door = try hall.door()
        #expect(try await door.receive(Self.webhook()) == .taken)
        for number in 0..<200 {
            let delivery = try FakeKick.delivery(.emptyObject, id: "n\(number)", type: "channel.renamed", at: Self.now)
            let webhook = try #require(delivery.webhook)
            #expect(await door.receive(webhook) == .taken)
        }
        #expect(try await door.receive(Self.webhook()) == .repeated)
    }

    @Test func `says what it can do nothing with`() async throws {
        let hall = Hall()
        var other = Self.event
        if case .object(let members) = other {
            other = .object(members.map { $0.name == "broadcaster" ? .init("broadcaster", ["user_id": 8]) : $0 })
        }
        #expect(try await hall.door().receive(Self.webhook(other)) == .unknownChannel)
        #expect(try await hall.door().receive(Self.webhook(["broadcaster": ["user_id": 7]])) == .unreadable)
        #expect(try await hall.door().receive(Self.webhook([1, 2])) == .unreadable)
        #expect(try await hall.door().receive(Self.webhook(type: "channel.renamed")) == .taken)
        #expect(try await hall.door().receive(Self.webhook(type: "channel.followed")) == .unreadable)
        #expect(hall.messages.withLock { $0 }.isEmpty)
    }

    @Test(arguments: ["Kick-Event-Message-Id", "Kick-Event-Message-Timestamp", "Kick-Event-Signature"])
    func `needs every header that proves where it is from`(name: String) throws {
        var delivery = try FakeKick.delivery(Self.event)
        delivery.headers[name] = nil
        #expect(delivery.webhook == nil)
    }

    @Test func `takes no key that is none`() {
        for text in ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----", "secret"] {
            #expect(throws: KickVerifier.UnusableKey.self) { try KickVerifier(publicKey: text) }
        }
        #expect(throws: Never.self) { try KickVerifier() }
    }
}
