import Commands
import Domain
import Testing

@Suite("A bot command")
struct BotCommandTests {
    private static let hello = BotCommand.Definition(response: "hello")

    @Test func `is defined, and not again by the same value`() {
        given(BotCommand.self).when(.upsert(Self.hello)).then(.upserted(Self.hello))
        given(BotCommand.self, .upserted(Self.hello)).when(.upsert(Self.hello)).then()
        var other = Self.hello
        other.minimumRole = .vip
        given(BotCommand.self, .upserted(Self.hello)).when(.upsert(other)).then(.upserted(other))
    }

    @Test func `is deleted once, and may come again`() {
        given(BotCommand.self).when(.delete).then()
        given(BotCommand.self, .upserted(Self.hello)).when(.delete).then(.deleted)
        given(BotCommand.self, .upserted(Self.hello), .deleted).when(.delete).then()
        given(BotCommand.self, .upserted(Self.hello), .deleted).when(.upsert(Self.hello)).then(.upserted(Self.hello))
    }
}
