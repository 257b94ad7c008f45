import Domain
import Testing
import Worker

@Suite("A document that cannot be used")
struct RefusalTests {
    static let good: [FeedEntry] = [
        Samples.account("acct_1"), Samples.provider(.twitch, off: [.bot]),
        Samples.bot("acct_1", .twitch, isPaused: true), Samples.module("acct_1", .linkProtection),
    ]

    /// Every kind, broken in every way that there is.
    static let bad: [FeedEntry] =
        good.flatMap { entry in
            [
                entry.saying("{"), entry.saying(""), entry.saying("null"), entry.saying("[]"), entry.saying("{}"),
                entry.saying("\u{0}\u{1}"), entry.replacing(#""revision":0"#, #""revision":"x""#),
                entry.replacing("acct_1", "acct_2").replacing(#""platform":"twitch""#, #""platform":"kick""#),
                entry.replacing("acct_1", "acct 1").replacing(#""platform":"twitch""#, #""platform":"myspace""#),
            ]
        } + [
            good[0].replacing(#""plan":"pro""#, #""plan":"gold""#),
            good[1].replacing(#""bot":false"#, #""bot":"no""#),
            good[2].replacing(#""paused":true"#, #""paused":"yes""#),
            good[3].replacing("link_protection", "coffee"),
            good[3].replacing(#""config":{}"#, #""config":{"action":"explode"}"#),
            good[3].replacing(#""config":{}"#, #""config":{"whitelist_domains":["com"]}"#),
            good[3].replacing(#""config":{}"#, #""config":{"action":"delete""#),
            good[3].replacing(#""config":{}"#, #""config":7"#),
            good[3].replacing(#""exempt_roles":{}"#, #""exempt_roles":{"vips":"all"}"#),
        ]

    @Test(arguments: bad)
    func `is refused, counted, and put right by the next good one`(entry: FeedEntry) throws {
        var model = FeedModel()
        for entry in Self.good { model.put(entry) }
        var set = try ActiveSet(model)
        let tenant = set.tenant(.one), provider = set.provider(.twitch)

        let change = model.put(entry)
        #expect(set.apply(change) == .applied)
        #expect(set.digest == model.digest, "the bytes are counted as they were sent")
        #expect(set.nacks.map(\.id) == [change.id] && set.nacks.map(\.key) == [entry.key])
        #expect(set.nacks.allSatisfy { !$0.reason.isEmpty && $0.kind == entry.kind })
        #expect(set.tenant(.one) == tenant && set.provider(.twitch) == provider, "the last good value is kept")

        let original = try #require(Self.good.first { $0.kind == entry.kind })
        #expect(set.apply(model.put(original)) == .applied)
        #expect(set.nacks == [] && set.digest == model.digest)
    }

    @Test(arguments: bad)
    func `keeps its last good value through a snapshot, too`(entry: FeedEntry) throws {
        var model = FeedModel()
        for entry in Self.good { model.put(entry) }
        var set = try ActiveSet(model)
        let tenant = set.tenant(.one), provider = set.provider(.twitch)
        model.put(entry)
        try set.replaceAll(model.snapshot)
        #expect(set.nacks.map(\.id) == [model.last] && set.digest == model.digest)
        #expect(set.tenant(.one)?.bots == tenant?.bots && set.provider(.twitch) == provider)
        try set.replaceAll(model.snapshot)
        #expect(set.tenant(.one)?.modules == tenant?.modules && set.nacks.count == 1)
    }

    @Test func `is no longer reported when it is deleted`() throws {
        var model = FeedModel(Self.good[3])
        var set = try ActiveSet(model)
        _ = set.apply(model.put(Self.good[3].saying("{")))
        #expect(set.nacks.count == 1)
        _ = set.apply(model.delete(Self.good[3]))
        #expect(set.nacks == [] && set.tenant(.one) == nil && set.digest == model.digest)
    }

    @Test func `cannot lift a kill or a pause`() throws {
        var model = FeedModel()
        for entry in Self.good { model.put(entry) }
        var set = try ActiveSet(model)
        _ = set.apply(model.put(Self.good[1].saying("{")))
        _ = set.apply(model.put(Self.good[2].saying("{")))
        #expect(set.standing(of: .one, on: .twitch).state == .haltedByProvider)
        #expect(set.pausedBots.count == 1)
    }

    @Test func `halts its platform when nothing better is known of it`() throws {
        let set = try ActiveSet(
            FeedModel(
                Samples.account("acct_1"), Samples.bot("acct_1", .twitch), Samples.provider(.twitch).saying("{")))
        #expect(!set.mayAct(.one, on: .twitch))
    }

    @Test func `has a reason and a key that fit into an acknowledgement`() throws {
        let key = String(repeating: "k", count: 5000)
        let set = try ActiveSet(FeedModel(FeedEntry(kind: .account, key: key, value: Samples.account("a").value)))
        let nack = try #require(set.nacks.first)
        #expect(nack.key.count == 256 && nack.reason.count <= 300)
    }
}
