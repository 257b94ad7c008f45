import Domain
import TestTools
import Testing

@Suite("A command's template")
struct ResponseTemplateTests {
    private func filled(_ text: String, pick: Int = 0) throws -> String {
        try ResponseTemplate(text).filled({ "<\($0.rawValue)>" }, pick: { _ in pick })
    }

    @Test func `has its variables filled in, and the rest as it is`() throws {
        #expect(try filled("") == "")
        #expect(try filled("hello") == "hello")
        #expect(try filled("Hi {user}, {count}. call on {platform}!") == "Hi <user>, <count>. call on <platform>!")
        #expect(try filled("{channel}{uptime}") == "<channel><uptime>")
        #expect(try filled("a } b") == "a } b", "a brace that closes nothing is only a brace")
        #expect(try filled("{random:heads, tails ,edge}", pick: 1) == "tails")
        #expect(try filled("🎲 {random:⚀}") == "🎲 ⚀")
    }

    @Test func `is not filled in twice`() throws {
        let text = try ResponseTemplate("{user}").filled({ _ in "{count}" }, pick: { _ in 0 })
        #expect(text == "{count}", "a user may be named like a variable")
    }

    @Test func `offers every choice, and no more than there are`() throws {
        let template = try ResponseTemplate("{random:a,b,c}")
        var asked: [Int] = []
        _ = template.filled(
            { _ in "" },
            pick: {
                asked.append($0)
                return 2
            })
        #expect(asked == [3])
    }

    @Test func `says everything that is wrong with it, and what was meant`() {
        func messages(_ text: String) -> [String] {
            do throws(ResponseTemplate.Wrong) {
                _ = try ResponseTemplate(text)
                return []
            } catch {
                return error.messages
            }
        }
        #expect(messages("{usr}").first?.contains("knows no {usr}: did you mean {user}?") == true)
        #expect(messages("{}").first?.contains("{random:a,b,c}") == true)
        #expect(messages("{zebra}").first?.contains("did you mean") == false)
        #expect(messages("{User} {user").count == 2)
        #expect(messages("{user").first?.contains("never closed") == true)
        for text in ["{random:}", "{random:a,,b}", "{random: }"] {
            #expect(messages(text) == ["has an empty choice: write them as in {random:heads,tails}"], "\(text)")
        }
        #expect(messages("{random}").first?.contains("did you mean {random:a,b,c}?") == true)
        #expect(messages("{{user}}").count == 1)
    }

    @Test(arguments: 0..<100)
    func `is read or refused, whatever it is made of`(seed: UInt64) {
        var random = SeededRandom(seed: seed)
        let pieces = ["{", "}", "user", "random:", ",", "a", " ", "{user}", "é", ":"]
        let text = (0..<20).map { _ in random.pick(pieces) }.joined()
        guard let template = try? ResponseTemplate(text) else { return }
        #expect(template.filled({ "{\($0.rawValue)}" }, pick: { _ in 0 }).count <= text.count)
    }
}

@Suite("A command's name and roles")
struct CommandVocabularyTests {
    @Test(arguments: ["a", "hello", "so-2_x", "0", String(repeating: "x", count: 32)])
    func `are taken`(name: String) throws {
        #expect(CommandName(rawValue: name) != nil)
        #expect(try name.wholeMatch(of: Regex(CommandName.pattern)) != nil)
    }

    @Test(arguments: ["", "!so", "So", "a b", "a:b", "é", "a\n", "*", String(repeating: "x", count: 33)])
    func `are refused`(name: String) throws {
        #expect(CommandName(rawValue: name) == nil)
        #expect(try name.wholeMatch(of: Regex(CommandName.pattern)) == nil)
    }

    @Test func `stand in the product's order, the highest first`() {
        let names = ["broadcaster", "moderator", "vip", "subscriber", "follower", "everyone"]
        #expect(CommandRole.allCases.map(\.rawValue) == names)
        #expect(CommandRole.allCases.sorted(by: >) == CommandRole.allCases)
    }

    @Test func `never mix an account up with all of them`() throws {
        for account in ["global", "acct_1"] {
            let scope = CommandScope.account(AccountID(stored: account))
            #expect(CommandScope(stored: scope.key) == scope && scope.key != CommandScope.global.key)
        }
        #expect(CommandScope(stored: CommandScope.global.key) == .global)
        #expect(AccountID(rawValue: CommandScope.global.key) == nil)
        let name = CommandName(stored: "so")
        #expect(EntityID.botCommand(.global, name).description == "bot_command-*:so")
        #expect(EntityID.botCommand(.global, name).account == nil)
        let own = EntityID.botCommand(.account(AccountID(stored: "acct_1")), name)
        #expect(own.description == "bot_command-acct_1:so" && own.account?.rawValue == "acct_1")
    }

    @Test func `list platforms once, in the product's order`() {
        let definition = BotCommand.Definition(response: "x", platforms: [.discord, .twitch, .discord])
        #expect(definition.platforms == [.twitch, .discord])
    }
}
