import Domain
import Testing

@testable import Runtime

@Suite("The security log")
struct SecurityLogTests {
    private let directory = try! TestDirectory()

    private func store(_ limits: RuntimeStore.Limits = RuntimeStore.Limits()) throws -> RuntimeStore {
        try directory.open(limits)
    }

    private func pass(seconds: Int) { directory.advance(seconds: seconds) }

    private func refused(_ address: String, _ operation: String = "listEvents") -> SecurityRecord {
        SecurityRecord(.unauthenticated, by: nil, from: address, operation: operation, code: "unauthorized")
    }

    @Test func `counts what is the same within a minute, and begins anew after it`() async throws {
        let store = try store()
        for _ in 0..<3 {
            store.record(refused("192.0.2.1"), target: "GET /v1/audit/events", detail: "who are you?")
            pass(seconds: 10)
        }
        store.record(refused("192.0.2.2"), target: "GET /", detail: nil)
        pass(seconds: 60)
        store.record(refused("192.0.2.1"), target: "GET /later", detail: nil)
        let lines = try await store.securityLines(SecurityFilter(), limit: 10).lines
        #expect(lines.map(\.count) == [1, 1, 3])
        #expect(lines[2].target == "GET /v1/audit/events" && lines[2].detail == "who are you?")
        #expect(lines[2].lastAt.seconds(since: lines[2].firstAt) == 20)
        #expect(lines.map(\.record.address) == ["192.0.2.1", "192.0.2.2", "192.0.2.1"])
        store.close()
        let again = try self.store()
        #expect(try await again.securityLines(SecurityFilter(), limit: 10).lines == lines)
        again.close()
    }

    @Test func `tells exports apart by what they took`() async throws {
        let store = try store()
        let export = SecurityRecord(.auditExport, by: nil, from: nil, operation: "listEvents")
        for query in ["?a", "?b", "?b"] { store.record(export, target: "GET /v1/audit/events" + query) }
        #expect(try await store.securityLines(SecurityFilter(), limit: 10).lines.map(\.count) == [2, 1])
        store.close()
    }

    @Test func `is not filled by a flood, and keeps the lines of other kinds`() async throws {
        var limits = RuntimeStore.Limits()
        limits.securityLinesMax = 400
        let store = try store(limits)
        let read = SecurityRecord(.auditRead, by: nil, from: nil, operation: "getEvent")
        store.record(read, target: "GET /v1/audit/events/1")
        for minute in 0..<5 {
            for number in 0..<3_000 {
                store.record(refused("10.0.\(minute).\(number)"), target: "GET /", detail: nil)
            }
            let others = try await store.securityLines(SecurityFilter(), limit: 1).lines
            #expect(others.first?.record == .others(.unauthenticated) && (others.first?.count ?? 0) >= 2_000)
            pass(seconds: 61)
        }
        store.record(read, target: "GET /v1/audit/events/2")
        var filter = SecurityFilter()
        let all = try await store.securityLines(filter, limit: 500).lines
        #expect(all.count <= 102, "\(all.count)")
        filter.kind = .auditRead
        #expect(try await store.securityLines(filter, limit: 10).lines.count == 2)
        store.close()
    }

    @Test func `finds lines by who, where and when, page by page`() async throws {
        let store = try store()
        let caller = Caller(
            actor: Actor(kind: .user, id: "u1"), account: AccountID(stored: "acct_1"), role: nil, permissions: [],
            isSystemAdmin: false, isSystemKey: false)
        for number in 0..<5 {
            store.record(
                SecurityRecord(.forbidden, by: caller, from: "192.0.2.1", operation: "op\(number)", code: "forbidden"),
                target: "GET /\(number)")
            pass(seconds: 100)
        }
        store.record(refused("192.0.2.9"), target: "GET /", detail: nil)
        var filter = SecurityFilter()
        filter.actor = "u1"
        let first = try await store.securityLines(filter, limit: 3)
        #expect(first.lines.map(\.record.operation) == ["op4", "op3", "op2"])
        let second = try await store.securityLines(filter, before: first.next, limit: 3)
        #expect(second.lines.map(\.record.operation) == ["op1", "op0"] && second.next == nil)
        filter.from = Timestamp(microseconds: 1_800_000_000_000_000).adding(seconds: 150)
        filter.to = Timestamp(microseconds: 1_800_000_000_000_000).adding(seconds: 350)
        #expect(
            try await store.securityLines(filter, limit: 10).lines.map(\.record.operation) == ["op3", "op2"])
        filter = SecurityFilter()
        filter.account = AccountID(stored: "acct_2")
        #expect(try await store.securityLines(filter, limit: 10).lines == [])
        store.close()
    }

    @Test func `lets go of what is old, and bounds what it is told`() async throws {
        let store = try store()
        store.record(refused("a"), target: "GET /old", detail: nil)
        store.persistSecurity()
        pass(seconds: 100 * 86_400)
        store.record(
            refused("b"), target: String(repeating: "x", count: 10_000), detail: String(repeating: "y", count: 10_000))
        let lines = try await store.securityLines(SecurityFilter(), limit: 10).lines
        #expect(lines.count == 1 && lines[0].target.count == 300 && lines[0].detail?.count == 300)
        store.close()
    }
}
