/// When an extension's handler is called, once the account's overrides are counted in.
package struct ExtensionTrigger: Equatable, Sendable {
    /// Unique in the extension, and what overrides are called by.
    package let id: String
    package var condition: Condition

    package enum Condition: Equatable, Sendable {
        /// A line that begins with `prefix` and `name`, then ends or goes on after white space. Whoever called it rests
        /// for the cooldown.
        case command(prefix: String, name: String, cooldownSeconds: Int)
        /// A line that has one of them as a whole word, in the form in which texts are compared.
        case keywords([String])
        /// A line in which the expression is found.
        case pattern(Pattern)
        /// Something that happened on a platform, such as `twitch:follower`.
        case event(String)
        case timer(everySeconds: Int)
        /// Every line, before it is taken for said.
        case moderate
    }

    /// A regular expression as JavaScript writes it.
    package struct Pattern: Equatable, Sendable {
        package let source: String
        /// Of `i`, `m`, `s` and `u`.
        package let flags: String

        package init(source: String, flags: String = "") {
            (self.source, self.flags) = (source, flags)
        }
    }

    /// The names in manifests and documents.
    package enum Kind: String, CaseIterable, Sendable { case command, keyword, pattern, event, timer, moderate }

    package init(id: String, _ condition: Condition) {
        (self.id, self.condition) = (id, condition)
    }

    package var kind: Kind {
        switch condition {
        case .command: .command
        case .keywords: .keyword
        case .pattern: .pattern
        case .event: .event
        case .timer: .timer
        case .moderate: .moderate
        }
    }
}

extension ExtensionTrigger {
    /// `{id, type, prefix?, command?, cooldown?, keywords?, pattern?, flags?, event?, every?}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", id)
            object.member("type", kind.rawValue)
            switch condition {
            case .command(let prefix, let name, let cooldownSeconds):
                object.member("prefix", prefix)
                object.member("command", name)
                object.member("cooldown", cooldownSeconds)
            case .keywords(let words):
                object.name("keywords")
                object.array { array in words.forEach { array.string($0) } }
            case .pattern(let pattern):
                object.member("pattern", pattern.source)
                object.member("flags", pattern.flags)
            case .event(let name): object.member("event", name)
            case .timer(let everySeconds): object.member("every", everySeconds)
            case .moderate: break
            }
        }
    }

    package init(decoding object: StoredObject) throws {
        let condition: Condition =
            switch try object.choice("type") as Kind {
            case .command:
                .command(
                    prefix: try object.require("prefix", StoredObject.string),
                    name: try object.require("command", StoredObject.string),
                    cooldownSeconds: try object.require("cooldown", StoredObject.integer))
            case .keyword: .keywords(try object.strings("keywords"))
            case .pattern:
                .pattern(
                    Pattern(
                        source: try object.require("pattern", StoredObject.string),
                        flags: try object.string("flags") ?? ""))
            case .event: .event(try object.require("event", StoredObject.string))
            case .timer: .timer(everySeconds: try object.require("every", StoredObject.integer))
            case .moderate: .moderate
            }
        self.init(id: try object.require("id", StoredObject.string), condition)
    }
}

extension StoredObject {
    /// The entries of an array that must be there.
    func entries(_ name: StaticString) throws -> [JSON] {
        guard let raw = raw(name), let entries = try JSONParser.parse(raw).array else {
            throw Unreadable("\(name) is missing, or no array")
        }
        return entries
    }

    func strings(_ name: StaticString) throws -> [String] {
        try entries(name).map { entry in
            guard let text = entry.string else { throw Unreadable("\(name) holds \(entry.kindName)") }
            return text
        }
    }
}
