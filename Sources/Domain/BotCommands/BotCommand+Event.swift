extension BotCommand {
    package enum Event: DomainEvent {
        /// The full new value, never a difference.
        case upserted(Definition)
        case deleted

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case upserted = "bot_command.upserted"
            case deleted = "bot_command.deleted"
        }

        package var name: Name {
            switch self {
            case .upserted: .upserted
            case .deleted: .deleted
            }
        }

        package func encode(into writer: inout JSONWriter) {
            guard case .upserted(let definition) = self else { return }
            definition.encode(into: &writer)
        }

        package init(_ name: Name, _ data: StoredObject) throws {
            switch name {
            case .upserted: self = .upserted(try Definition(decoding: data))
            case .deleted: self = .deleted
            }
        }
    }
}

extension BotCommand.Definition {
    /// Writes the members, flat: events, documents and answers have them alike.
    package func encode(into writer: inout JSONWriter) {
        writer.member("description", description)
        writer.member("response_type", responseType.rawValue)
        writer.member("response", response)
        writer.name("platforms")
        writer.array { array in
            for platform in platforms { array.string(platform.rawValue) }
        }
        writer.member("minimum_role", minimumRole.rawValue)
        writer.member("cooldown_seconds", cooldownSeconds)
        writer.member("user_cooldown_seconds", userCooldownSeconds)
        writer.member("enabled", enabled)
    }

    package init(decoding object: StoredObject) throws {
        self.init(
            description: try object.require("description", StoredObject.string),
            responseType: try object.choice("response_type"),
            response: try object.require("response", StoredObject.string),
            platforms: try object.strings("platforms").map { name in
                guard let platform = Platform(rawValue: name) else {
                    throw StoredObject.Unreadable("platforms cannot hold \(name)")
                }
                return platform
            },
            minimumRole: try object.choice("minimum_role"),
            cooldownSeconds: try object.require("cooldown_seconds", StoredObject.integer),
            userCooldownSeconds: try object.require("user_cooldown_seconds", StoredObject.integer),
            enabled: try object.require("enabled", StoredObject.bool))
    }
}
