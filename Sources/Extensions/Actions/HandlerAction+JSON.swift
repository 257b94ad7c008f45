import Domain

extension HandlerAction {
    /// Reads what a handler returned: nothing, one action, or at most five in an array. Whatever a script made of its
    /// objects, only members that are known here are taken, each checked.
    ///
    /// Numbers and booleans are nothing, too: `(ctx) => ctx.kv.increment("points", 1)` is a handler.
    ///
    /// - Throws: everything that is wrong with it. Then nothing of it is done.
    package static func list(_ bytes: [UInt8]) throws(ValidationFailed) -> [HandlerAction] {
        guard !bytes.isEmpty else { return [] }
        switch try json(bytes) {
        case .null, .bool, .number: return []
        case .string:
            throw ValidationFailed(
                path: "", code: "wrong_type", message: "a text is no action: return actions.say(text) or reply(text)")
        case .object(let members): return [try HandlerAction(.object(members), path: "")]
        case .array(let entries): return try list(entries)
        }
    }

    private static func json(_ bytes: [UInt8]) throws(ValidationFailed) -> JSON {
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw ValidationFailed(path: "", code: "invalid_json", message: "what it returned is not JSON: \(error)")
        }
    }

    private static func list(_ entries: [JSON]) throws(ValidationFailed) -> [HandlerAction] {
        guard entries.count <= countMax else {
            throw ValidationFailed(
                path: "", code: "too_many", message: "has \(entries.count) actions; at most \(countMax) are taken")
        }
        var actions: [HandlerAction] = [], failures: [Failure] = []
        for (index, entry) in entries.enumerated() {
            do {
                actions.append(try HandlerAction(entry, path: "\(index)"))
            } catch {
                failures += error.failures
            }
        }
        guard failures.isEmpty else { throw ValidationFailed(failures) }
        return actions
    }

    private init(_ json: JSON, path: String) throws(ValidationFailed) {
        var reader = ObjectReader(json, path: path)
        let kind = reader.choice("type", of: Name.self)
        let name = reader.require("type", kind)
        let action = name.flatMap { Self.read($0, &reader) }
        // The members that go with an unknown type are anybody's guess.
        if name != nil { reader.refuseUnknown() }
        guard reader.failures.isEmpty, let action else { throw ValidationFailed(reader.failures) }
        self = action
    }

    /// nil when something is missing, which the reader then knows.
    private static func read(_ name: Name, _ reader: inout ObjectReader) -> HandlerAction? {
        switch name {
        case .say: return required("text", textLengthMax, &reader).map { .say(text: $0) }
        case .reply: return required("text", textLengthMax, &reader).map { .reply(text: $0) }
        case .delete: return .delete
        case .timeout:
            let given = reader.integer("seconds", in: timeoutSeconds)
            let seconds = reader.require("seconds", given)
            let reason = text("reason", reasonLengthMax, &reader)
            return seconds.map { .timeout(seconds: $0, reason: reason) }
        case .ban: return .ban(reason: text("reason", reasonLengthMax, &reader))
        case .warn: return required("reason", reasonLengthMax, &reader).map { .warn(reason: $0) }
        }
    }

    private static func required(_ name: String, _ lengthMax: Int, _ reader: inout ObjectReader) -> String? {
        let value = text(name, lengthMax, &reader)
        return reader.require(name, value)
    }

    /// Something that people can read: not empty, not blank, and without characters that steer a terminal.
    private static func text(_ name: String, _ lengthMax: Int, _ reader: inout ObjectReader) -> String? {
        guard let value = reader.string(name, lengthMin: 1, lengthMax: lengthMax) else { return nil }
        if value.unicodeScalars.contains(where: { $0.value < 0x20 && $0 != "\n" && $0 != "\t" || $0.value == 0x7F }) {
            reader.fail(name, "not_allowed", "must not hold control characters")
            return nil
        }
        guard value.unicodeScalars.contains(where: { !$0.properties.isWhitespace }) else {
            reader.fail(name, "too_short", "must not be blank")
            return nil
        }
        return value
    }
}

extension HandlerAction {
    /// As a handler returns it.
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("type", name.rawValue)
            switch self {
            case .say(let text), .reply(let text): object.member("text", text)
            case .delete: break
            case .timeout(let seconds, let reason):
                object.member("seconds", seconds)
                object.member("reason", ifPresent: reason)
            case .ban(let reason): object.member("reason", ifPresent: reason)
            case .warn(let reason): object.member("reason", reason)
            }
        }
    }
}
