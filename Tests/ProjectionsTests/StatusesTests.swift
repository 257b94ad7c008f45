import Domain
import EventStore
import TestTools
import Testing

@testable import Projections

@Suite("The list of bot statuses")
struct StatusesTests {
    /// Everything that the list is made of, asked for in the plainest way.
    private struct Model {
        var accounts: [AccountID: String] = [:]
        var bots: [EntityID: BotStatus] = [:]

        func rows(_ filter: StatusFilter) -> [String] {
            let owners = accounts.sorted { left, right in
                let names = (Array(left.value.lowercased().utf8), Array(right.value.lowercased().utf8))
                if names.0 != names.1 { return names.0.lexicographicallyPrecedes(names.1) }
                return Array(left.key.rawValue.utf8).lexicographicallyPrecedes(Array(right.key.rawValue.utf8))
            }
            return owners.flatMap { id, name in
                Platform.allCases.compactMap { platform in
                    let status = bots[.bot(id, platform)] ?? .noConnection
                    guard admits(filter, id, name, platform, status) else { return nil }
                    return "\(id) \(name) \(platform) \(status)"
                }
            }
        }

        private func admits(
            _ filter: StatusFilter, _ id: AccountID, _ name: String, _ platform: Platform, _ status: BotStatus
        ) -> Bool {
            if let wanted = filter.platform, wanted != platform { return false }
            if let wanted = filter.status, wanted != status { return false }
            if let wanted = filter.account, wanted != id { return false }
            guard let search = filter.search, !search.isEmpty else { return true }
            return [name, id.rawValue].contains { text in
                Self.holds(Array(text.lowercased().unicodeScalars), Array(search.lowercased().unicodeScalars))
            }
        }

        private static func holds(_ text: [Unicode.Scalar], _ part: [Unicode.Scalar]) -> Bool {
            text.count >= part.count
                && (0...(text.count - part.count)).contains { Array(text[$0..<($0 + part.count)]) == part }
        }
    }

    private static let names = [
        "100% Bot", "under_score", "o'Brien", "\"quoted\"", "back\\slash", "ÄPFEL", "äpfel", "ЖУК", "жук", "ΣΊΣΥΦΟΣ",
        "Zoë", "Zoe\u{308}", "zebra", "Zebra", "", " ", "😀 bot", "a%b_c", "name; DROP TABLE accounts", "日本語",
    ]
    private static let searches = [
        nil, "", "%", "_", "%_", "\\", "'", "\"", "äPF", "жУ", "σίσυ", "zoë", "zoe", "BOT", "a%", "ACCT-1", "t_1", "日",
        "nothing", "; DROP",
    ]

    private func fill(_ stage: Stage) async throws -> Model {
        var random = SeededRandom(seed: 7)
        var model = Model()
        for (number, name) in Self.names.enumerated() {
            let id = AccountID(stored: number.isMultiple(of: 2) ? "acct-\(number)" : "ACCT_\(number)")
            model.accounts[id] = name
            try await stage.append(Account.Event.registered(name), to: .account(id))
            for platform in Platform.allCases {
                let status = random.pick(BotStatus.allCases)
                try await connect(stage, .bot(id, platform), status, wasConnected: random.chance(30))
                model.bots[.bot(id, platform)] = status
            }
        }
        // Of an account that nobody registered: no row.
        try await stage.append(Bot.Event.connected(.lobby), to: .bot(AccountID(stored: "ghost"), .kick))
        return model
    }

    private func connect(_ stage: Stage, _ bot: EntityID, _ status: BotStatus, wasConnected: Bool) async throws {
        switch status {
        case .active: try await stage.append(Bot.Event.connected(.lobby), to: bot)
        case .paused:
            try await stage.append(
                Bot.Event.connected(.lobby), Bot.Event.paused(reason: nil, until: nil), to: bot)
        case .noConnection where wasConnected:
            try await stage.append(Bot.Event.connected(.lobby), Bot.Event.disconnected, to: bot)
        case .noConnection: break
        }
    }

    @Test func `holds what was asked for, in order, page by page, with the right total`() async throws {
        try await Stage.with { stage in
            let model = try await fill(stage)
            let accounts: [AccountID?] = [nil, AccountID(stored: "acct-2"), AccountID(stored: "none")]
            for platform in [nil] + Platform.allCases.map(Optional.some) {
                for status in [nil] + BotStatus.allCases.map(Optional.some) {
                    for search in Self.searches {
                        for account in accounts {
                            try compare(
                                stage,
                                StatusFilter(platform: platform, search: search, status: status, account: account),
                                model)
                        }
                    }
                }
            }
        }
    }

    private func compare(_ stage: Stage, _ filter: StatusFilter, _ model: Model) throws {
        let expected = model.rows(filter)
        for limit in [1, 7, 100] where limit > 1 || expected.count < 8 {
            var rows: [String] = []
            for offset in stride(from: 0, through: expected.count, by: limit) {
                let page = try stage.readModels.statuses(filter, offset: offset, limit: limit)
                try #require(page.total == expected.count, "\(filter)")
                rows += page.rows.map { "\($0.accountID) \($0.accountName) \($0.platform) \($0.status)" }
            }
            try #require(rows.map { Array($0.utf8) } == expected.map { Array($0.utf8) }, "\(filter) by \(limit)")
        }
    }

    @Test func `shows the same bot as a question for it alone`() async throws {
        try await Stage.with { stage in
            _ = try await fill(stage)
            for row in try stage.readModels.statuses(StatusFilter(), offset: 0, limit: 1000).rows {
                #expect(try stage.readModels.status(row.accountID, row.platform) == row)
            }
        }
    }

    @Test func `counts the bots of a platform`() async throws {
        try await Stage.with { stage in
            let model = try await fill(stage)
            for platform in Platform.allCases {
                let counts = try stage.readModels.botCounts(platform)
                for status in [BotStatus.active, .paused] {
                    let ghosts = platform == .kick && status == .active ? 1 : 0
                    let expected = model.bots.filter { $0.key.key.hasSuffix(platform.rawValue) && $0.value == status }
                    #expect(counts[status, default: 0] == expected.count + ghosts)
                }
            }
        }
    }

    @Test func `finds accounts in the same way, in pages`() async throws {
        try await Stage.with { stage in
            let model = try await fill(stage)
            for search in Self.searches {
                let rows = model.rows(StatusFilter(platform: .kick, search: search))
                var names: [String] = []
                for offset in stride(from: 0, through: rows.count, by: 3) {
                    let page = try stage.readModels.accounts(search: search, only: nil, offset: offset, limit: 3)
                    #expect(page.total == rows.count, "\(search ?? "nil")")
                    names += page.rows.map { "\($0.accountID) \($0.name)" }
                }
                #expect(zip(names, rows).allSatisfy { $1.hasPrefix($0) } && names.count == rows.count)
            }
            let only = try stage.readModels.accounts(
                search: "", only: AccountID(stored: "acct-2"), offset: 0, limit: 3)
            #expect(only.total == 1 && only.rows.map(\.name) == ["o'Brien"])
        }
    }

    @Test func `names the pauses that end by themselves, the first end first`() async throws {
        try await Stage.with { stage in
            for (number, end) in [30, 10, 20, nil, 40].enumerated() {
                let bot = EntityID.bot(AccountID(stored: "a\(number)"), .kick)
                try await stage.append(
                    Bot.Event.connected(.lobby), Bot.Event.paused(reason: nil, until: end.map(Timestamp.seconds)),
                    to: bot)
            }
            try await stage.append(
                Bot.Event.resumed(reason: nil, scheduled: false), to: .bot(AccountID(stored: "a0"), .kick))
            // The end holds for whoever connects again.
            try await stage.append(Bot.Event.disconnected, to: .bot(AccountID(stored: "a1"), .kick))
            let all = try stage.readModels.scheduledResumes(limit: 9)
            #expect(all.map(\.pause?.until) == [.seconds(10), .seconds(20), .seconds(40)])
            #expect(try stage.readModels.scheduledResumes(limit: 2) == Array(all.prefix(2)))
        }
    }
}
