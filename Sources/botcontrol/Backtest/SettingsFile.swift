import BotModules
import Domain
import Foundation

/// The modules of an account in a file: `{"link_protection": {"enabled", "config", "exempt_roles"}, …}`. A module that
/// is missing does nothing; one that does not say so is enabled.
struct SettingsFile {
    let modules: [(settings: ModuleSettings, isEnabled: Bool)]

    /// - Throws: `CommandFailure` with everything that is wrong in it.
    init(_ path: String) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CommandFailure.cannotRun("\(path) cannot be read: name a file of settings")
        }
        let json: JSON
        do throws(JSONParser.SyntaxError) {
            json = try JSONParser.parse(Array(data))
        } catch {
            throw CommandFailure.usage("\(path) is not JSON: \(error)")
        }
        do throws(ValidationFailed) {
            modules = try Self.modules(json)
        } catch {
            let failures = error.failures.map { "\($0.path.isEmpty ? "the file" : $0.path) \($0.message)" }
            throw CommandFailure.usage("\(path):\n" + failures.map { "  \($0)" }.joined(separator: "\n"))
        }
    }

    private static func modules(
        _ json: JSON
    ) throws(ValidationFailed) -> [(settings: ModuleSettings, isEnabled: Bool)] {
        var reader = ObjectReader(json), modules: [(settings: ModuleSettings, isEnabled: Bool)] = []
        for name in ModuleName.allCases {
            guard let entry = reader.object(name.rawValue) else { continue }
            var body = ObjectReader(entry, path: name.rawValue)
            let isEnabled = body.bool("enabled") ?? true
            let config = body.value("config"), exemptRoles = body.value("exempt_roles")
            body.refuseUnknown()
            reader.add(body.failures)
            do throws(ValidationFailed) {
                let settings = try ModuleSettings(module: name, config: config, exemptRoles: exemptRoles)
                modules.append((settings, isEnabled))
            } catch {
                reader.add(
                    error.failures.map {
                        Failure(path: "\(name.rawValue).\($0.path)", code: $0.code, message: $0.message)
                    })
            }
        }
        try reader.finish()
        return modules
    }
}
