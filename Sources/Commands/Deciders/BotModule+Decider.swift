import BotModules
import Domain

extension BotModule: Decider {
    /// nil while the module is not configured.
    package typealias State = Configuration?

    package struct Configuration: Equatable, Sendable {
        package let enabled: Bool
        package let config: JSONText, exemptRoles: JSONText
    }

    package enum Command: Equatable, Sendable {
        case upsert(enabled: Bool, ModuleSettings)
        case delete
    }

    package static let initial: State = nil

    package static func evolve(_ state: State, _ event: Event) -> State {
        switch event {
        case .upserted(let enabled, let config, let exemptRoles):
            Configuration(enabled: enabled, config: config, exemptRoles: exemptRoles)
        case .deleted: nil
        }
    }

    package static func decide(_ command: Command, in state: State) -> [Event] {
        switch command {
        case .upsert(let enabled, let settings):
            let wanted = Configuration(
                enabled: enabled, config: JSONText(settings.config), exemptRoles: JSONText(settings.exemptRoles))
            guard wanted != state else { return [] }
            return [.upserted(enabled: enabled, config: wanted.config, exemptRoles: wanted.exemptRoles)]
        case .delete: return state == nil ? [] : [.deleted]
        }
    }
}
