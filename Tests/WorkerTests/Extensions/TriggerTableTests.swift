import Domain
import Testing
import Text

@testable import Worker

@Suite("The triggers of an account")
struct TriggerTableTests {
    private static func table(_ triggers: ExtensionTrigger..., exempt: [String] = []) throws -> TriggerTable {
        let entry = Samples.install(triggers: triggers) { $0.exemptRoles = exempt }
        let document = try entry.value.withUnsafeBufferPointer {
            try ExtensionInstallDocument(decoding: StoredObject($0))
        }
        return TriggerTable([ActiveInstall(document)])
    }

    private static func hits(_ text: String, _ table: TriggerTable, isEdit: Bool = false) -> [TriggerHit] {
        var message = ChatMessage.sample("m", text)
        message.isEdit = isEdit
        return table.hits(on: message, with: NormalForms())
    }

    @Test(arguments: [
        ("!rank", [] as [String]), ("!RANK", []), ("!rank ada", ["ada"]),
        ("!rank   ada  lovelace ", ["ada", "lovelace"]),
        ("!rank\tada", ["ada"]), ("!rank \u{E0000}", []), ("!rank\u{E0000}", []), ("!rank Ärger", ["Ärger"]),
    ])
    func `hold commands, which begin a line`(text: String, arguments: [String]) throws {
        let hit = try #require(Self.hits(text, try Self.table(.rank)).first)
        #expect(hit.trigger.id == "rank" && hit.arguments == arguments)
    }

    @Test(arguments: ["rank", "!ranks", "!rank!", " !rank", "a !rank", "!ran", "", "!"])
    func `do not take other words for commands`(text: String) throws {
        #expect(Self.hits(text, try Self.table(.rank)).isEmpty)
    }

    @Test func `tell commands by their prefix, and take one with spaces`() throws {
        let table = try Self.table(
            .command("rank", prefix: "?"), .command("points", prefix: "hey bot, "), .command("top", prefix: ""))
        #expect(Self.hits("!rank", table).isEmpty)
        #expect(Self.hits("?rank", table).map(\.trigger.id) == ["rank"])
        #expect(Self.hits("Hey bot, points Ada B", table).map(\.arguments) == [["Ada", "B"]])
        #expect(Self.hits("hey bot, pointsman", table).isEmpty)
        #expect(Self.hits("top 5", table).map(\.arguments) == [["5"]])
    }

    @Test(arguments: [
        ("enter", true), ("let me ENTER!", true), ("entertain", false), ("e n t e r", false), ("ｅｎｔｅｒ", true),
        ("big giveaway today", true), ("", false),
    ])
    func `hold keywords, as whole words in the form in which texts are compared`(text: String, isHit: Bool) throws {
        let table = try Self.table(.keywords("giveaway", "enter"))
        #expect(Self.hits(text, table).isEmpty != isHit)
    }

    @Test func `tell whose keyword it was`() throws {
        let table = try Self.table(.keywords("a", "b", id: "first"), .keywords("b", "c", id: "second"))
        #expect(Self.hits("x a", table).map(\.trigger.id) == ["first"])
        #expect(Self.hits("b", table).map(\.trigger.id) == ["first", "second"])
        #expect(Self.hits("c", table).map(\.trigger.id) == ["second"])
    }

    @Test func `hold patterns, with what their groups have found`() throws {
        let table = try Self.table(.pattern(#"^!(\w+)\s+(\d+)(x)?$"#), .pattern("ADD", "i", id: "second"))
        let hits = Self.hits("!add 42", table)
        #expect(hits.map(\.trigger.id) == ["pattern-1", "second"])
        #expect(hits.map(\.match) == [["!add 42", "add", "42", nil], ["add"]])
        #expect(Self.hits("!ADD x", table).map(\.trigger.id) == ["second"])
        #expect(Self.hits("nothing", table).isEmpty)
    }

    @Test func `leave to the script what only JavaScript understands, on short lines`() throws {
        let table = try Self.table(.pattern(#"(?=a)\w"#, "i"))
        let hits = Self.hits("anything", table)
        #expect(hits.map(\.untried) == [.init(source: #"(?=a)\w"#, flags: "i")])
        #expect(hits[0].match.isEmpty)
        #expect(Self.hits(String(repeating: "a", count: 501), table).isEmpty)
    }

    @Test func `are not set off by the new text of an old line, which is judged all the same`() throws {
        let table = try Self.table(.rank, .moderate)
        #expect(Self.hits("!rank", table, isEdit: true).isEmpty)
        #expect(table.moderates(of: .sample()).count == 1)
    }

    @Test(
        arguments: [
            (ChatRoles.moderator, ["moderator"], true), (.vip, ["moderator"], false),
            ([.vip, .subscriber], ["vip"], true),
            (.broadcaster, [], true), (.subscriber, ["nobody", "vip"], false),
        ] as [(ChatRoles, [String], Bool)])
    func `do not judge who is exempt`(roles: ChatRoles, exempt: [String], isExempt: Bool) throws {
        let table = try Self.table(.moderate, exempt: exempt)
        #expect(table.moderates(of: .sample(by: .sample(roles: roles))).isEmpty == isExempt)
    }

    @Test func `hold events that are known, and timers`() throws {
        let table = try Self.table(
            ExtensionTrigger(id: "twitch:raid", .event("twitch:raid")),
            ExtensionTrigger(id: "myspace:poke", .event("myspace:poke")),
            ExtensionTrigger(id: "reminder", .timer(everySeconds: 60)))
        #expect(table.wantedEvents == [.init(.twitch, .raid)] && table.timers.map(\.everySeconds) == [60])
        #expect(table.ignoresMessages)
        let raid = PlatformEvent(.raid, in: .sample(), id: "e", at: Samples.now)
        #expect(table.hits(on: raid).map(\.trigger.id) == ["twitch:raid"])
        #expect(table.hits(on: PlatformEvent(.cheer, in: .sample(), id: "e", at: Samples.now)).isEmpty)
    }
}
