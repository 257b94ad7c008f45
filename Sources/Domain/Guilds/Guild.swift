/// A Discord guild and the account whose bot answers there. A guild has one account; an account may have many guilds.
package enum Guild {
    package static let nameLengthMax = 100
}

extension Guild {
    package enum Event: DomainEvent {
        /// The full new value, never a difference.
        case mapped(account: AccountID, name: String)
        /// The bot stays in the guild; it belongs to nobody from here on.
        case unmapped

        /// They are the storage format: never edit one, add a case and keep the old readable.
        package enum Name: String, CaseIterable, Sendable {
            case mapped = "guild.mapped"
            case unmapped = "guild.unmapped"
        }

        package var name: Name {
            switch self {
            case .mapped: .mapped
            case .unmapped: .unmapped
            }
        }

        package func encode(into writer: inout JSONWriter) {
            guard case .mapped(let account, let name) = self else { return }
            writer.member("account_id", account.rawValue)
            Personal.encode(["name": name], into: &writer)
        }

        package init(_ name: Name, _ data: StoredObject) throws {
            switch name {
            case .mapped:
                self = .mapped(
                    account: AccountID(stored: try data.require("account_id", StoredObject.string)),
                    name: try Personal.read(data).require("name"))
            case .unmapped: self = .unmapped
            }
        }
    }
}
