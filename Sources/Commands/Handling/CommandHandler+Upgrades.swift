import Domain
import Extensions

extension CommandHandler {
    /// To which version, and what the owner says about it.
    package struct UpgradeWish: Sendable {
        /// nil for the one that the store offers.
        package var version: String?
        /// Needed when the version asks for more than the one before.
        package var consent: [ExtensionPermission]?
        /// New settings, when those of the old version would not fit.
        package var config: JSON?

        package init(version: String? = nil, consent: [ExtensionPermission]? = nil, config: JSON? = nil) {
            (self.version, self.consent, self.config) = (version, consent, config)
        }
    }

    /// Settings that do not fit the new version hold the upgrade: the old one goes on, and the document says why. New
    /// settings that do not fit are refused like any others.
    package func upgradeInstall(
        _ id: InstallID, of account: AccountID, _ wish: UpgradeWish, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await change(id, of: account, request) { state in
            let (version, manifest) = try offer(state.extensionID, wish.version, to: account)
            let config = try wish.config ?? JSONParser.parse(state.terms.setup.config.bytes)
            let overrides = try JSONParser.parse(state.terms.overrides.bytes)
            do throws(ValidationFailed) {
                let setup = try Setup(manifest, config: config, overrides: overrides)
                let terms = ExtensionInstall.Terms(manifest, version.submission.digest, setup)
                return .upgrade(terms, consent: wish.consent)
            } catch {
                guard wish.config == nil else { throw error }
                return .hold(version: manifest.version.description, reason: Self.reason(error))
            }
        }
    }

    private static let reasonLengthMax = 1_000

    private static func reason(_ error: ValidationFailed) -> String {
        String("\(error)".unicodeScalars.prefix(reasonLengthMax))
    }
}
