import Domain

extension RuntimeStore {
    /// Does one operation on what an extension keeps in one account: whole, or not at all.
    ///
    /// - Returns: JSON for the script: of `get` the value or null, of `set` null, of `delete` whether it was there, of
    ///   `increment` the new number, of `list` `[{"key", "value"}]`.
    /// - Throws: `KeyValueRefusal` for the extension's author, or what the disk says.
    package func perform(_ operation: KeyValueOperation, for install: InstallID) throws -> [UInt8] {
        var answer: [UInt8] = []
        let body: (RuntimeFile.Connection) throws -> Void = { db in
            answer = try KeyValueTable(db: db, install: install).perform(operation)
        }
        switch operation {
        case .get, .list: try read(body)
        case .set, .delete, .increment: try write(body)
        }
        return answer
    }

    /// Forgets everything that an install has kept.
    package func dropKeyValues(of install: InstallID) throws {
        try write { db in try KeyValueTable.drop([install.rawValue], db) }
    }

    /// Forgets what belongs to no install any more: the server may have been killed between the uninstalling and the
    /// forgetting.
    ///
    /// - Returns: how many installs were forgotten.
    @discardableResult
    package func dropKeyValues(unless isInstalled: (InstallID) -> Bool) throws -> Int {
        let kept = try read { db in try KeyValueTable.installs(db) }
        let orphans = kept.filter { !isInstalled(InstallID(stored: $0)) }
        if !orphans.isEmpty { try write { db in try KeyValueTable.drop(orphans, db) } }
        return orphans.count
    }
}
