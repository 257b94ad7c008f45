import Domain
import Foundation
import Logging
import Redis
import ServiceLifecycle
import Worker

/// Where a worker's chat comes from.
enum ChatInput: Equatable {
    /// A file of lines; `-` for standard input.
    case lines(String)
    /// The stream in the feed's own Redis.
    case redis

    init(_ text: String) {
        self = text == "redis" ? .redis : .lines(text)
    }
}

/// Reads lines of chat once the worker knows what to do about them, and ends with them.
struct LinesService: Service {
    let path: String
    let format: ChatFormat
    let account: AccountID?
    let live: LiveSet
    let receive: @Sendable (ChatMessage) -> Void

    func run() async throws {
        do {
            try await cancelWhenGracefulShutdown { try await read() }
        } catch is CancellationError {
            // Asked to stop before the chat's end, which is no failure.
        }
    }

    private func read() async throws {
        await live.waitUntilCaughtUp()
        let unreadable = UnreadableLines(of: path)
        defer { unreadable.sum() }
        try await LineFile(path).read { [format, account, receive] number, line in
            do {
                if let message = try format.message(line, account: account) { receive(message) }
            } catch {
                unreadable.add(number, error)
            }
        }
    }
}

extension LiveSet {
    /// Returns once the feed has said that everything is known, or the task is cancelled.
    func waitUntilCaughtUp() async {
        while !Task.isCancelled, !read({ $0.isCaughtUp }) { try? await Task.sleep(for: .milliseconds(20)) }
    }
}
