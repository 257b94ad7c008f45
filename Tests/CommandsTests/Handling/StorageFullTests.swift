import Domain
import EventStore
import Testing
import TestTools

@testable import Commands

@Suite("A full disk")
struct StorageFullTests {
    private let entity = EntityID.bot(.one, .twitch)

    /// Extends the pause until there is no room for it; returns the last end that was recorded.
    private func fill(_ bench: Bench) async throws -> Timestamp? {
        let reason = String(repeating: "x", count: Bot.reasonLengthMax)
        var last: Timestamp?
        for number in 1...10_000 {
            let until = Timestamp.seconds(number)
            do { _ = try await bench.pause(reason: reason, until: until) } catch JournalError.storageFull {
                return last
            }
            last = until
        }
        return nil
    }

    @Test func `fails the command and leaves everything as it was, until there is room again`() async throws {
        let directory = try TemporaryDirectory()
        let last = try await Bench.with(in: directory, pagesMax: 40) { bench in
            try await bench.connect()
            let last = try await fill(bench)
            let state = try bench.handler.load(Bot.self, entity).state
            #expect(state.pause?.until == last)
            #expect(try state == bench.fold(Bot.self, entity))
            let long = String(repeating: "y", count: 5_000)
            await #expect(throws: JournalError.storageFull) {
                try await bench.pause(reason: long, until: .seconds(99_999))
            }
            return try #require(last)
        }
        try await Bench.with(in: directory) { bench in
            let state = try bench.handler.load(Bot.self, entity).state
            #expect(state.pause?.until == last)
            #expect(try await bench.resume().changed)
            #expect(try bench.fold(Bot.self, entity).pause == nil)
        }
    }
}
