import EventStore
import Synchronization
import Testing

/// Keeps what it is shown, and acknowledges at once or when it is told.
private final class Recorder: CommitObserver {
    private struct State {
        var batches: [CommittedBatch] = []
        var waiting: [CommittedBatch] = []
        var isPatient: Bool
    }

    private let state: Mutex<State>

    init(patient: Bool) {
        state = Mutex(State(isPatient: patient))
    }

    var events: [RecordedEvent] { state.withLock { $0.batches.flatMap(\.events) } }
    var waitingCount: Int { state.withLock { $0.waiting.count } }

    func committed(_ batch: CommittedBatch) {
        let isPatient = state.withLock { state in
            state.batches.append(batch)
            if state.isPatient { state.waiting.append(batch) }
            return state.isPatient
        }
        if !isPatient { batch.acknowledge() }
    }

    func acknowledge() {
        let waiting = state.withLock { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for batch in waiting { batch.acknowledge() }
    }
}

@Suite("An observer of commits")
struct ObserverTests {
    @Test func `sees every event, in order, as it was stored`() async throws {
        try await withJournal { journal in
            let recorder = Recorder(patient: false)
            journal.observe(with: recorder)
            let results = await journal.race(1_000) { journal, number in
                try await journal.append(
                    .numbered(0..<(number % 3)), to: .bot(number % 7, account: "a\(number % 7)"),
                    expected: number % 5 == 0 ? .exactly(99_999) : .any)
            }
            #expect(results.successes.count == 800)
            let (seen, stored) = (recorder.events, try journal.allEvents())
            #expect(seen.count == stored.count)
            for (seen, stored) in zip(seen, stored) {
                #expect(seen.position == stored.position && seen.id == stored.id && seen.stream == stored.stream)
                #expect(seen.streamNumber == stored.streamNumber && seen.revision == stored.revision)
                #expect(seen.data == stored.data && seen.metadata == stored.metadata && seen.type == stored.type)
                #expect(seen.recordedAt == stored.recordedAt && seen.leafHash == stored.leafHash)
            }
        }
    }

    @Test func `answers the callers, and nobody else does`() async throws {
        try await withJournal { journal in
            let recorder = Recorder(patient: true)
            journal.observe(with: recorder)
            let answered = Shared(false)
            async let result = {
                let result = try await journal.append([.sample()], to: .bot(), expected: .any)
                answered.change { $0 = true }
                return result
            }()
            while recorder.waitingCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
            try await Task.sleep(for: .milliseconds(30))
            #expect(!answered.value)
            #expect(try journal.event(at: 1) != nil, "it is on disk before the observer sees it")
            recorder.acknowledge()
            #expect(try await result.position == 1)
        }
    }

    @Test func `holds up neither the next commit nor a refusal`() async throws {
        try await withJournal { journal in
            let recorder = Recorder(patient: true)
            journal.observe(with: recorder)
            async let first = journal.append([.sample()], to: .bot(1), expected: .any)
            while recorder.waitingCount == 0 { try await Task.sleep(for: .milliseconds(1)) }
            await #expect(throws: WrongExpectedRevision.self) {
                try await journal.append([.sample()], to: .bot(1), expected: .noStream)
            }
            async let second = journal.append([.sample()], to: .bot(2), expected: .any)
            while journal.head < 2 { try await Task.sleep(for: .milliseconds(1)) }
            while recorder.events.count < 2 { try await Task.sleep(for: .milliseconds(1)) }
            recorder.acknowledge()
            #expect(try await [first.position, second.position] == [1, 2])
        }
    }
}
