import Domain

extension ActiveSet {
    package func install(_ id: InstallID) -> ActiveInstall? { views.install(id) }

    package var installIDs: some Collection<InstallID> & Sendable { views.installOwners.keys }

    /// The extensions whose triggers may fire in an account, those first that were installed first.
    package func activeInstalls(of account: AccountID) -> [ActiveInstall] {
        guard let tenant = views.tenants[account], !tenant.installs.isEmpty, tenant.allowsModules else { return [] }
        return tenant.installs.filter { $0.document.isOn && !isSuspended($0.document.extensionID) }
    }

    /// One whose only document cannot be read is: somebody may have had a reason.
    package func isSuspended(_ id: ExtensionID) -> Bool {
        if views.suspended.contains(id) { return true }
        return refusals[DocumentKey(.extension, id.rawValue)].map { $0.lastGood == nil } ?? false
    }

    /// Whether the install is on as it stands here, its extension not suspended, and its account's plan with modules.
    package func mayRun(_ install: ActiveInstall) -> Bool {
        guard let now = views.install(install.id), now.document.isOn, now.stops == install.stops else { return false }
        return !isSuspended(now.document.extensionID)
            && views.tenants[now.document.accountID]?.allowsModules ?? false
    }
}

extension LiveSet {
    /// Whether what an install has decided may still be done; to be asked again at the moment of sending.
    package func mayRun(_ install: ActiveInstall, on platform: Platform) -> Bool {
        mayAct(install.document.accountID, on: platform) && read { $0.set.mayRun(install) }
    }
}
