import Domain
import HTTPTypes
import Hummingbird

/// One thing that the API can do: where it is, who may do it, what it takes and gives, and the code that does it.
///
/// Routes, authorisation and the OpenAPI document are all made of these, so that they cannot disagree.
final class Operation: Sendable {
    let method: HTTPRequest.Method
    /// With parameters in braces, as OpenAPI writes it.
    let path: String
    /// The last parameter takes the rest of the path, with its slashes.
    let takesRest: Bool
    /// A name for client generators.
    let id: String
    let summary: String
    let access: Access
    let budget: Budget
    let parameters: [Parameter]
    /// JSON Schema of the body; nil when none is read.
    let body: JSON?
    let bodyBytesMax: Int
    let answer: Answer
    /// In which forms the same JSON is answered.
    let mediaTypes: [String]
    /// Of all documents that the answer is made of: while it stays, the same caller gets the same answer to the same
    /// request. nil when nobody can say.
    let version: (@Sendable () -> Int)?
    /// Failures beyond those that every operation can have, by status.
    let refusals: [Int: String]
    /// Schemas of answers that are no failures in form though their status says so.
    let otherAnswers: [Int: JSON]
    let handler: @Sendable (Call) async throws -> Response
    /// Writes down what went wrong, in the form that its callers expect.
    let failing: @Sendable (APIError, Request, _ correlationID: String) -> Response

    init(
        method: HTTPRequest.Method, path: String, takesRest: Bool = false, id: String, summary: String, access: Access,
        budget: Budget = .ordinary, parameters: [Parameter] = [], body: JSON? = nil,
        bodyBytesMax: Int = Call.bodyBytesMax, answer: Answer,
        mediaTypes: [String] = ["application/json"], refusals: [Int: String] = [:], otherAnswers: [Int: JSON] = [:],
        version: (@Sendable () -> Int)? = nil,
        failing: @escaping @Sendable (APIError, Request, String) -> Response = { error, _, correlationID in
            Pipeline.response(error, correlationID: correlationID)
        },
        handler: @escaping @Sendable (Call) async throws -> Response
    ) {
        (self.method, self.path, self.id, self.summary) = (method, path, id, summary)
        self.takesRest = takesRest
        (self.access, self.budget, self.parameters, self.body) = (access, budget, parameters, body)
        self.bodyBytesMax = bodyBytesMax
        (self.answer, self.refusals, self.otherAnswers) = (answer, refusals, otherAnswers)
        (self.mediaTypes, self.version, self.handler, self.failing) = (mediaTypes, version, handler, failing)
    }

    enum Access: Equatable, Sendable {
        case anyone
        case permission(Permission)
        /// Somebody who is known; the operation lets him in itself, since it counts by what is asked for.
        case known
        /// System keys and system admins.
        case system
        case systemAdmin
    }

    /// Pauses and kills must work when everything else is being hammered.
    enum Budget: Sendable { case ordinary, emergency }

    struct Parameter: Sendable {
        let name: String
        let schema: JSON
        let description: String

        init(_ name: String, _ schema: JSON, _ description: String) {
            (self.name, self.schema, self.description) = (name, schema, description)
        }
    }

    /// The shape of a successful answer; the names are schemas of the OpenAPI document.
    enum Answer: Sendable {
        case one(String)
        case list(String)
        /// - Parameter others: further forms, by media type, that the Accept header may ask for.
        case log(String, others: [String])
        /// Rows with a meta of their own.
        case collection(String, meta: JSON)
        /// `creates`: 201 when something came into being.
        case write(String, creates: Bool = false)
        case raw(contentType: String, schema: JSON)
    }

    /// Whether who asks for it is told to the security log.
    var readsHistory: Bool {
        method == .get && (access == .permission(.auditRead) || access == .permission(.auditSecurity))
    }

    var isWrite: Bool { if case .write = answer { true } else { false } }

    /// Hummingbird's spelling of the path.
    var routerPath: RouterPath {
        var segments = path.split(separator: "/").map { $0.replacing("{", with: ":").replacing("}", with: "") }
        if takesRest { segments[segments.count - 1] = "**" }
        return RouterPath("/" + segments.joined(separator: "/"))
    }

    /// Whether a path of these segments is its, whatever the parameters are.
    func matches(_ path: [Substring]) -> Bool {
        let pattern = self.path.split(separator: "/")
        return (takesRest ? pattern.count <= path.count : pattern.count == path.count)
            && zip(pattern, path).allSatisfy { $0 == $1 || $0.hasPrefix("{") }
    }

    /// The names in braces.
    var pathParameters: [String] {
        path.split(separator: "/").filter { $0.hasPrefix("{") }.map { String($0.dropFirst().dropLast()) }
    }
}

extension Operation.Parameter {
    static let page = Operation.Parameter(
        "page", ["type": "integer", "minimum": 1, "maximum": 1_000_000, "default": 1], "Which page, from 1.")
    static let perPage = Operation.Parameter(
        "per_page", ["type": "integer", "minimum": 1, "maximum": 100, "default": 25], "Rows a page.")
    static let search = Operation.Parameter(
        "search", ["type": "string", "maxLength": 200], "A part of the account's name or id.")
    static let accountID = Operation.Parameter(
        "account_id", ["type": "string", "pattern": .string(AccountID.pattern)],
        "The account, for callers who act for none.")

    static func choice<Value: RawRepresentable<String> & CaseIterable>(
        _ name: String, _ type: Value.Type, _ description: String
    ) -> Operation.Parameter {
        Operation.Parameter(
            name, ["type": "string", "enum": .array(Value.allCases.map { .string($0.rawValue) })], description)
    }
}
