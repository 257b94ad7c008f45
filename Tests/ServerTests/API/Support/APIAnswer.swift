import Domain

/// An answer with its JSON.
struct APIAnswer: Sendable {
    let status: Int
    let headers: [String: String]
    let body: [UInt8]
    /// null when the body is something else.
    let json: JSON

    init(_ answer: PlainAnswer) {
        (status, headers, body) = (answer.status, answer.headers, answer.body)
        json = (try? JSONParser.parse(answer.body)) ?? .null
    }

    var text: String { String(decoding: body, as: UTF8.self) }
    var data: JSON { json["data"] ?? .null }
    var rows: [JSON] { data.array ?? [] }
    var meta: JSON { json["meta"] ?? .null }
    var isChanged: Bool? { meta["changed"]?.bool }
    var position: Int? { meta["position"]?.integer }
    /// The error's code.
    var code: String? { json["error"]?["code"]?.string ?? graphQLError?.at("extensions", "code")?.string }
    var message: String { (json["error"] ?? graphQLError)?["message"]?.string ?? "" }
    /// The first one.
    var graphQLError: JSON? { json["errors"]?.array?.first }
    /// The failures as `path code`.
    var failures: [String] {
        (json["error"]?["details"]?.array ?? []).map { "\($0["path"]?.string ?? "?") \($0["code"]?.string ?? "?")" }
    }
}

extension JSON {
    /// A member of members.
    func at(_ path: String...) -> JSON? { path.reduce(Optional(self)) { $0?[$1] } }
}
