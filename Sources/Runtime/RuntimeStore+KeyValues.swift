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

    /// The installs that keep anything.
    package func keyValueOwners() throws -> [InstallID] {
        try read { try String.fetchAll($0, sql: "SELECT DISTINCT install_id FROM extension_values") }
            .map(InstallID.init(stored:))
    }

    /// Forgets all that an install keeps.
    package func removeKeyValues(of install: InstallID) throws {
        try write { try keyValues.removeAll(of: install, $0) }
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
