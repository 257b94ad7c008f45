extension ObjectReader {
    package mutating func account(_ name: String) -> AccountID? {
        guard let text = string(name, lengthMax: 1000) else { return nil }
        guard let id = AccountID(rawValue: text) else {
            fail(name, "not_allowed", AccountID.rule)
            return nil
        }
        return id
    }

    package mutating func subject(_ name: String) -> Subject? {
        guard let text = string(name, lengthMax: Subject.idBytesMax + 10) else { return nil }
        if let subject = Subject(text) { return subject }
        fail(name, "not_allowed", "must be account, user, key or system, a colon and an id, as in account:acct_1")
        return nil
    }

    package mutating func install(_ name: String) -> InstallID? {
        guard let text = string(name, lengthMax: 1000) else { return nil }
        guard let id = InstallID(rawValue: text) else {
            fail(name, "not_allowed", InstallID.rule)
            return nil
        }
        return id
    }

    package mutating func moment(_ name: String) -> Timestamp? {
        guard let text = string(name, lengthMax: 64) else { return nil }
        // In a query, a plus sign that was not escaped comes as a space: the one before the offset is put back.
        guard let moment = Timestamp(text) ?? Timestamp(text.replacing(/\ ([0-9:]{5})$/) { "+" + $0.1 }) else {
            fail(name, "wrong_type", "must be a moment as RFC 3339 has it, for example 2026-11-21T18:00:00Z")
            return nil
        }
        return moment
    }
}
