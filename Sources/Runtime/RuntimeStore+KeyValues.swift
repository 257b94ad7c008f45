import Domain
import GRDB

extension RuntimeStore {
    /// Does it, whole or not at all.
    ///
    /// - Returns: JSON: of `get` the value or null, of `set` null, of `delete` whether it was there, of `increment` the
    ///   new number, of `list` the entries as `[{key, value}]` in the order of their keys' bytes.
    package func perform(
        _ operation: KeyValueOperation, for install: InstallID
    ) throws(KeyValueRefusal) -> [UInt8] {
        do {
            var result: [UInt8] = []
            if operation.writes {
                try write { result = try keyValues.perform(operation, for: install, $0) }
            } else {
                result = try read { try keyValues.perform(operation, for: install, $0) }
            }
            return result
        } catch let refusal as KeyValueRefusal {
            throw refusal
        } catch {
            // The transaction is undone: what was counted may not be so.
            keyValues.forget(install)
            throw .unavailable
        }
    }

    /// Forgets all that an install keeps.
    package func removeKeyValues(of install: InstallID) throws {
        try write { try keyValues.removeAll(of: install, $0) }
    }

    /// Forgets what belongs to no install any more: the server may have been killed between an uninstalling and the
    /// forgetting.
    ///
    /// - Returns: how many installs were forgotten.
    @discardableResult
    package func removeKeyValues(unless isInstalled: (InstallID) throws -> Bool) throws -> Int {
        let orphans = try read { try KeyValueTable.installs($0) }.filter { try !isInstalled($0) }
        if !orphans.isEmpty {
            try write { db in for install in orphans { try keyValues.removeAll(of: install, db) } }
        }
        return orphans.count
    }
}

extension KeyValueOperation {
    fileprivate var writes: Bool {
        switch self {
        case .get, .list: false
        case .set, .delete, .increment: true
        }
    }
}
