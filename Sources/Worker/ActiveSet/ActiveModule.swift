import BotModules
import Domain

/// A module as an account has configured it. The settings were validated once, and are read again when they are asked
/// for: a hundred thousand of them as trees would not fit into the memory of a worker.
package struct ActiveModule: Equatable, Sendable {
    package let module: ModuleName
    package let isEnabled: Bool
    /// The document's own bytes; equal ones have equal settings, so that whoever compiles them can compare.
    package let value: [UInt8]

    package var settings: ModuleSettings? {
        try? value.withUnsafeBufferPointer { bytes in
            try ModuleSettings(BotModuleDocument(decoding: StoredObject(bytes)))
        }
    }
}

extension ModuleSettings {
    init(_ document: BotModuleDocument) throws {
        try self.init(
            module: document.module, config: JSONParser.parse(document.config.bytes),
            exemptRoles: JSONParser.parse(document.exemptRoles.bytes), unknownMembers: .ignored)
    }
}
