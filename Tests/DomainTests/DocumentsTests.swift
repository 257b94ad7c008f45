import Domain
import TestTools
import Testing

@Suite("The digest of documents")
struct DocumentDigestTests {
    /// A number below 2²⁵⁶ as its 32 bytes, the greatest first; added as on paper.
    private struct Paper {
        var bytes = [UInt8](repeating: 0, count: 32)

        mutating func add(_ other: [UInt8]) {
            var carry = 0
            for index in (0..<32).reversed() {
                let sum = Int(bytes[index]) + Int(other[index]) + carry
                (bytes[index], carry) = (UInt8(sum & 255), sum >> 8)
            }
        }

        /// Adds the two's complement.
        mutating func subtract(_ other: [UInt8]) {
            add(other.map { ~$0 })
            add([UInt8](repeating: 0, count: 31) + [1])
        }

        var text: String { bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() }
    }

    private static func hash(_ random: inout SeededRandom) -> [UInt8] {
        let extremes: [UInt8] = [0x00, 0xFF, 0x80, 0x7F]
        let extreme = random.chance(40)
        return (0..<32).map { _ in extreme ? random.pick(extremes) : UInt8.random(in: 0...255, using: &random) }
    }

    private static func vector(_ bytes: [UInt8]) -> SIMD32<UInt8> { SIMD32(bytes) }

    @Test(arguments: 0..<100)
    func `adds and subtracts as on paper`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        var digest = DocumentDigest(), paper = Paper()
        for _ in 0..<50 {
            let hash = Self.hash(&random)
            if random.chance(60) {
                digest.add(Self.vector(hash))
                paper.add(hash)
            } else {
                digest.subtract(Self.vector(hash))
                paper.subtract(hash)
            }
            #expect(digest.description == paper.text)
        }
        #expect(DocumentDigest(digest.description) == digest)
    }

    @Test(arguments: 0..<50)
    func `does not care for the order, and forgets what was taken away`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let hashes = (0..<20).map { _ in Self.hash(&random) }
        var forwards = DocumentDigest(), shuffled = DocumentDigest()
        for hash in hashes { forwards.add(Self.vector(hash)) }
        for hash in hashes.shuffled(using: &random) { shuffled.add(Self.vector(hash)) }
        #expect(forwards == shuffled)
        for hash in hashes.shuffled(using: &random) { forwards.subtract(Self.vector(hash)) }
        #expect(forwards == DocumentDigest())
    }

    @Test func `is 64 hexadecimal digits`() {
        #expect(DocumentDigest().description == String(repeating: "0", count: 64))
        let digits = "00ff00000000000000000000000000000000000000000000000000000000abcd"
        #expect(DocumentDigest(digits)?.description == digits)
    }

    @Test(arguments: [
        "", "0", String(repeating: "0", count: 63), String(repeating: "0", count: 65),
        String(repeating: "g", count: 64),
        String(repeating: "é", count: 32), String(repeating: "🎮", count: 16),
        String(repeating: "+000000000000000", count: 4),
        String(repeating: "-", count: 64), String(repeating: "0", count: 32) + String(repeating: "é", count: 16),
    ])
    func `is refused when it is anything else`(text: String) {
        #expect(DocumentDigest(text) == nil)
    }
}

@Suite("The name of a change")
struct ChangeIDTests {
    @Test(arguments: [("0-0", ChangeID.zero), ("7-12", ChangeID(position: 7, index: 12))])
    func `is position and index`(text: String, id: ChangeID) {
        #expect(ChangeID(text) == id)
        #expect(id.description == text)
    }

    @Test(arguments: [
        "", "-", "1", "1-", "-1", "1--1", "-1-1", "1-1-1", "a-1", "1-a", " 1-1", "+1-1", "1-+1", "01-1", "1-00",
        "9223372036854775808-0", "1_1", "٣-1",
    ])
    func `is refused when it is anything else`(text: String) {
        #expect(ChangeID(text) == nil)
    }

    @Test func `sorts by position, then by index`() {
        let ids = [(10, 0), (9, 3), (9, 20), (0, 0)].map { ChangeID(position: $0, index: $1) }
        #expect(ids.sorted().map(\.description) == ["0-0", "9-3", "9-20", "10-0"])
    }
}

@Suite("The documents of the feed")
struct DocumentBytesTests {
    static let moment = Timestamp(microseconds: 1_795_262_400_000_000)
    static let account = AccountID(stored: "acct_1")

    @Test func `of an account have all members, null where there is nothing`() {
        let document = AccountDocument(
            accountID: Self.account, name: "Ana", plan: .pro, customBotAllowed: nil, createdAt: Self.moment,
            updatedAt: Self.moment, revision: 3)
        let text = """
            {"account_id":"acct_1","name":"Ana","plan":"pro","custom_bot_allowed":null,\
            "created_at":"2026-11-21T12:00:00.000000Z","updated_at":"2026-11-21T12:00:00.000000Z","revision":3}
            """
        #expect(String(decoding: document.bytes, as: UTF8.self) == text)
    }

    @Test func `of a bot hold connection and pause, nothing computed`() {
        var document = BotDocument(
            accountID: Self.account, platform: .twitch, connection: nil, pause: nil, updatedAt: Self.moment, revision: 1
        )
        #expect(document.status == .noConnection)
        document.connection = Bot.Connection(channelID: "1", channelName: "ana", botUserID: nil)
        #expect(document.status == .active)
        document.pause = BotDocument.Pause(reason: "spam", until: Self.moment, by: "me")
        #expect(document.status == .paused)
        let text = """
            {"account_id":"acct_1","platform":"twitch","connected":true,"channel_id":"1","channel_name":"ana",\
            "bot_user_id":null,"paused":true,"paused_reason":"spam","paused_until":"2026-11-21T12:00:00.000000Z",\
            "paused_by":"me","updated_at":"2026-11-21T12:00:00.000000Z","revision":1}
            """
        #expect(String(decoding: document.bytes, as: UTF8.self) == text)
    }

    @Test func `of a provider are on until somebody switches`() {
        var document = ProviderDocument(platform: .kick, updatedAt: Self.moment, revision: -1)
        #expect(document.allowsBots)
        document.off = [.login]
        #expect(document.allowsBots)
        for flag in [Provider.Flag.bot, .platform] {
            document.off = [flag]
            #expect(!document.allowsBots)
        }
        document.botIdentity = Provider.BotIdentity(username: "bot", userID: "9")
        let text = """
            {"platform":"kick","enabled":false,"login":true,"channel":true,"bot":true,\
            "bot_identity":{"username":"bot","user_id":"9"},"reason":null,"ticket":null,\
            "updated_at":"2026-11-21T12:00:00.000000Z","updated_by":null,"revision":-1}
            """
        #expect(String(decoding: document.bytes, as: UTF8.self) == text)
    }

    @Test func `of a module carry the settings as they were given`() {
        let document = BotModuleDocument(
            id: "x", accountID: Self.account, module: .wordFilter, enabled: true, config: JSONText(stored: "{ }".utf8),
            exemptRoles: JSONText(.emptyObject), createdAt: Self.moment, updatedAt: Self.moment, revision: 0)
        let text = """
            {"id":"x","account_id":"acct_1","module_name":"word_filter","enabled":true,"config":{ },"exempt_roles":{},\
            "created_at":"2026-11-21T12:00:00.000000Z","updated_at":"2026-11-21T12:00:00.000000Z","revision":0}
            """
        #expect(String(decoding: document.bytes, as: UTF8.self) == text)
    }

    @Test(arguments: [
        (BotStatus.active, true, EffectiveState.running), (.active, false, .haltedByProvider), (.paused, true, .paused),
        (.paused, false, .haltedByProvider), (.noConnection, true, .noConnection),
        (.noConnection, false, .noConnection),
    ])
    func `make the effective state with the provider's switches`(
        status: BotStatus, providerAllowsBots: Bool, effective: EffectiveState
    ) {
        #expect(EffectiveState(status, providerAllowsBots: providerAllowsBots) == effective)
    }
}
