import BotModules
import Domain
import Server
import Synchronization
import Worker

/// A backtest over the lines of a file: what it prints, and what it counts. Lines that cannot be read stop nothing.
final class BacktestRun: Sendable {
    private static let chunkBytes = 1 << 16

    let format: ChatFormat
    /// Prints what did not change, too.
    let printsAll: Bool
    let compares: Bool
    private let state: Mutex<BacktestState>
    private let unreadable: UnreadableLines
    private let account = AccountID(stored: "account")

    init(
        _ proposed: SettingsFile, against current: SettingsFile?, input: String, _ format: ChatFormat, printsAll: Bool
    ) {
        (self.format, self.printsAll, compares) = (format, printsAll, current != nil)
        unreadable = UnreadableLines(of: input)
        let backtest = Backtest(
            CompiledModules(proposed.modules), against: current.map { CompiledModules($0.modules) })
        state = Mutex(BacktestState(backtest: backtest))
    }

    func read(_ number: Int, _ line: LineFile.Line) {
        do {
            guard let message = try format.message(line, account: account) else { return }
            state.withLock { $0.print(text(of: $0.backtest.judge(message)), Self.chunkBytes) }
        } catch {
            unreadable.add(number, error)
        }
    }

    /// nil when it is not to be printed.
    private func text(of comparison: Backtest.Comparison) -> String? {
        if compares { return printsAll || comparison.differs ? comparison.jsonLine : nil }
        let judged = JudgedMessage(comparison.message, comparison.proposed)
        return printsAll || judged.verdict != nil ? judged.jsonLine : nil
    }

    /// Prints what waits, and tells on standard error how it went.
    func finish(asJSON: Bool) {
        if !asJSON { unreadable.sum() }
        state.withLock { state in
            state.print(nil, 0)
            StandardError.write(asJSON ? state.summary(compares, unreadable.count) : state.words(compares))
        }
    }
}

private struct BacktestState {
    var backtest: Backtest
    var output: [UInt8] = []

    mutating func print(_ line: String?, _ chunkBytes: Int) {
        if let line {
            output.append(contentsOf: line.utf8)
            output.append(UInt8(ascii: "\n"))
        }
        guard !output.isEmpty, output.count >= chunkBytes else { return }
        StandardOutput.write(bytes: output)
        output.removeAll(keepingCapacity: true)
    }

    /// For people.
    func words(_ compares: Bool) -> String {
        let hits = "botcontrol: \(backtest.messages) messages, \(Self.words(backtest.proposed))"
        guard compares else { return hits }
        return "\(hits), against \(Self.words(backtest.current)): \(backtest.differing) differ"
    }

    private static func words(_ counts: Backtest.Counts) -> String {
        let modules = counts.hitsByModule.map { "\($0.key.rawValue) \($0.value)" }.sorted()
        return "\(counts.hits) hits" + (modules.isEmpty ? "" : " (\(modules.joined(separator: ", ")))")
    }

    /// For machines: one line of JSON.
    func summary(_ compares: Bool, _ unreadableCount: Int) -> String {
        var writer = JSONWriter()
        writer.object { object in
            object.member("messages", backtest.messages)
            object.name("proposed")
            backtest.proposed.encode(into: &object)
            if compares {
                object.name("current")
                backtest.current.encode(into: &object)
                object.member("differing", backtest.differing)
            }
            object.member("unreadable_lines", unreadableCount)
        }
        return writer.text
    }
}
