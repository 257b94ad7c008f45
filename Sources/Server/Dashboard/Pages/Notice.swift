import Domain

/// What a form has done, said on the page that comes after it, with a form that undoes it.
///
/// It travels in that page's address, signed for the session: nobody else can put words into our mouth.
struct Notice: Sendable {
    struct Undo: Sendable {
        let action: String
        let fields: [(String, String)]
    }

    static let parameter = "notice"

    let text: String
    /// nil: nothing was changed.
    var position: Int?
    var undo: Undo?

    /// The address of the page that shows it.
    func address(_ path: String, _ query: [(key: String, value: String?)] = [], _ secret: SessionSecret) -> String {
        path + PercentEncoding.query(query + [(Self.parameter, secret.signed(json.bytes))])
    }

    /// The notice of a page's address; nil when there is none, or it is not ours.
    init?(_ visit: Visit) {
        guard let text = visit.query[Self.parameter], let bytes = visit.secret.verified(text),
            let json = try? JSONParser.parse(bytes), let text = json["text"]?.string
        else { return nil }
        self.init(text: text, position: json["position"]?.integer)
        if let action = json["action"]?.string {
            let fields = (json["fields"]?.members ?? []).map { ($0.name, $0.value.string ?? "") }
            undo = Undo(action: action, fields: fields)
        }
    }

    init(text: String, position: Int? = nil, undo: Undo? = nil) {
        (self.text, self.position, self.undo) = (text, position, undo)
    }

    private var json: JSON {
        let fields = (undo?.fields ?? []).map { JSON.Member($0.0, .string($0.1)) }
        return [
            "text": .string(text), "position": position.map(JSON.integer) ?? .null,
            "action": undo.map { .string($0.action) } ?? .null, "fields": .object(fields),
        ]
    }

    var view: View {
        var view: View = ["text": text]
        view["position"] = position
        view["undo"] = undo.map { undo -> View in
            ["action": undo.action, "fields": undo.fields.map { ["name": $0.0, "value": $0.1] }]
        }
        return view
    }
}
