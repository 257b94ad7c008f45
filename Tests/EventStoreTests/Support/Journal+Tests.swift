import EventStore
import Foundation
import GRDB
import Testing
import TestTools

/// Lends a journal in a directory of its own, or in the given one, and closes it afterwards.
func withJournal<Value>(
    in directory: TemporaryDirectory? = nil, options: Journal.Options = Journal.Options(),
    _ body: (Journal) async throws -> Value
) async throws -> Value {
    let directory = try directory ?? TemporaryDirectory()
    let journal = try Journal.open(directory: directory.path, options: options)
    defer { journal.close() }
    return try await body(journal)
}

extension TemporaryDirectory {
    /// The file of a closed journal, in the hands of somebody who wants to change it.
    func withRawDatabase<Value>(_ body: (Database) throws -> Value) throws -> Value {
        var configuration = Configuration()
        configuration.foreignKeysEnabled = false
        let queue = try DatabaseQueue(path: file(Journal.fileName), configuration: configuration)
        defer { try? queue.close() }
        return try queue.writeWithoutTransaction(body)
    }
}

extension Journal {
    /// Everything, read by the plainest statement there is.
    func allEvents() throws -> [RecordedEvent] { try readAll(EventFilter(), limit: .max).events }

    /// Appends one event in each of many concurrent tasks, and returns what each of them got.
    func race(
        _ count: Int, _ append: @escaping @Sendable (Journal, Int) async throws -> AppendResult
    ) async -> [Result<AppendResult, any Error>] {
        await withTaskGroup(of: (Int, Result<AppendResult, any Error>).self) { group in
            for number in 0..<count {
                group.addTask {
                    do { return (number, .success(try await append(self, number))) } catch {
                        return (number, .failure(error))
                    }
                }
            }
            var results: [(Int, Result<AppendResult, any Error>)] = []
            for await result in group { results.append(result) }
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// What must hold of every journal at any time: no gaps, growing ids, and the tree over the stored rows.
    func expectSound(_ location: SourceLocation = #_sourceLocation) throws {
        let events = try allEvents()
        var revisions: [Int: Int] = [:]
        var previous: RecordedEvent?
        for event in events {
            let expected = revisions[event.streamNumber, default: -1] + 1
            guard event.position == (previous?.position ?? 0) + 1, event.revision == expected,
                previous.map({ $0.id.description < event.id.description && $0.recordedAt <= event.recordedAt }) ?? true,
                event.recomputedLeafHash() == event.leafHash
            else {
                Issue.record("\(event) does not follow \(String(describing: previous))", sourceLocation: location)
                return
            }
            revisions[event.streamNumber] = event.revision
            previous = event
        }
        let frontier = try frontier()
        #expect(frontier.size == events.count, sourceLocation: location)
        #expect(frontier.root.description == MerkleTree.head(events), sourceLocation: location)
    }
}

extension [Result<AppendResult, any Error>] {
    var successes: [AppendResult] { compactMap { try? $0.get() } }

    var failures: [any Error] {
        compactMap { if case .failure(let error) = $0 { error } else { nil } }
    }
}
