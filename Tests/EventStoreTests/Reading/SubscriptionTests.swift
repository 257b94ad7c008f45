import EventStore
import Testing
import TestTools

@Suite("A subscription", .timeLimit(.minutes(1)))
struct SubscriptionTests {
    private func collect(_ journal: Journal, after position: Int, count: Int) async throws -> [Int] {
        var positions: [Int] = []
        for try await events in journal.subscribe(after: position) {
            #expect(events.count <= Subscription.batchMax)
            positions += events.map(\.position)
            if positions.count >= count { break }
        }
        return positions
    }

    @Test(arguments: [0, 700, 1_200])
    func `catches up and goes on, without a gap and without repeating`(start: Int) async throws {
        try await withJournal { journal in
            _ = try await journal.append(.numbered(0..<1_200), to: .bot(99), expected: .any)
            let total = 1_200 + 16 * 40
            async let first = collect(journal, after: start, count: total - start)
            async let second = collect(journal, after: start, count: total - start)
            await withTaskGroup(of: Void.self) { group in
                for writer in 0..<16 {
                    group.addTask {
                        for _ in 0..<40 { _ = try? await journal.append([.sample()], to: .bot(writer), expected: .any) }
                    }
                }
            }
            #expect(try await first == Array((start + 1)...total))
            #expect(try await second == Array((start + 1)...total))
        }
    }

    @Test func `waits when there is nothing, and ends when its task is cancelled`() async throws {
        try await withJournal { journal in
            _ = try await journal.append([.sample()], to: .bot(), expected: .any)
            let seen = Shared([Int]())
            await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    for try await events in journal.subscribe(after: 0) {
                        seen.change { $0 += events.map(\.position) }
                    }
                }
                while seen.value.isEmpty { await Task.yield() }
                group.cancelAll()
            }
            #expect(seen.value == [1])
        }
    }

    @Test(arguments: 0..<5)
    func `ends without an error when the journal is closed, idle or busy`(writers: Int) async throws {
        let directory = try TemporaryDirectory()
        let journal = try Journal.open(directory: directory.path)
        let seen = Shared([Int]())
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<writers {
                group.addTask {
                    while (try? await journal.append([.sample()], to: .bot(), expected: .any)) != nil {}
                }
            }
            group.addTask {
                do {
                    for try await events in journal.subscribe(after: 0) {
                        seen.change { $0 += events.map(\.position) }
                    }
                } catch {
                    Issue.record(error)
                }
            }
            try? await Task.sleep(for: .milliseconds(30))
            journal.close()
        }
        let positions = seen.value
        #expect(positions == Array(0..<positions.count).map { $0 + 1 })
    }
}

@Suite("The doorbell", .timeLimit(.minutes(1)))
struct DoorbellTests {
    @Test func `lets through whoever waits for what has been reached`() async {
        let bell = Doorbell(position: 5)
        #expect(await bell.wait(for: 5))
        async let waiting = bell.wait(for: 7)
        bell.ring(6)
        bell.ring(3)
        #expect(bell.position == 6)
        bell.ring(9)
        #expect(await waiting)
    }

    @Test func `answers no to whoever was cancelled or closed out`() async {
        let bell = Doorbell(position: 0)
        let cancelled = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<100 { group.addTask { await bell.wait(for: 1) } }
            await Task.yield()
            group.cancelAll()
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(cancelled == Array(repeating: false, count: 100))
        async let waiting = bell.wait(for: 1)
        await Task.yield()
        bell.close()
        #expect(await !waiting)
        #expect(await !bell.wait(for: 1))
    }

    @Test func `loses nobody in a storm of rings and cancellations`() async {
        let bell = Doorbell(position: 0)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<2_000 {
                group.addTask {
                    let task = Task { await bell.wait(for: number % 500) }
                    if number % 3 == 0 { task.cancel() }
                    let reached = await task.value
                    if number % 3 != 0 { #expect(reached) }
                }
            }
            for position in 1...500 {
                bell.ring(position)
                if position % 50 == 0 { await Task.yield() }
            }
        }
    }
}
