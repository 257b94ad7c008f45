/// An account of the product: who it is, and what its plan allows.
package enum Account {
    package static let nameLengthMax = 200
}

extension Account {
    package enum Event: DomainEvent {
        case registered(name: String, plan: Plan, customBotAllowed: Bool?)
        case renamed(name: String)
        case planChanged(plan: Plan)
        /// nil: the plan's own limit holds.
        case limitsOverridden(customBotAllowed: Bool?)

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case registered = "account.registered"
            case renamed = "account.renamed"
            case planChanged = "account.plan_changed"
            case limitsOverridden = "account.limits_overridden"
        }

        package var name: Name {
            switch self {
            case .registered: .registered
            case .renamed: .renamed
            case .planChanged: .planChanged
            case .limitsOverridden: .limitsOverridden
            }
        }

        package func encode(into writer: inout JSONWriter) {
            switch self {
            case .registered(let name, let plan, let customBotAllowed):
                writer.member("plan", plan.rawValue)
                if let customBotAllowed { writer.member("custom_bot_allowed", customBotAllowed) }
                Personal.encode(["name": name], into: &writer)
            case .renamed(let name): Personal.encode(["name": name], into: &writer)
            case .planChanged(let plan): writer.member("plan", plan.rawValue)
            case .limitsOverridden(let customBotAllowed):
                if let customBotAllowed { writer.member("custom_bot_allowed", customBotAllowed) }
            }
        }

        package init(_ name: Name, _ data: StoredObject) throws {
            switch name {
            case .registered:
                self = .registered(
                    name: try Personal.read(data).require("name"),
                    plan: try data.require("plan", StoredObject.plan),
                    customBotAllowed: try data.bool("custom_bot_allowed"))
            case .renamed: self = .renamed(name: try Personal.read(data).require("name"))
            case .planChanged: self = .planChanged(plan: try data.require("plan", StoredObject.plan))
            case .limitsOverridden: self = .limitsOverridden(customBotAllowed: try data.bool("custom_bot_allowed"))
            }
        }
    }
}

extension StoredObject {
    /// A member that holds one of an enumeration's names.
    func choice<Value: RawRepresentable<String>>(_ name: StaticString, of type: Value.Type) throws -> Value? {
        guard let text = try string(name) else { return nil }
        guard let value = Value(rawValue: text) else { throw Unreadable("\(name) is \(text), which nothing knows") }
        return value
    }

    fileprivate func plan(_ name: StaticString) throws -> Plan? { try choice(name, of: Plan.self) }

    func moment(_ name: StaticString) throws -> Timestamp? {
        guard let text = try string(name) else { return nil }
        guard let moment = Timestamp(text) else { throw Unreadable("\(name) is \(text), which is not RFC 3339") }
        return moment
    }
}
