import BotModules
import Domain
import Testing

@Suite("A backtest")
struct BacktestTests {
    private func modules(_ config: String) throws -> CompiledModules {
        CompiledModules([(try Given.settings(.wordFilter, config), true)])
    }

    @Test func `counts what both would do, and keeps what they would do differently`() throws {
        var chat = try Chat()
        var backtest = Backtest(
            try modules(#"{"blocked_words": ["bad", "worse"]}"#), against: try modules(#"{"blocked_words": ["bad"]}"#))
        for text in ["bad", "worse", "fine"] { _ = backtest.judge(chat.message(text)) }
        #expect(backtest.messages == 3)
        #expect(backtest.proposed.hits == 2 && backtest.current.hits == 1 && backtest.differing == 1)
        #expect(backtest.proposed.hitsByModule == [.wordFilter: 2])
        #expect(backtest.proposed.hitsByRule == [.blockedWords: 2] && backtest.proposed.hitsByAction == [.delete: 2])
        #expect(backtest.differences.map(\.message.text) == ["worse"])
        #expect(
            backtest.differences.first?.jsonLine.hasSuffix(#","reason":"the blocked word worse"},"against":null}"#)
                == true)
    }

    @Test func `keeps the first hundred`() throws {
        var chat = try Chat()
        var backtest = Backtest(try modules(#"{"blocked_words": ["bad"]}"#), against: CompiledModules([]))
        for index in 0..<150 { _ = backtest.judge(chat.message("bad \(index)")) }
        #expect(backtest.differing == 150 && backtest.differences.count == 100)
        #expect(backtest.differences.last?.message.text == "bad 99")
    }

    @Test func `knows no difference when there is nothing to compare with`() throws {
        var chat = try Chat()
        var backtest = Backtest(try modules(#"{"blocked_words": ["bad"]}"#))
        let comparison = backtest.judge(chat.message("bad"))
        #expect(comparison.proposed != nil)
        #expect(backtest.differing == 0 && backtest.proposed.hits == 1)
    }

    @Test func `takes the time from the messages, and each channel for itself`() throws {
        var chat = try Chat()
        let spam = CompiledModules([(try Given.settings(.spamProtection, #"{"max_repeated_messages": 1}"#), true)])
        var backtest = Backtest(spam)
        _ = backtest.judge(chat.message("hello"))
        var elsewhere = chat.message("hello")
        elsewhere.channel.id = "d"
        #expect(backtest.judge(elsewhere).proposed == nil)
        chat.pass(seconds: 31)
        let (later, copy) = (chat.message("hello"), chat.message("hello"))
        #expect(backtest.judge(later).proposed == nil)
        #expect(backtest.judge(copy).proposed != nil)
    }
}
