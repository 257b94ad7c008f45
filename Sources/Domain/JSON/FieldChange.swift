/// One field in which two JSON objects differ.
package struct FieldChange: Equatable, Sendable {
    /// With dots: `config.blocked_words`. Empty when a whole object came or went.
    package let path: String
    /// nil: it is not there.
    package let before: JSON?, after: JSON?

    package init(path: String, before: JSON?, after: JSON?) {
        (self.path, self.before, self.after) = (path, before, after)
    }

    /// Every difference, in the order of the newer object. Lists are compared as wholes.
    package static func between(_ before: JSON?, _ after: JSON?) -> [FieldChange] {
        var found: [FieldChange] = []
        compare("", before, after, into: &found)
        return found
    }

    private static func compare(_ path: String, _ before: JSON?, _ after: JSON?, into found: inout [FieldChange]) {
        if before == after { return }
        guard let old = before?.members, let new = after?.members else {
            return found.append(FieldChange(path: path, before: before, after: after))
        }
        let names = new.map(\.name) + old.map(\.name).filter { after?[$0] == nil }
        for name in names {
            compare(path.isEmpty ? name : "\(path).\(name)", before?[name], after?[name], into: &found)
        }
    }

    /// Every change of a document changes these besides.
    package var isBookkeeping: Bool { path == "revision" || path == "updated_at" }
}

extension JSON {
    /// A value as people write it.
    package var words: String {
        switch self {
        case .null: "nothing"
        case .bool(let value): value ? "yes" : "no"
        case .string(let value): value.isEmpty ? "(empty)" : value
        case .number(let literal): literal
        case .array(let values):
            values.isEmpty
                ? "(none)" : values.allSatisfy(\.isPlain) ? values.map(\.words).joined(separator: ", ") : text
        case .object: text
        }
    }

    /// Neither a list nor an object.
    package var isPlain: Bool { members == nil && array == nil }
}
