import Domain

/// One place in which two values differ, as people read it.
struct JSONDifference: Equatable, Sendable {
    /// With dots: `config.whitelist_domains`.
    let path: String
    /// nil: it was not there.
    let before: String?
    /// nil: it is not there any more.
    let after: String?

    /// What every change of an entity changes besides, and what only says which one it is.
    private static let ignored: Set<String> = [
        "revision", "updated_at", "created_at", "id", "account_id", "platform", "module_name", "extension_id",
        "install_id",
    ]

    /// Every difference, in the order of the newer value. Lists of plain values are compared as sets: what was added,
    /// and what was taken out.
    static func between(_ before: JSON?, _ after: JSON?) -> [JSONDifference] {
        var found: [JSONDifference] = []
        compare("", before, after, into: &found)
        return found
    }

    private static func compare(_ path: String, _ before: JSON?, _ after: JSON?, into found: inout [JSONDifference]) {
        let before = before == .null ? nil : before, after = after == .null ? nil : after
        if before == after { return }
        let old = before?.members, new = after?.members
        if old != nil || new != nil, before == nil || old != nil, after == nil || new != nil {
            let names = (new ?? []).map(\.name) + (old ?? []).map(\.name).filter { after?[$0] == nil }
            for name in names where !(path.isEmpty && ignored.contains(name)) {
                compare(path.isEmpty ? name : "\(path).\(name)", before?[name], after?[name], into: &found)
            }
        } else if let old = before?.array, let new = after?.array, (old + new).allSatisfy(\.isPlain) {
            for value in old where !new.contains(value) {
                found.append(.init(path: path, before: value.words, after: nil))
            }
            for value in new where !old.contains(value) {
                found.append(.init(path: path, before: nil, after: value.words))
            }
            let isMoved = found.last?.path != path
            if isMoved { found.append(.init(path: path, before: before?.words, after: after?.words)) }
        } else {
            found.append(.init(path: path, before: before?.words, after: after?.words))
        }
    }

    var view: View {
        var view: View = ["path": path]
        view["old"] = before.map { ["text": $0] as View }
        view["new"] = after.map { ["text": $0] as View }
        return view
    }
}

extension JSON {
    /// With line breaks and two spaces.
    var indented: String { indented(by: "") }

    private func indented(by space: String) -> String {
        let inner = space + "  "
        switch self {
        case .object(let members) where !members.isEmpty:
            let lines = members.map { "\(inner)\(JSON.string($0.name).text): \($0.value.indented(by: inner))" }
            return "{\n\(lines.joined(separator: ",\n"))\n\(space)}"
        case .array(let values) where !values.isEmpty:
            return "[\n\(values.map { inner + $0.indented(by: inner) }.joined(separator: ",\n"))\n\(space)]"
        default: return text
        }
    }
}
