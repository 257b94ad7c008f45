/// A built-in bot module as one account has configured it.
package enum BotModule {
    package enum Event: DomainEvent {
        /// The full new value, never a difference.
        case upserted(enabled: Bool, config: JSONText, exemptRoles: JSONText)
        case deleted

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case upserted = "bot_module.upserted"
            case deleted = "bot_module.deleted"
        }

        package var name: Name {
            switch self {
            case .upserted: .upserted
            case .deleted: .deleted
            }
        }

        package func encode(into writer: inout JSONWriter) {
            guard case .upserted(let enabled, let config, let exemptRoles) = self else { return }
            writer.member("enabled", enabled)
            writer.name("config")
            writer.raw(config.bytes)
            writer.name("exempt_roles")
            writer.raw(exemptRoles.bytes)
        }

        package init(_ name: Name, _ data: StoredObject) throws {
            switch name {
            case .upserted:
                self = .upserted(
                    enabled: try data.require("enabled", StoredObject.bool),
                    config: try data.require("config", StoredObject.object),
                    exemptRoles: try data.require("exempt_roles", StoredObject.object))
            case .deleted: self = .deleted
            }
        }
    }
}

/// A JSON text that was checked when it came in; it travels as it is and is parsed only by whoever needs its parts.
package struct JSONText: Sendable {
    package let bytes: [UInt8]

    package init(_ json: JSON) {
        bytes = json.bytes
    }

    /// What was stored had been checked before.
    package init(stored bytes: some Collection<UInt8>) {
        self.bytes = Array(bytes)
    }

    package var text: String { String(decoding: bytes, as: UTF8.self) }
}

extension JSONText: Equatable {
    /// Equal when they mean the same, whatever the order of members.
    package static func == (left: JSONText, right: JSONText) -> Bool {
        if left.bytes == right.bytes { return true }
        guard let left = try? JSONParser.parse(left.bytes), let right = try? JSONParser.parse(right.bytes) else {
            return false
        }
        return left == right
    }
}

extension StoredObject {
    func object(_ name: StaticString) throws -> JSONText? {
        guard let raw = raw(name) else { return nil }
        guard raw.first == UInt8(ascii: "{") else { throw Unreadable("\(name) is not an object") }
        return JSONText(stored: raw)
    }
}
