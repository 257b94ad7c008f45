import Commands
import Domain
import EventStore
import Extensions
import Testing

@Suite("Extensions on their way from author to account")
struct InstallFlowTests {
    private let wish = CommandHandler.InstallWish(extensionID: Store.id, consent: [.chatSend])
    private let id = CommandHandler.installID(of: Store.id, in: .one)

    private func request(_ actor: String) -> CommandRequest {
        var request = CommandRequest.test()
        request.metadata.actor = Actor(kind: .user, id: actor)
        return request
    }

    private func offer(_ bench: Bench, _ manifest: Manifest, _ digest: BundleDigest = Store.digest) async throws {
        let version = manifest.version.description
        _ = try await bench.handler.submitExtension(manifest, digest: digest, account: .one, request("author"))
        _ = try await bench.handler.reviewExtension(
            Store.id, version: version, .approved, note: nil, from: nil, request("reviewer"))
        _ = try await bench.handler.publishExtension(Store.id, version: version, request("reviewer"))
    }

    private func state(_ bench: Bench) throws -> ExtensionInstall.Installed? {
        try bench.handler.load(ExtensionInstall.self, .extensionInstall(id, of: .one)).state
    }

    @Test func `are submitted, reviewed, installed, configured and removed`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            try await offer(bench, Store.manifest())
            let made = try await bench.handler.installExtension(wish, for: .one, .test())
            #expect(made.status == 201 && made.changed && InstallID(rawValue: id.rawValue) != nil)
            #expect(try await !bench.handler.installExtension(wish, for: .one, .test()).changed)
            #expect(try state(bench)?.terms.setup.settings == JSONText(["points": 1]))
            let configured = try await bench.handler.configureInstall(
                id, of: .one, config: ["points": 7], .test())
            #expect(configured.changed)
            await #expect(throws: ValidationFailed.self) {
                try await bench.handler.configureInstall(id, of: .one, config: ["points": "7"], .test())
            }
            _ = try await bench.handler.overrideTriggers(id, of: .one, overrides: ["rank": ["prefix": "?"]], .test())
            #expect(
                try state(bench)?.terms.triggers.first?.condition
                    == .command(prefix: "?", name: "rank", cooldownSeconds: 0))
            #expect(try await bench.handler.uninstallExtension(id, of: .one, .test()).changed)
            #expect(try state(bench) == nil)
        }
    }

    @Test func `are installed once, however many race`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            try await offer(bench, Store.manifest())
            let results = await race(16) { _ in
                try await bench.handler.installExtension(self.wish, for: .one, .test())
            }
            #expect(results.outcomes.count == 16 && results.outcomes.filter(\.changed).count == 1)
            #expect(try bench.types(.extensionInstall(id, of: .one)) == ["extension_install.installed"])
        }
    }

    @Test func `are held when their settings do not fit the new version`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            try await offer(bench, Store.manifest())
            _ = try await bench.handler.installExtension(wish, for: .one, .test())
            _ = try await bench.handler.configureInstall(id, of: .one, config: ["points": 50], .test())
            try await offer(bench, Store.manifest("2.0.0", pointsMax: 10), Store.other)
            #expect(try await bench.handler.upgradeInstall(id, of: .one, .init(), .test()).changed)
            let held = try #require(try state(bench))
            #expect(held.held?.version == "2.0.0" && held.held?.reason.contains("config.points") == true)
            #expect(held.terms.release.version == "1.0.0", "the old one goes on")
            await #expect(throws: ValidationFailed.self) {
                try await bench.handler.upgradeInstall(id, of: .one, .init(config: ["points": 11]), .test())
            }
            _ = try await bench.handler.upgradeInstall(id, of: .one, .init(config: ["points": 9]), .test())
            let upgraded = try #require(try state(bench))
            #expect(upgraded.held == nil && upgraded.terms.release.version == "2.0.0")
            #expect(upgraded.terms.release.digest == Store.other)
        }
    }

    @Test func `are not installed when they are suspended, private or not offered`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let two = AccountID(stored: "two")
            _ = try await bench.handler.registerAccount(two, name: "Two", plan: .pro, customBotAllowed: nil, .test())
            func refusal(_ account: AccountID) async -> Refusal.Code? {
                do {
                    _ = try await bench.handler.installExtension(wish, for: account, .test())
                    return nil
                } catch {
                    return (error as? Refusal)?.code
                }
            }
            #expect(await refusal(.one) == .extensionNotFound)
            try await offer(bench, Store.manifest(visibility: .private))
            #expect(await refusal(two) == .extensionNotFound)
            _ = try await bench.handler.suspendExtension(Store.id, reason: "leaks", .test())
            #expect(await refusal(.one) == .extensionSuspended)
            _ = try await bench.handler.reinstateExtension(Store.id, reason: nil, .test())
            #expect(await refusal(.one) == nil)
        }
    }

    @Test func `are killed, switched off and removed on any plan, and belong to one account`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            let two = AccountID(stored: "two")
            _ = try await bench.handler.registerAccount(two, name: "Two", plan: .pro, customBotAllowed: nil, .test())
            try await offer(bench, Store.manifest())
            _ = try await bench.handler.installExtension(wish, for: .one, .test())
            let foreign = await #expect(throws: Refusal.self) {
                try await bench.handler.killInstall(id, of: two, reason: nil, .test())
            }
            #expect(foreign?.code == .installNotFound)
            _ = try await bench.handler.changeAccount(.one, name: nil, plan: .free, customBotAllowed: nil, .test())
            let refused = await #expect(throws: Refusal.self) {
                try await bench.handler.configureInstall(id, of: .one, config: [:], .test())
            }
            #expect(refused?.code == .planRequired)
            #expect(try await bench.handler.killInstall(id, of: .one, reason: nil, .test()).changed)
            #expect(try await bench.handler.switchInstall(id, of: .one, enabled: false, .test()).changed)
            #expect(try await bench.handler.uninstallExtension(id, of: .one, .test()).changed)
        }
    }

    @Test func `are stopped by circuit breakers, which may come late`() async throws {
        try await Bench.with { bench in
            try await bench.connect()
            try await offer(bench, Store.manifest())
            _ = try await bench.handler.installExtension(wish, for: .one, .test())
            let trip = BreakerChange(installID: id, state: .tripped, reason: "timeout", at: .seconds(1))
            try await bench.handler.takeBreaker(trip, .test())
            #expect(try state(bench)?.isTripped == true)
            let head = bench.journal.head
            try await bench.handler.takeBreaker(trip, .test())
            #expect(bench.journal.head == head)
            _ = try await bench.handler.uninstallExtension(id, of: .one, .test())
            try await bench.handler.takeBreaker(trip, .test())
            #expect(bench.journal.head == head + 1)
        }
    }
}
