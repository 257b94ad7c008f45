import Domain
import EventStore
import GRDB

/// Which extensions somebody wants to see.
package struct ExtensionFilter: Hashable, Sendable {
    package enum Scope: Hashable, Sendable {
        /// What the store offers, and what an account has submitted itself.
        case store(AccountID?)
        case everything
    }

    package var scope: Scope
    /// A part of the name, or the id; letters of either case.
    package var search: String?
    package var stage: Extension.Stage?

    package init(_ scope: Scope, search: String? = nil, stage: Extension.Stage? = nil) {
        (self.scope, self.search, self.stage) = (scope, search, stage)
    }
}

extension ReadModelsReading {
    package func `extension`(_ id: ExtensionID) throws -> ExtensionDocument? {
        try document(ExtensionsProjection.self, .extension(id))
    }

    /// A page of the extensions, by name.
    package func extensions(_ filter: ExtensionFilter, offset: Int, limit: Int) throws -> ListPage<ExtensionDocument> {
        var conditions: [String] = [], arguments = StatementArguments()
        if case .store(let owner) = filter.scope {
            conditions.append("(is_offered = 1 OR account_id = ?)")
            arguments += [owner?.rawValue ?? ""]
        }
        if let search = filter.search, !search.isEmpty {
            conditions.append("(folded_name LIKE ? ESCAPE '\\' OR extension_id = ?)")
            arguments += [LikePattern.containing(search.folded), search.folded]
        }
        if let stage = filter.stage {
            conditions.append("state = ?")
            arguments += [stage.rawValue]
        }
        let rows = "FROM extensions" + (conditions.isEmpty ? "" : " WHERE \(conditions.joined(separator: " AND "))")
        return try readSnapshot(.everything) { db in
            let total = try Int.fetchOne(db, sql: "SELECT count(*) \(rows)", arguments: arguments) ?? 0
            let page = try Row.fetchAll(
                db, sql: "SELECT * \(rows) ORDER BY folded_name, extension_id LIMIT ? OFFSET ?",
                arguments: arguments + [limit, offset])
            return ListPage(rows: try page.map(ExtensionsProjection.document), total: total)
        }
    }

    package func install(_ id: InstallID) throws -> ExtensionInstallDocument? {
        try document(ExtensionInstallsProjection.self, .extensionInstall(id, of: nil))
    }

    /// What an account has installed, the first first.
    package func installs(of account: AccountID) throws -> [ExtensionInstallDocument] {
        try read(.account(account)) { db in
            let sql = "SELECT * FROM extension_installs WHERE account_id = ? ORDER BY created_at, install_id"
            return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: [account.rawValue])
                .map(ExtensionInstallsProjection.document)
        }
    }
}

extension ReadModels {
    /// How many accounts have installed an extension.
    package func installCount(of id: ExtensionID) throws -> Int {
        try read { db in
            let sql = "SELECT count(*) FROM extension_installs WHERE extension_id = ?"
            return try Int.fetchOne(db.cachedStatement(sql: sql), arguments: [id.rawValue]) ?? 0
        }
    }

    /// The bundles that installs run, each once.
    package func installedBundles() throws -> [BundleDigest] {
        try read { db in
            try String.fetchAll(db, sql: "SELECT DISTINCT bundle_digest FROM extension_installs")
                .map(BundleDigest.init(stored:))
        }
    }
}
