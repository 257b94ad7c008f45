import Domain

/// What an extension listens to, as its owner may say it otherwise. An empty field is the extension's own.
enum TriggerForm {
    /// The parts of a trigger's override, by its type.
    private static let parts: [String: [String]] = [
        "command": ["prefix", "command"], "keyword": ["keywords"], "pattern": ["pattern"],
    ]

    static func view(_ triggers: JSON?, _ install: JSON, _ errors: FieldErrors?) -> [View] {
        (triggers?.array ?? []).map { trigger in
            let id = trigger["id"]?.string ?? "", type = trigger["type"]?.string ?? ""
            let overrides = install["overrides"]?[id]
            let fields = (isOpen(trigger) ? parts[type] ?? [] : []).map { part -> View in
                let name = "overrides.\(id).\(part)"
                return [
                    "name": name, "id": name.replacing(".", with: "-"), "label": FormField.label(of: part),
                    "is_list": part == "keywords", "value": text(overrides?[part]),
                    "own": trigger["default"]?[part]?.plain ?? "", "error": errors?.message(at: name) ?? false as Any,
                ]
            }
            var view: View = ["id": id, "type": type, "fields": fields, "is_open": !fields.isEmpty]
            view["error"] = errors?.message(at: "overrides.\(id)") ?? false as Any
            view["own"] = trigger["default"]?.members?.map { "\($0.name) \($0.value.plain)" }.joined(separator: ", ")
            return view
        }
    }

    static func names(_ triggers: JSON?) -> [String] {
        (triggers?.array ?? []).compactMap { $0["id"]?.string.map { "overrides.\($0)" } }
    }

    /// Only what is said otherwise.
    static func read(_ form: Form, _ triggers: JSON?) -> JSON {
        .object(
            (triggers?.array ?? []).compactMap { trigger in
                guard let id = trigger["id"]?.string, isOpen(trigger) else { return nil }
                let members = (parts[trigger["type"]?.string ?? ""] ?? []).compactMap { part -> JSON.Member? in
                    guard let text = form["overrides.\(id).\(part)"] else { return nil }
                    return JSON.Member(part, part == "keywords" ? .array(FormField.lines(text)) : .string(text))
                }
                return members.isEmpty ? nil : JSON.Member(id, .object(members))
            })
    }

    /// Those of people's words are, unless the author says no.
    private static func isOpen(_ trigger: JSON) -> Bool {
        trigger["overridable"]?.bool ?? (parts[trigger["type"]?.string ?? ""] != nil)
    }

    private static func text(_ value: JSON?) -> String {
        value?.array.map { $0.map(\.plain).joined(separator: "\n") } ?? value?.plain ?? ""
    }
}
