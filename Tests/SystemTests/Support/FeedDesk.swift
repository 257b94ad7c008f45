import Domain
import Extensions
import Synchronization

@testable import Worker

/// The documents that a worker holds of one account, as a feed brings them, and the bundles of what is installed.
final class FeedDesk: BundleSource {
    static let account = AccountID(stored: "acct_1"), now = WallClock.system.now

    let live: LiveSet

    private struct State {
        var last = ChangeID.zero
        var installs: [InstallID: ExtensionInstallDocument] = [:]
        var bundles: [BundleDigest: [UInt8]] = [:]
    }

    private let state = Mutex(State())

    init() throws {
        live = LiveSet()
        try live.replaceAll(
            FeedSnapshot(
                head: FeedHead(epoch: "e.1", last: .zero, digest: DocumentDigest(), at: Self.now), entries: []))
        put(
            .account, Self.account.rawValue,
            AccountDocument(
                accountID: Self.account, name: "Aurora", plan: .pro, customBotAllowed: nil, createdAt: Self.now,
                updatedAt: Self.now, revision: 0
            ).bytes)
    }

    func bundle(_ digest: BundleDigest) async throws -> [UInt8]? { state.withLock { $0.bundles[digest] } }

    /// The account's bot is in a channel from now on.
    func connect(_ platform: Platform, channel: String, name: String, bot: String) {
        put(
            .bot, "\(Self.account.rawValue):\(platform.rawValue)",
            BotDocument(
                accountID: Self.account, platform: platform,
                connection: Bot.Connection(channelID: channel, channelName: name, botUserID: bot),
                pause: nil, updatedAt: Self.now, revision: 0
            ).bytes)
    }

    func install(_ bundle: ExtensionBundle, as id: String) throws {
        let manifest = try bundle.manifest(), setup = try Setup(manifest, config: [:], overrides: [:])
        state.withLock { $0.bundles[BundleDigest(of: bundle.bytes)] = bundle.bytes }
        put(
            ExtensionInstallDocument(
                installID: InstallID(stored: id), accountID: Self.account, extensionID: manifest.id,
                release: .init(
                    name: manifest.name, version: "1.0.0", digest: BundleDigest(of: bundle.bytes),
                    egress: manifest.egress),
                enabled: true, granted: manifest.permissions, config: JSONText(setup.config),
                settings: JSONText(setup.settings), overrides: JSONText(setup.overrides), triggers: setup.triggers,
                exemptRoles: manifest.exemptRoles.roles, createdAt: Self.now, updatedAt: Self.now, revision: 0))
    }

    func change(_ id: InstallID, _ body: (inout ExtensionInstallDocument) -> Void) {
        guard var install = state.withLock({ $0.installs[id] }) else { return }
        body(&install)
        put(install)
    }

    private func put(_ install: ExtensionInstallDocument) {
        state.withLock { $0.installs[install.installID] = install }
        put(.extensionInstall, install.installID.rawValue, install.bytes)
    }

    private func put(_ kind: DocumentKind, _ key: String, _ value: [UInt8]) {
        let (id, previous) = state.withLock { state in
            let previous = state.last
            state.last = ChangeID(position: previous.position + 1, index: 0)
            return (state.last, previous)
        }
        let change = FeedChange(
            id: id, previous: previous, kind: kind, key: key, value: value, recordedAt: Self.now, correlationID: nil)
        _ = live.receive(.changes([change]))
    }
}
