import Domain
import Foundation
import GRDB
import Runtime
import Testing

@Suite("The moderation log")
struct ModerationLogTests {
    let directory = try! TestDirectory()

    private func record(
        _ number: Int, _ platform: Platform = .twitch, account: Int = 1, login: String = "ann",
        module: String = "word_filter", action: ChatAction.Name = .delete,
        outcome: ModerationRecord.Outcome = .done
    ) -> ModerationRecord {
        ModerationRecord(
            at: directory.now, worker: "w1",
            channel: ChatChannel(platform: platform, accountID: .test(account), id: "c\(account)"),
            messageID: "m\(number)", author: ChatUser(id: "u\(login)", login: login, name: login), text: "buy",
            module: module, rule: "blocked_words", action: action, reason: "blocked", outcome: outcome)
    }

    private func ids(
        _ store: RuntimeStore, before id: Int? = nil, limit: Int = 500,
        _ set: (inout ModerationFilter) -> Void = { _ in }
    ) async throws -> [String] {
        var filter = ModerationFilter()
        set(&filter)
        return try messageIDs(await store.moderation(filter, before: id, limit: limit).lines)
    }

    private func messageIDs(_ lines: [ModerationLine]) throws -> [String] {
        try lines.map { line in
            let json = try JSONParser.parse(line.bytes)
            #expect(json["id"]?.integer == line.id)
            return json["message_id"]?.string ?? ""
        }
    }

    @Test func `tells the newest first, a page at a time, be they written or not`() async throws {
        let store = try directory.open()
        defer { store.close() }
        for number in 0..<7 {
            _ = store.record([record(number)])
            if number == 3 { store.persistModeration() }
        }
        var cursor: Int?, seen: [String] = [], pages = 0
        repeat {
            let page = try await store.moderation(ModerationFilter(), before: cursor, limit: 3)
            seen += try messageIDs(page.lines)
            cursor = page.next
            pages += 1
        } while cursor != nil
        #expect(seen == (0..<7).reversed().map { "m\($0)" } && pages == 3)
        store.persistModeration()
        #expect(try await ids(store) == seen)
    }

    @Test(arguments: [false, true])
    func `finds what is asked for`(isWritten: Bool) async throws {
        let store = try directory.open()
        defer { store.close() }
        _ = store.record([
            record(0), record(1, .kick, account: 2), record(2, login: "Bob"), record(3, module: "timed_messages"),
            record(4, action: .timeout), record(5, outcome: .failed),
        ])
        directory.advance(seconds: 10)
        let late = directory.now
        _ = store.record([record(6)])
        if isWritten { store.persistModeration() }
        #expect(try await ids(store) { $0.platform = .kick } == ["m1"])
        #expect(try await ids(store) { $0.accountID = .test(2) } == ["m1"])
        #expect(try await ids(store) { $0.channelID = "c2" } == ["m1"])
        #expect(try await ids(store) { $0.user = "bOB" } == ["m2"])
        #expect(try await ids(store) { $0.user = "uBob" } == ["m2"])
        #expect(try await ids(store) { $0.module = "timed_messages" } == ["m3"])
        #expect(try await ids(store) { $0.action = .timeout } == ["m4"])
        #expect(try await ids(store) { $0.outcome = .failed } == ["m5"])
        #expect(try await ids(store) { $0.from = late } == ["m6"])
        #expect(try await ids(store) { $0.to = late }.count == 6)
        #expect(try await ids(store) { ($0.platform, $0.user) = (.kick, "bob") }.isEmpty)
    }

    @Test func `tells what followed a line, oldest first, as far as it reaches`() async throws {
        let store = try directory.open()
        defer { store.close() }
        for number in 0..<6 {
            _ = store.record([record(number)])
            if number == 2 { store.persistModeration() }
        }
        let all = try await store.moderation(ModerationFilter(), limit: 10).lines.map(\.id)
        func after(_ id: Int, through last: Int = .max, limit: Int = 10) async throws -> [String] {
            try messageIDs(
                await store.moderation(ModerationFilter(), after: id, through: last, limit: limit))
        }
        #expect(try await after(0) == (0..<6).map { "m\($0)" })
        #expect(try await after(all[4]) == ["m2", "m3", "m4", "m5"])
        #expect(try await after(all[4], through: all[1]) == ["m2", "m3", "m4"])
        #expect(try await after(all[5], limit: 3) == ["m1", "m2", "m3"])
        #expect(try await after(.max).isEmpty)
    }

    @Test func `loses nothing that was written when the process is killed, and numbers on`() async throws {
        let store = try directory.open()
        _ = store.record((0..<5).map { record($0) })
        store.persistModeration()
        _ = store.record([record(5)])
        let last = store.lastModerationID
        let killed = try directory.copy()
        #expect(try await ids(killed) == (0..<5).reversed().map { "m\($0)" }, "all but what came after the last batch")
        killed.close()
        let again = try directory.reopen(store)
        #expect(try await ids(again).count == 6 && again.lastModerationID == last)
        _ = again.record([record(6)])
        #expect(again.lastModerationID > last)
        again.close()
    }

    @Test func `keeps so many lines, and no older ones`() async throws {
        var limits = RuntimeStore.Limits()
        (limits.moderationLinesMax, limits.moderationSecondsMax) = (10, 3600)
        let store = try directory.open(limits)
        defer { store.close() }
        for batch in 0..<5 {
            _ = store.record((0..<4).map { record(batch * 4 + $0) })
            store.persistModeration()
        }
        #expect(try await ids(store) == (10..<20).reversed().map { "m\($0)" })
        directory.advance(seconds: 1800)
        _ = store.record([record(20)])
        directory.advance(seconds: 1801)
        store.persistModeration()
        #expect(try await ids(store) == ["m20"])
        // Also when nothing comes any more.
        directory.advance(seconds: 3600)
        store.persistModeration()
        #expect(try await ids(store).isEmpty)
    }

    @Test func `takes a record that comes again for the same`() async throws {
        let store = try directory.open()
        defer { store.close() }
        #expect(store.record([record(1), record(2), record(1)]).lines.count == 2)
        #expect(store.record([record(2)]).lines.isEmpty)
        #expect(try await ids(store) == ["m2", "m1"])
    }

    @Test func `goes on from memory while the disk refuses, and says what it loses`() async throws {
        let store = try directory.open()
        defer { store.close() }
        var configuration = Configuration()
        configuration.allowsUnsafeTransactions = true
        let locker = try DatabaseQueue(path: directory.file, configuration: configuration)
        try await locker.writeWithoutTransaction { db in try db.execute(sql: "BEGIN EXCLUSIVE") }
        _ = store.record([record(0)])
        store.persistModeration()
        #expect(store.writeProblem?.contains("moderation log could not be written") == true)
        #expect(try await ids(store) == ["m0"])
        var dropped = 0
        for part in 0..<120 {
            dropped += store.record((1...100).map { record(part * 100 + $0) }).droppedCount
        }
        #expect(dropped == 2_001)
        try await locker.writeWithoutTransaction { db in try db.execute(sql: "ROLLBACK") }
        try locker.close()
        store.persistModeration()
        #expect(store.writeProblem == nil)
        #expect(try await ids(store, limit: 2) == ["m12000", "m11999"])
        #expect(try await ids(store, limit: 20_000).count == 10_000)
    }

    @Test func `saves the place in a stream together with the lines from there`() throws {
        let store = try directory.open()
        #expect(store.reportPlace(in: "s") == nil)
        _ = store.record([record(0)], place: ReportPlace(source: "s", entry: "1-0"))
        store.persistModeration()
        _ = store.record([record(1)], place: ReportPlace(source: "s", entry: "2-0"))
        #expect(store.reportPlace(in: "s") == "2-0")
        let killed = try directory.copy()
        #expect(killed.reportPlace(in: "s") == "1-0", "what was not written is read again")
        killed.close()
        let again = try directory.reopen(store)
        #expect(again.reportPlace(in: "s") == "2-0")
        again.close()
    }

    @Test func `that is damaged refuses to be read, and takes what comes`() async throws {
        let store = try directory.open()
        defer { store.close() }
        _ = store.record([record(0)])
        store.persistModeration()
        let other = try DatabaseQueue(path: directory.file)
        try await other.write { try $0.execute(sql: "DROP TABLE moderation") }
        try other.close()
        await #expect(throws: RuntimeStoreError.self) {
            try await store.moderation(ModerationFilter(), limit: 5)
        }
        #expect(store.record([record(1)]).lines.count == 1)
        store.persistModeration()
        #expect(store.writeProblem != nil)
        store.record([(.test(1), .twitch, directory.now)])
        store.persist()
        #expect(store.lastHeartbeat(.test(1), .twitch) != nil)
    }
}
