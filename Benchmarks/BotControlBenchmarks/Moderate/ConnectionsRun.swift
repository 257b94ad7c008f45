import ArgumentParser
import Domain
import Foundation
import PlatformStage
import Platforms
import Synchronization
import Worker

/// Chat that comes over many sockets at once, each of its own channel, and is judged by its account's settings: a fake
/// Trovo and a worker's ears and moderator, in one process and over real sockets.
struct ConnectionsRun: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "connections")

    @Option var connections = 1_900
    @Option(help: "Messages a second, over all of them.") var rate = 5_000
    @Option var seconds = 10
    @Flag var tls = false

    func run() async throws {
        let trovo = try await FakeTrovo.start(tls: tls)
        let ears = Trovo.connection(
            APIClient(authorityFile: trovo.endpoints.authorityFile), endpoints: trovo.endpoints,
            bot: BotCredentials(
                clientID: trovo.clientID, token: trovo.token, userID: trovo.bot.id, login: trovo.bot.name)
        ).ears
        let book = LateBook(count: rate * seconds)
        let moderator = Moderator(
            Moderator.Configuration(worker: "bench"), live: try ChatAccounts.live(connections, on: .trovo)
        ) { _ in
        } report: { _ in
        }
        for number in 0..<connections { ears.join(ChatAccounts.channel(number, on: .trovo), login: "") }
        let listening = Task {
            await ears.listen { event in
                guard case .message(let message) = event else { return }
                moderator.receive(message)
                book.arrived(message)
            }
        }
        try await wait(seconds: 120) { trovo.listenerCount == connections }
        let elapsed = await send(trovo, book)
        try await wait(seconds: 30) { book.arrivedCount == rate * seconds }
        report(book.late, elapsed)
        listening.cancel()
        Foundation.exit(0)
    }

    private func wait(seconds: Int, until isSo: () -> Bool) async throws {
        for _ in 0..<(20 * seconds) {
            if isSo() { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw ValidationError("after \(seconds) s it had not come to that")
    }

    /// Every tenth message has a word that is blocked.
    private func send(_ trovo: FakeTrovo, _ book: LateBook) async -> Double {
        let texts = ChatLog.generated(count: 800).messages.map(\.text)
        return await withUnsafeContinuation { continuation in
            Thread {
                let started = DispatchTime.now().uptimeNanoseconds
                for number in 0..<(rate * seconds) {
                    let due = started + UInt64(number) * 1_000_000_000 / UInt64(rate)
                    while DispatchTime.now().uptimeNanoseconds < due { usleep(100) }
                    book.send(number, due: due)
                    let text = texts[number % texts.count] + (number % 10 == 0 ? " vorka" : "")
                    trovo.say("\(text) \(number)", by: "viewer\(number % 200)", in: "c\(number % connections)")
                }
                continuation.resume(returning: Double(DispatchTime.now().uptimeNanoseconds - started) / 1e9)
            }.start()
        }
    }

    private func report(_ late: [UInt32], _ elapsed: Double) {
        let sorted = late.sorted()
        func milliseconds(_ share: Double) -> Double {
            Double(sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]) / 1e6
        }
        let fields = [
            #""suite":"connections""#, #""side":"ours""#, #""connections":\#(connections)"#,
            #""rate":\#(Double(late.count) / elapsed)"#, #""p50_ms":\#(milliseconds(0.5))"#,
            #""p99_ms":\#(milliseconds(0.99))"#,
        ]
        print("{\(fields.joined(separator: ","))}")
    }
}

/// How late each message was judged, from when it was due to be sent.
private final class LateBook: Sendable {
    private struct State {
        var due: [UInt64]
        var late: [UInt32] = []
    }

    private let state: Mutex<State>

    init(count: Int) {
        state = Mutex(State(due: Array(repeating: 0, count: count)))
    }

    func send(_ number: Int, due: UInt64) { state.withLock { $0.due[number] = due } }

    /// Its number is its last word.
    func arrived(_ message: ChatMessage) {
        guard let number = message.text.split(separator: " ").last.flatMap({ Int($0) }) else { return }
        let now = DispatchTime.now().uptimeNanoseconds
        state.withLock { $0.late.append(UInt32(clamping: now - $0.due[number])) }
    }

    var arrivedCount: Int { state.withLock { $0.late.count } }
    var late: [UInt32] { state.withLock { $0.late } }
}
