import Domain
import Testing

@testable import Projections

@Suite("The rows of guilds")
struct GuildRowsTests {
    private static let lounge = GuildID(stored: "1018243487658016768"), hall = GuildID(stored: "42")
    private static let two = AccountID(stored: "acct_2")

    @Test func `say whose a guild is, since when, and that it is nobody's`() async throws {
        try await Stage.with { stage in
            let entity = EntityID.guild(Self.lounge)
            try await stage.append(Guild.Event.mapped(account: .one, name: "Lou\0nge"), to: entity)
            let first = try #require(try stage.readModels.guild(Self.lounge))
            #expect(first.accountID == .one && first.name == "Lou\u{FFFD}nge" && first.revision == 0)
            #expect(first.connectedAt == first.updatedAt)
            try await stage.append(Guild.Event.mapped(account: .one, name: "Hall"), to: entity)
            let renamed = try #require(try stage.readModels.guild(Self.lounge))
            #expect(renamed.name == "Hall" && renamed.connectedAt == first.connectedAt)
            #expect(renamed.updatedAt > first.updatedAt)
            try await stage.append(Guild.Event.unmapped, to: entity)
            #expect(try stage.readModels.guild(Self.lounge) == nil)
            try await stage.append(Guild.Event.mapped(account: Self.two, name: "Hall"), to: entity)
            let second = try #require(try stage.readModels.guild(Self.lounge))
            #expect(second.accountID == Self.two && second.connectedAt > renamed.updatedAt)
            #expect(try stage.changes().map(\.kind) == [.guild, .guild, .guild, .guild])
            #expect(try stage.changes().map { $0.value == nil } == [false, false, true, false])
            try await stage.expectRebuildFindsNothing()
            try stage.expectFeedEndsInDocuments()
            try stage.expectDigest()
        }
    }

    @Test func `are listed by name for who may see them`() async throws {
        try await Stage.with { stage in
            try await stage.append(Guild.Event.mapped(account: .one, name: "Ärger"), to: .guild(Self.lounge))
            try await stage.append(Guild.Event.mapped(account: Self.two, name: "100%_Fun"), to: .guild(Self.hall))
            func names(_ search: String? = nil, of account: AccountID? = nil, offset: Int = 0) throws -> [String] {
                try stage.readModels.guilds(search: search, of: account, offset: offset, limit: 1000).rows.map(\.name)
            }
            #expect(try names() == ["100%_Fun", "Ärger"])
            #expect(try names(offset: 1) == ["Ärger"])
            #expect(try names("ÄRG") == ["Ärger"] && names("0%_f") == ["100%_Fun"] && names("%x%") == [])
            #expect(try names("42") == ["100%_Fun"] && names("ACCT_2") == ["100%_Fun"])
            #expect(try names(of: .one) == ["Ärger"] && names("42", of: .one) == [])
            #expect(try stage.readModels.guilds(search: nil, of: nil, offset: 0, limit: 1).total == 2)
        }
    }

    @Test func `of what is no guild's id park the stream`() async throws {
        try await Stage.with { stage in
            let bad = EntityID.guild(GuildID(stored: "lounge"))
            try await stage.append(Guild.Event.mapped(account: .one, name: "x"), to: bad)
            #expect(try stage.status().parked.map(\.stream) == ["guild-lounge"])
            try await stage.expectRebuildFindsNothing()
        }
    }
}
