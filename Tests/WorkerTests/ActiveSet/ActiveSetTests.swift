import BotModules
import Domain
import TestTools
import Testing

@testable import Worker

@Suite("The active set")
struct ActiveSetTests {
    @Test func `applies what follows, and ignores what it has`() throws {
        var model = FeedModel(Samples.account("acct_1"))
        var set = try ActiveSet(model)
        let change = model.put(Samples.bot("acct_1", .twitch))
        #expect(set.apply(change) == .applied)
        #expect(set.cursor == change.id && set.digest == model.digest)
        #expect(set.apply(change) == .ignored)
        #expect(set.apply(model.changes[0]) == .ignored)
        #expect(set.cursor == change.id && set.digest == model.digest)
    }

    @Test func `sees a gap and stays as it is`() throws {
        var model = FeedModel(Samples.account("acct_1"))
        var set = try ActiveSet(model)
        let before = set.digest, cursor = set.cursor
        let missing = model.put(Samples.bot("acct_1", .twitch)), later = model.put(Samples.bot("acct_1", .kick))
        #expect(set.apply(later) == .gap)
        #expect(set.cursor == cursor && set.digest == before)
        #expect(set.apply(missing) == .applied)
        #expect(set.apply(later) == .applied)
    }

    @Test func `has the digest that others compute`() throws {
        // printf 'account\0a\0{"x":1}' | sha256sum, and the same of 'bot\0a:kick\0{}'; their sum modulo 2^256.
        let model = FeedModel(
            Samples.account("a").saying(#"{"x":1}"#), Samples.bot("a", .kick).saying("{}"))
        let set = try ActiveSet(model)
        #expect(set.digest.description == "d82f531f409ec4de1b71c975ad19f331ad86f980bc5659c1ac186452a0bc8c20")
    }

    @Test(arguments: [1, 2, 3, 4, 5] as [UInt64])
    func `is the same after random changes as after a snapshot`(seed: UInt64) throws {
        var random = SeededRandom(seed: seed)
        var model = FeedModel()
        var set = try ActiveSet(model)
        for _ in 0..<400 {
            let entry = Self.randomEntry(&random)
            let change = Int.random(in: 0..<4, using: &random) == 0 ? model.delete(entry) : model.put(entry)
            #expect(set.apply(change) == .applied)
        }
        let fresh = try ActiveSet(model)
        #expect(set.digest == model.digest, "seed \(seed)")
        #expect(fresh.digest == set.digest && fresh.cursor == set.cursor, "seed \(seed)")
        #expect(set.documents == fresh.documents && set.views.providers == fresh.views.providers, "seed \(seed)")
        #expect(set.accountCount == fresh.accountCount, "seed \(seed)")
        for account in (0..<6).map({ AccountID(stored: "acct_\($0)") }) {
            for platform in Platform.allCases {
                #expect(set.standing(of: account, on: platform) == fresh.standing(of: account, on: platform))
            }
            #expect(
                set.enabledModules(of: account).map(\.module.rawValue).sorted()
                    == fresh.enabledModules(of: account).map(\.module.rawValue).sorted(), "seed \(seed)")
        }
    }

    private static func randomEntry(_ random: inout SeededRandom) -> FeedEntry {
        let account = "acct_\(Int.random(in: 0..<6, using: &random))"
        let flag = Bool.random(using: &random)
        let platform = Platform.allCases[Int.random(in: 0..<5, using: &random)]
        return switch Int.random(in: 0..<4, using: &random) {
        case 0: Samples.account(account, plan: flag ? .pro : .free)
        case 1: Samples.provider(platform, off: flag ? [.bot] : [])
        case 2: Samples.bot(account, platform, isPaused: flag)
        default: Samples.module(account, flag ? .wordFilter : .linkProtection, isEnabled: Bool.random(using: &random))
        }
    }

    @Test func `refuses a snapshot that is not whole, and stays as it is`() throws {
        let model = FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch))
        var set = try ActiveSet(model)
        var snapshot = model.snapshot
        snapshot.entries.removeLast()
        #expect(throws: ActiveSet.DigestMismatch.self) { try set.replaceAll(snapshot) }
        #expect(set.mayAct(.one, on: .twitch) && set.digest == model.digest)
    }

    @Test func `forgets what a snapshot does not hold`() throws {
        var set = try ActiveSet(FeedModel(Samples.account("acct_1"), Samples.bot("acct_1", .twitch)))
        var other = FeedModel(Samples.account("acct_2"))
        other.epoch = "e2.1"
        try set.replaceAll(other.snapshot)
        #expect(set.tenant(.one) == nil && set.accountCount == 1)
        #expect(set.epoch == "e2.1" && set.cursor == other.last && set.digest == other.digest)
    }
}
