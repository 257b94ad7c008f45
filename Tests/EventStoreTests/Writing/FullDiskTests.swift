import EventStore
import Testing

@Suite("A full disk", .enabled(if: SmallDisk.isAvailable, "mounting a small file system takes root"))
struct FullDiskTests {
    private static let event = NewEvent.sample(data: String(repeating: "x", count: 3_000))

    /// Appends until the disk has no room, and returns how many went in and why no more did.
    private func appendUntilRefused(_ journal: Journal) async -> (count: Int, error: (any Error)?) {
        for count in 0..<2_000 {
            do { _ = try await journal.append([Self.event], to: .bot(count % 5), expected: .any) } catch {
                return (count, error)
            }
        }
        return (2_000, nil)
    }

    @Test func `is told to the callers, and forgotten once there is room`() async throws {
        let disk = try SmallDisk(kilobytes: 2_048)
        let journal = try Journal.open(directory: disk.path)
        let first = try await journal.append([Self.event], to: .bot(), expected: .noStream)
        #expect(first.position == 1)
        var total = 1
        for _ in 0..<3 {
            disk.fill()
            let (count, error) = await appendUntilRefused(journal)
            #expect(error as? JournalError == .storageFull, "\(String(describing: error))")
            total += count
            let more = await journal.race(40) { journal, _ in
                try await journal.append([Self.event, Self.event], to: .bot(9), expected: .any)
            }
            #expect(more.failures.allSatisfy { $0 as? JournalError == .storageFull }, "\(more.failures)")
            total += more.successes.count * 2
            #expect(journal.head == total)
            try journal.expectSound()

            try disk.free()
            let next = try await journal.append([Self.event], to: .bot(), expected: .streamExists)
            total += 1
            #expect(next.position == total)
        }
        journal.close()
        let reopened = try Journal.open(directory: disk.path)
        #expect(reopened.head == total)
        try reopened.expectSound()
        reopened.close()
    }

    @Test func `is the reason given when a journal cannot be opened on it`() async throws {
        let disk = try SmallDisk(kilobytes: 2_048)
        disk.fill()
        #expect(throws: JournalError.storageFull) { try Journal.open(directory: disk.path) }
        try disk.free()
        let journal = try Journal.open(directory: disk.path)
        _ = try await journal.append([Self.event], to: .bot(), expected: .noStream)
        journal.close()
        disk.fill()
        #expect(throws: JournalError.storageFull) { try Journal.open(directory: disk.path) }
        try disk.free()
        let reopened = try Journal.open(directory: disk.path)
        try reopened.expectSound()
        #expect(reopened.head == 1)
        reopened.close()
    }
}
