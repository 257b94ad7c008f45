import BotModules
import Domain
import Server
import Synchronization
import Worker

/// A backtest over the lines of a file: what it prints, and what it counts. Lines that cannot be read stop nothing.
final class BacktestRun: Sendable {
    /// So many lines that cannot be read are named, with the reason; the others are counted.
    static let namedMax = 20
    private static let chunkBytes = 1 << 16

    private struct State {
        var backtest: Backtest
        var output: [UInt8] = []
        var unreadable: [(line: Int, reason: String)] = []
        var unreadableCount = 0
    }

    let format: ChatFormat
    /// Prints what did not change, too.
    let printsAll: Bool
    let compares: Bool
    private let state: Mutex<State>
    private let account = AccountID(stored: "backtest")

    init(_ proposed: SettingsFile, against current: SettingsFile?, _ format: ChatFormat, printsAll: Bool) {
        (self.format, self.printsAll, compares) = (format, printsAll, current != nil)
        let backtest = Backtest(
            CompiledModules(proposed.modules), against: current.map { CompiledModules($0.modules) })
        state = Mutex(State(backtest: backtest))
    }

    func read(_ number: Int, _ line: LineFile.Line) {
        state.withLock { state in
            do throws(ChatFormat.Unreadable) {
                guard let message = try format.message(line, account: account) else { return }
                state.print(text(of: state.backtest.judge(message)), Self.chunkBytes)
            } catch {
                state.unreadableCount += 1
                if state.unreadable.count < Self.namedMax { state.unreadable.append((number, error.reason)) }
            }
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
        state.withLock { state in
            state.print(nil, 0)
            StandardError.write(asJSON ? state.summary(compares) : state.words(compares))
        }
    }
}

extension BacktestRun.State {
    fileprivate mutating func print(_ line: String?, _ chunkBytes: Int) {
        if let line {
            output.append(contentsOf: line.utf8)
            output.append(UInt8(ascii: "\n"))
        }
        guard !output.isEmpty, output.count >= chunkBytes else { return }
        StandardOutput.write(bytes: output)
        output.removeAll(keepingCapacity: true)
    }

    /// For people.
    fileprivate func words(_ compares: Bool) -> String {
        var lines = unreadable.map { "line \($0.line) cannot be read: \($0.reason)" }
        lines.append("\(backtest.messages) messages, \(Self.words(backtest.proposed))")
        if compares { lines.append("against \(Self.words(backtest.current)); \(backtest.differing) messages differ") }
        if unreadableCount > 0 { lines.append("\(unreadableCount) lines could not be read") }
        return lines.map { "botcontrol: \($0)" }.joined(separator: "\n")
    }

    private static func words(_ counts: Backtest.Counts) -> String {
        let modules = counts.hitsByModule.map { "\($0.key.rawValue) \($0.value)" }.sorted()
        return "\(counts.hits) hits" + (modules.isEmpty ? "" : " (\(modules.joined(separator: ", ")))")
    }

    /// For machines: one line of JSON.
    fileprivate func summary(_ compares: Bool) -> String {
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
            object.member("unreadable", unreadableCount)
            object.name("unreadable_lines")
            object.array { array in
                for line in unreadable {
                    array.object {
                        $0.member("line", line.line)
                        $0.member("reason", line.reason)
                    }
                }
            }
        }
        return writer.text
    }
}
