import Domain
import Extensions

extension CommandHandler {
    /// Takes a version that was found to be right; its bundle is kept already.
    package func submitExtension(
        _ manifest: Manifest, digest: BundleDigest, account: AccountID, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        let submission = Extension.Submission(
            account: account, submitter: request.metadata.actor.id, listing: manifest.listing, digest: digest,
            permissions: manifest.permissions, manifest: manifest.text)
        return try await handle(
            .submit(submission), by: Extension.self, on: .extension(manifest.id), request, creates: true
        ) {
            try requireAccount(account)
        }
    }

    /// - Parameter account: the account that the reviewer acts for, if any: nobody judges their own account's work.
    package func reviewExtension(
        _ id: ExtensionID, version: String, _ decision: Extension.Decision, note: String?, from account: AccountID?,
        _ request: CommandRequest
    ) async throws -> CommandOutcome {
        let reviewer = request.metadata.actor.id
        return try await handle(by: Extension.self, on: .extension(id), request) { state in
            if let account, account == state?.owner {
                throw Refusal(.ownReview, "nobody reviews what their own account has submitted: ask another reviewer")
            }
            return .review(version: version, decision, reviewer: reviewer, note: note)
        }
    }

    package func publishExtension(
        _ id: ExtensionID, version: String, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.publish(version: version), by: Extension.self, on: .extension(id), request)
    }

    /// The account that submits its versions; nil when there is no such extension.
    package func owner(of id: ExtensionID) throws -> AccountID? {
        try load(Extension.self, .extension(id)).state?.owner
    }

    /// As it was submitted; nil when there is no such version.
    package func manifest(of id: ExtensionID, version: String) throws -> JSONText? {
        try load(Extension.self, .extension(id)).state?.version(version)?.submission.manifest
    }

    /// What a version's files are called by; nil when there is no such version.
    package func bundleDigest(of id: ExtensionID, version: String) throws -> BundleDigest? {
        try load(Extension.self, .extension(id)).state?.version(version)?.submission.digest
    }

    /// One event stops every install.
    package func suspendExtension(
        _ id: ExtensionID, reason: String, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.suspend(reason: reason), by: Extension.self, on: .extension(id), request)
    }

    package func reinstateExtension(
        _ id: ExtensionID, reason: String?, _ request: CommandRequest
    ) async throws -> CommandOutcome {
        try await handle(.reinstate(reason: reason), by: Extension.self, on: .extension(id), request)
    }
}

extension Manifest {
    fileprivate var listing: Extension.Listing {
        Extension.Listing(
            version: version.description, name: name, description: summary, visibility: visibility)
    }
}
