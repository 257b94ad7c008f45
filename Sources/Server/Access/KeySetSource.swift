import Foundation
import Synchronization

/// Where the key set comes from, and the set as it was read last. One that cannot be read leaves the last in force.
package final class KeySetSource: Sendable {
    /// How often a file is looked at, and how often an unknown key may ask a server for the set, at most.
    static let checkInterval = Duration.seconds(10)
    /// How often a server is asked without a cause, so that a key that was withdrawn is noticed.
    static let reloadInterval = Duration.seconds(300)

    package enum Origin: Sendable {
        case file(path: String)
        /// - load: returns the document; it ends in bounded time, by throwing if it must.
        case remote(load: @Sendable () async throws -> String)
    }

    private struct State {
        var keys = KeySet()
        var document: String?
        var stamp: FileStamp?
        var attemptedAt: ContinuousClock.Instant?
        var isLoading = false
        var waiting: [CheckedContinuation<Void, Never>] = []
        var problem: String?
    }

    private let origin: Origin
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())
    private let changes = Atomic<Int>(0)

    package init(_ origin: Origin, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        (self.origin, self.now) = (origin, now)
    }

    var keys: KeySet { state.withLock { $0.keys } }

    /// Grows when the set has changed.
    var version: Int { changes.load(ordering: .acquiring) }

    /// Why the set could not be read the last time; nil when it could.
    package var problem: String? { state.withLock { $0.problem } }

    /// Whether it is time to look whether the set has changed.
    var isDue: Bool { state.withLock { isDue($0, for: nil) } }

    /// Looks whether the set has changed, if it is time to. Ask at the start, to hear of a `problem` at once.
    package func refresh() async { await refresh(for: nil) }

    /// - Parameter token: one whose key the set may not know yet: reason to ask a server earlier.
    func refresh(for token: JSONWebToken?) async {
        guard begin(for: token) else { return await join(for: token) }
        do {
            try await load()
            finish(problem: nil)
        } catch is CancellationError {
            state.withLock { $0.attemptedAt = nil }
            finish(problem: problem)
        } catch {
            finish(problem: "the key set cannot be read from \(origin): \(error)")
        }
    }

    private func begin(for token: JSONWebToken?) -> Bool {
        state.withLock { state in
            guard isDue(state, for: token) else { return false }
            (state.attemptedAt, state.isLoading) = (now(), true)
            return true
        }
    }

    private func isDue(_ state: State, for token: JSONWebToken?) -> Bool {
        guard !state.isLoading else { return false }
        guard let attemptedAt = state.attemptedAt else { return true }
        let isUnknown = token.map { !state.keys.knows($0) } ?? false
        return now() - attemptedAt >= (isUnknown || origin.isFile ? Self.checkInterval : Self.reloadInterval)
    }

    /// Somebody else is asking: whoever needs the answer waits for it.
    private func join(for token: JSONWebToken?) async {
        await withCheckedContinuation { continuation in
            let isWaiting = state.withLock { state in
                let needsIt = state.document == nil || token.map { !state.keys.knows($0) } ?? false
                guard state.isLoading, needsIt else { return false }
                state.waiting.append(continuation)
                return true
            }
            if !isWaiting { continuation.resume() }
        }
    }

    private func load() async throws {
        switch origin {
        case .file(let path):
            let stamp = try FileStamp(path)
            guard stamp != state.withLock({ $0.stamp }) else { return }
            try await take(String(contentsOfFile: path, encoding: .utf8))
            state.withLock { $0.stamp = stamp }
        case .remote(let load): try await take(load())
        }
    }

    private func take(_ document: String) async throws {
        guard document != state.withLock({ $0.document }) else { return }
        let keys = try await KeySet(document)
        state.withLock { ($0.keys, $0.document) = (keys, document) }
        changes.add(1, ordering: .releasing)
    }

    private func finish(problem: String?) {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            (state.isLoading, state.problem) = (false, problem)
            return state.waiting
        }
        for continuation in waiting { continuation.resume() }
    }
}

extension KeySetSource.Origin: CustomStringConvertible {
    package var description: String {
        switch self {
        case .file(let path): path
        case .remote: "its server"
        }
    }

    var isFile: Bool { if case .file = self { true } else { false } }
}

/// What changes when a file is written or replaced.
private struct FileStamp: Equatable {
    private let writtenAt: Date?, bytes: Int, inode: Int

    /// Of the file that a link leads to: a link is how some exchange files.
    init(_ path: String) throws {
        guard access(path, R_OK) == 0 else { throw KeySet.Unreadable(description: String(cString: strerror(errno))) }
        let attributes: [FileAttributeKey: Any]
        do {
            let target = URL(filePath: path).resolvingSymlinksInPath().path
            attributes = try FileManager.default.attributesOfItem(atPath: target)
        } catch {
            throw KeySet.Unreadable(description: error.localizedDescription)
        }
        bytes = (attributes[.size] as? NSNumber)?.intValue ?? 0
        guard bytes <= KeySet.bytesMax else {
            throw KeySet.Unreadable(description: "it has more than \(KeySet.bytesMax) bytes")
        }
        writtenAt = attributes[.modificationDate] as? Date
        inode = (attributes[.systemFileNumber] as? NSNumber)?.intValue ?? 0
    }
}
