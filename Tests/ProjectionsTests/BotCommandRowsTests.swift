import Domain
import Testing

@testable import Projections

@Suite("The rows of bot commands")
struct BotCommandRowsTests {
    private static let so = CommandName(stored: "so"), dice = CommandName(stored: "dice")
    private static let own = CommandScope.account(.one)

    private static func said(_ response: String, _ description: String = "") -> BotCommand.Event {
        .upserted(BotCommand.Definition(description: description, response: response))
    }

    @Test func `hold the newest value, from the first definition to the deletion`() async throws {
        try await Stage.with { stage in
            let entity = EntityID.botCommand(Self.own, Self.so)
            let definition = BotCommand.Definition(
                description: "d\0d", responseType: .template, response: "{user}", platforms: [.kick, .discord],
                minimumRole: .vip, cooldownSeconds: 7, userCooldownSeconds: 86_400, enabled: false)
            try await stage.append(BotCommand.Event.upserted(definition), to: entity)
            let first = try #require(try stage.readModels.botCommand(Self.so, of: Self.own))
            var stored = definition
            stored.description = "d\u{FFFD}d"
            #expect(first.definition == stored && first.scope == Self.own && first.revision == 0)
            try await stage.append(Self.said("x"), to: entity)
            let second = try #require(try stage.readModels.botCommand(Self.so, of: Self.own))
            #expect(second.createdAt == first.createdAt && second.updatedAt > first.updatedAt)
            #expect(second.definition.platforms == Platform.allCases)
            try await stage.append(BotCommand.Event.deleted, to: entity)
            #expect(try stage.readModels.botCommand(Self.so, of: Self.own) == nil)
            try await stage.append(Self.said("y"), to: entity)
            let third = try #require(try stage.readModels.botCommand(Self.so, of: Self.own))
            #expect(third.createdAt > second.updatedAt)
            #expect(try stage.readModels.botCommand(Self.so, of: .global) == nil)
            try await stage.expectRebuildFindsNothing()
            try stage.expectFeedEndsInDocuments()
            try stage.expectDigest()
        }
    }

    @Test func `of an account hide the global ones of their names`() async throws {
        try await Stage.with { stage in
            try await stage.append(Self.said("global so"), to: .botCommand(.global, Self.so))
            try await stage.append(Self.said("global dice", "Rolls 100%"), to: .botCommand(.global, Self.dice))
            try await stage.append(Self.said("own so"), to: .botCommand(Self.own, Self.so))
            func listed(_ scope: CommandScope, _ search: String? = nil, offset: Int = 0) throws -> [String] {
                try stage.readModels.botCommands(of: scope, search: search, offset: offset, limit: 100).rows
                    .map(\.definition.response)
            }
            #expect(try listed(Self.own) == ["global dice", "own so"])
            #expect(try listed(.account(AccountID(stored: "other"))) == ["global dice", "global so"])
            #expect(try listed(.global) == ["global dice", "global so"])
            #expect(try listed(Self.own, "SO") == ["own so"] && listed(Self.own, "100%") == ["global dice"])
            #expect(try listed(Self.own, "%") == ["global dice"] && listed(.global, offset: 1) == ["global so"])
            #expect(try stage.readModels.botCommands(of: Self.own, search: nil, offset: 0, limit: 1).total == 2)
            try await stage.append(BotCommand.Event.deleted, to: .botCommand(Self.own, Self.so))
            #expect(try listed(Self.own) == ["global dice", "global so"])
        }
    }

    @Test func `of what is no name park the stream`() async throws {
        try await Stage.with { stage in
            try await stage.append(Self.said("x"), to: .botCommand(.global, CommandName(stored: "No Name")))
            #expect(try stage.status().parked.map(\.stream) == ["bot_command-*:No Name"])
            try await stage.expectRebuildFindsNothing()
        }
    }
}
