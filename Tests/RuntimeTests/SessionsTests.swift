import Domain
import Runtime
import Testing

@Suite("Sessions")
struct SessionsTests {
    let directory = try! TestDirectory()

    private static let caller = Caller(
        actor: Actor(kind: .user, id: "ada", display: "Ada \"\u{301}"), account: .test(1), role: "Owner",
        permissions: [.botControlRead, .auditRead], isSystemAdmin: false, isSystemKey: false)

    private func session(
        _ kind: Session.Kind = .browser, origin: Session.Origin = .server, seconds: Double = 100
    ) -> Session {
        Session(
            kind: kind, caller: Self.caller, origin: origin, createdAt: directory.now,
            expiresAt: directory.now.adding(seconds: seconds))
    }

    @Test func `are the same after a restart, until they expire`() throws {
        let store = try directory.open()
        try store.createSession(session(origin: .token(id: "t")), digest: .test(1))
        try store.createSession(session(.link, seconds: 10), digest: .test(2))
        #expect(store.session(.test(1), .browser)?.caller == Self.caller)
        #expect(store.session(.test(2), .browser) == nil, "a link is no session")
        let again = try directory.reopen(store)
        #expect(again.session(.test(1), .browser) == store.session(.test(1), .browser))
        directory.advance(seconds: 10)
        #expect(again.session(.test(2), .link) == nil)
        directory.advance(seconds: 90)
        #expect(again.session(.test(1), .browser) == nil)
        #expect(try directory.reopen(again).session(.test(1), .browser) == nil)
    }

    @Test func `end for one caller alone, and tell those who remember somebody`() throws {
        let store = try directory.open()
        try store.createSession(session(.link), digest: .test(1))
        let version = store.accessVersion
        #expect(try store.endSession(.test(1))?.caller == Self.caller)
        #expect(try store.endSession(.test(1)) == nil)
        #expect(store.accessVersion == version + 1)
        #expect(try directory.reopen(store).session(.test(1), .link) == nil)
    }

    @Test func `end with the key or the token that they rest on`() throws {
        let store = try directory.open()
        let key = try store.createKey(
            NewAPIKey(kind: .user, name: "x", permissions: [], createdBy: "ada"), digest: .test(9))
        try store.createSession(session(origin: .key(id: key.id)), digest: .test(1))
        try store.createSession(session(origin: .token(id: "t")), digest: .test(2))
        try store.createSession(session(origin: .token(id: nil)), digest: .test(3))
        _ = try store.revokeKey(id: key.id)
        #expect(store.session(.test(1), .browser) == nil && store.session(.test(2), .browser) != nil)
        try store.revokeToken(id: "t", expiresAt: directory.now.adding(seconds: 100))
        #expect(store.session(.test(2), .browser) == nil && store.session(.test(3), .browser) != nil)
        #expect(try store.endSession(.test(2)) == nil, "what has ended lets nobody in")
    }

    @Test func `are bounded: those that have expired make room, then the oldest`() throws {
        var limits = RuntimeStore.Limits()
        limits.sessionsMax = 2
        let store = try directory.open(limits)
        try store.createSession(session(seconds: 1000), digest: .test(1))
        directory.advance(seconds: 1)
        try store.createSession(session(seconds: 10), digest: .test(2))
        directory.advance(seconds: 10)
        try store.createSession(session(seconds: 1000), digest: .test(3))
        #expect(store.session(.test(1), .browser) != nil)
        directory.advance(seconds: 1)
        try store.createSession(session(seconds: 1000), digest: .test(4))
        #expect(store.session(.test(1), .browser) == nil && store.session(.test(3), .browser) != nil)
        #expect(try directory.reopen(store).session(.test(1), .browser) == nil)
    }
}
