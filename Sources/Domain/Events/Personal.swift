/// Text about persons stands in one member, so that it can be sealed.
///
/// Open it is `{"reason": "…"}`; stored `{"subject": "account:acct_1", "key": "…", "sealed": "…"}`; and when its key is
/// gone or not here `{"subject": "account:acct_1", "unreadable": "erased"}`.
package enum Personal {
    package static let member: StaticString = "personal"

    package static func encode(_ members: KeyValuePairs<StaticString, String?>, into writer: inout JSONWriter) {
        guard members.contains(where: { $0.value != nil }) else { return }
        writer.name(member)
        writer.object { object in
            for (name, value) in members { object.member(name, ifPresent: value) }
        }
    }

    package static func read(_ data: StoredObject) throws -> PersonalText {
        guard let raw = data.raw(member) else { return PersonalText(members: StoredObject()) }
        return PersonalText(members: try StoredObject(raw))
    }
}

/// What an event says of persons, as far as it can still be read.
package struct PersonalText {
    /// Why a sealed text cannot be read.
    package enum Unreadable: String, Sendable {
        /// The key was deleted: nobody will ever read it again.
        case erased
        /// The key is not among the keys of this data directory, as after a restore without them.
        case noKey = "no_key"

        /// What stands in the place of a text without which the event means nothing.
        package var placeholder: String {
            switch self {
            case .erased: "[erased]"
            case .noKey: "[sealed]"
            }
        }
    }

    fileprivate let members: StoredObject

    fileprivate init(members: StoredObject) {
        self.members = members
    }

    package func string(_ name: StaticString) throws -> String? { try members.string(name) }

    /// A text without which the event means nothing.
    package func require(_ name: StaticString) throws -> String {
        if let text = try members.string(name) { return text }
        if let word = try members.string("unreadable") {
            return (Unreadable(rawValue: word) ?? .noKey).placeholder
        }
        // The journal was read without opening what is sealed, as by a program without the keys.
        if members.raw("sealed") != nil { return Unreadable.noKey.placeholder }
        throw StoredObject.Unreadable("\(name) is missing")
    }
}
