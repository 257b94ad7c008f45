import BotModules
import Domain

/// Settings from JSON texts, and what speaks against them.
enum Given {
    static func settings(
        _ module: ModuleName, _ config: String?, exempt: String? = nil
    ) throws -> ModuleSettings {
        let config = try config.map { try JSONParser.parse($0) }
        let exempt = try exempt.map { try JSONParser.parse($0) }
        return try ModuleSettings(module: module, config: config, exemptRoles: exempt)
    }

    static func failures(_ module: ModuleName, _ config: String?, exempt: String? = nil) throws -> [Failure] {
        do {
            _ = try settings(module, config, exempt: exempt)
            return []
        } catch let error as ValidationFailed {
            return error.failures
        }
    }

    /// The failures of a config with one member, as `path code`.
    static func objections(_ module: ModuleName, _ field: String, _ value: JSON) -> [String] {
        let config = JSON.object([JSON.Member(field, value)])
        do {
            _ = try ModuleSettings(module: module, config: config, exemptRoles: nil)
            return []
        } catch {
            return error.failures.map { "\($0.path) \($0.code)" }
        }
    }
}
