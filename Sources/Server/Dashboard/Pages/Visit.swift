import Domain
import Foundation
import Hummingbird

/// A browser's request for a page: who it is, what it asks for, nothing of it believed yet.
struct Visit: Sendable {
    let request: Request
    let parameters: Parameters
    let caller: Caller
    let secret: SessionSecret
    let correlationID: String
    let remoteAddress: String?
    /// For a reader of a stream who does not read.
    let closeConnection: @Sendable () -> Void
    /// What a form sent; empty for a page that is only read.
    let form: Form

    /// The query's parameters; of one that is given twice the last counts.
    var query: Form { Form(request.uri.query ?? "") }

    func holds(_ permission: Permission) -> Bool { caller.holds(permission) }

    /// A part of the path, percent-decoded.
    func path(_ name: String) -> String { parameters.get(name).flatMap(\.removingPercentEncoding) ?? "" }
}

/// Names and values as a browser sends them, those that are left empty too.
struct Form: Sendable {
    private let items: [QueryString.Item]

    init(_ text: String) {
        items = QueryString.items(text)
    }

    init(bytes: some Collection<UInt8>) {
        self.init(String(decoding: bytes, as: UTF8.self))
    }

    /// nil when it was not sent, or left empty.
    subscript(_ name: String) -> String? {
        items.last { $0.name == name }?.value.flatMap { $0.isEmpty ? nil : $0 }
    }

    func all(_ name: String) -> [String] { items.filter { $0.name == name }.compactMap(\.value) }

    func isSent(_ name: String) -> Bool { items.contains { $0.name == name } }

    var names: [String] { items.map(\.name) }
}
