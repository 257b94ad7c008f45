import Domain
import Runtime
import Testing

@Suite("Revoked tokens")
struct RevokedTokensTests {
    let directory = try! TestDirectory()

    @Test func `stay revoked after a restart, until they expire`() throws {
        let store = try directory.open()
        let version = store.accessVersion
        try store.revokeToken(id: "a", expiresAt: directory.now.adding(seconds: 100))
        try store.revokeToken(id: "b", expiresAt: directory.now.adding(seconds: 10))
        #expect(store.isTokenRevoked(id: "a") && !store.isTokenRevoked(id: "c"))
        #expect(store.accessVersion == version + 2)
        directory.advance(seconds: 10)
        let again = try directory.reopen(store)
        #expect(again.isTokenRevoked(id: "a") && !again.isTokenRevoked(id: "b"))
    }

    @Test func `keep the later expiry`() throws {
        let store = try directory.open()
        try store.revokeToken(id: "a", expiresAt: directory.now.adding(seconds: 100))
        try store.revokeToken(id: "a", expiresAt: directory.now.adding(seconds: 10))
        directory.advance(seconds: 50)
        try store.revokeToken(id: "b", expiresAt: directory.now.adding(seconds: 10))
        #expect(store.isTokenRevoked(id: "a"))
        #expect(try directory.reopen(store).isTokenRevoked(id: "a"))
    }

    @Test func `are bounded, and those that expired make room`() throws {
        var limits = RuntimeStore.Limits()
        limits.revokedTokensMax = 2
        let store = try directory.open(limits)
        try store.revokeToken(id: "a", expiresAt: directory.now.adding(seconds: 10))
        try store.revokeToken(id: "b", expiresAt: directory.now.adding(seconds: 100))
        #expect(throws: RuntimeStoreError.tooManyRevokedTokens(countMax: 2)) {
            try store.revokeToken(id: "c", expiresAt: directory.now.adding(seconds: 100))
        }
        directory.advance(seconds: 10)
        try store.revokeToken(id: "c", expiresAt: directory.now.adding(seconds: 100))
        #expect(!store.isTokenRevoked(id: "a") && store.isTokenRevoked(id: "b") && store.isTokenRevoked(id: "c"))
    }

    @Test(arguments: ["", String(repeating: "x", count: 257)])
    func `have ids of a sensible length`(id: String) throws {
        let store = try directory.open()
        #expect(throws: RuntimeStoreError.invalidTokenID) {
            try store.revokeToken(id: id, expiresAt: directory.now.adding(seconds: 1))
        }
    }

    @Test func `are not kept when they have expired already`() throws {
        let store = try directory.open()
        try store.revokeToken(id: "a", expiresAt: directory.now)
        #expect(!store.isTokenRevoked(id: "a"))
    }
}
