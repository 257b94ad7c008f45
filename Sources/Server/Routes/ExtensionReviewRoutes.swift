import Commands
import Domain
import Extensions
import Hummingbird
import Projections

/// The store's back room: what waits for a review, what reviewers say, what is offered and what is taken away.
struct ExtensionReviewRoutes {
    private static let path = "/v1/admin/extensions"
    private static let one = path + "/{extension_id}"
    private static let version = one + "/versions/{version}"
    private static let missing = [404: "There is no such extension or version."]

    let services: Services

    var operations: [Operation] {
        reviews + [
            Operation(
                method: .post, path: "\(Self.one)/suspend", id: "suspendExtension",
                summary: "Stop every install of an extension at once.", access: .permission(.extensionsSuspend),
                budget: .emergency, body: ReasonBody.required, answer: .write("Extension"), refusals: Self.missing,
                handler: suspend),
            Operation(
                method: .post, path: "\(Self.one)/reinstate", id: "reinstateExtension",
                summary: "Let the installs of a suspended extension run again, each as its owner has it.",
                access: .permission(.extensionsSuspend), body: ReasonBody.optional, answer: .write("Extension"),
                refusals: Self.missing, handler: reinstate),
        ]
    }

    private var reviews: [Operation] {
        [
            Operation(
                method: .get, path: Self.path, id: "listAllExtensions", summary: "List every extension.",
                access: .permission(.extensionsReview),
                parameters: [
                    .page, .perPage, .extensionSearch,
                    .choice("state", Extension.Stage.self, "Only extensions that stand there."), .asOf,
                ], answer: .list("ExtensionEntry"), handler: list),
            Operation(
                method: .get, path: "\(Self.version)/bundle", id: "getExtensionBundle",
                summary: "Read the files of a version, as they were submitted.",
                access: .permission(.extensionsReview),
                answer: .raw(contentType: "application/json", schema: Schemas.bundle), refusals: Self.missing,
                handler: bundle),
            Operation(
                method: .post, path: "\(Self.version)/reviews", id: "reviewExtension",
                summary: "Say what a review has come to. chat:ban needs two reviewers, each with a justification.",
                access: .permission(.extensionsReview), body: ReviewBody.schema, answer: .write("Extension"),
                refusals: Self.missing.merging([403: "Not permitted, or it is the reviewer's own."]) { $1 },
                handler: review),
            Operation(
                method: .post, path: "\(Self.version)/publish", id: "publishExtension",
                summary: "Offer an approved version; one that was offered before can be offered again.",
                access: .permission(.extensionsReview), answer: .write("Extension"), refusals: Self.missing,
                handler: publish),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        var query = try call.query()
        let page = PageRequest(&query), search = query.string("search", lengthMax: 200)
        let stage = query.choice("state", of: Extension.Stage.self)
        try query.finish()
        // A reviewer who acts for an account sees that account's own.
        let scope: ExtensionFilter.Scope =
            ExtensionView.seesAll(call.caller) ? .everything : .store(call.caller.account)
        return try await services.read(call) { readModels in
            let found = try readModels.extensions(
                ExtensionFilter(scope, search: search, stage: stage), offset: page.offset, limit: page.perPage)
            let list = Answers.list(call, page, total: found.total) { array in
                for document in found.rows {
                    ExtensionView(document, for: call.caller)?.encode(manifest: nil, into: &array)
                }
            }
            return Answers.response(.ok, list)
        }
    }

    @Sendable private func bundle(_ call: Call) async throws -> Response {
        let id = try visible(call), version = try call.pathVersion()
        guard let digest = try services.commands.bundleDigest(of: id, version: version) else {
            throw APIError.notFound("there is no version \(version.prefix(SemanticVersion.lengthMax)) of \(id)")
        }
        return try services.bundleAnswer(digest)
    }

    @Sendable private func review(_ call: Call) async throws -> Response {
        let id = try visible(call), body = try ReviewBody(call.json())
        let outcome = try await services.commands.reviewExtension(
            id, version: try call.pathVersion(), body.decision, note: body.note, from: call.caller.account,
            call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, id)
    }

    @Sendable private func publish(_ call: Call) async throws -> Response {
        let id = try visible(call)
        let outcome = try await services.commands.publishExtension(
            id, version: try call.pathVersion(), call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, id)
    }

    @Sendable private func suspend(_ call: Call) async throws -> Response {
        let id = try visible(call), body = try ReasonBody(call.json(), isRequired: true)
        let outcome = try await services.commands.suspendExtension(
            id, reason: body.reason ?? "", call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, id)
    }

    @Sendable private func reinstate(_ call: Call) async throws -> Response {
        let id = try visible(call), body = try ReasonBody(call.json(), isRequired: false)
        let outcome = try await services.commands.reinstateExtension(
            id, reason: body.reason, call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, id)
    }

    /// Whoever acts for an account reaches no other's extensions: they look as if they were not there.
    private func visible(_ call: Call) throws -> ExtensionID {
        let id = try call.pathExtension()
        guard let own = call.caller.ownAccount else { return id }
        guard try services.commands.owner(of: id) == own else {
            throw APIError.notFound("there is no extension \(id) that you can reach: check its id")
        }
        return id
    }
}

/// `{"decision", "note"?}`
private struct ReviewBody {
    let decision: Extension.Decision, note: String?

    static let schema: JSON = [
        "type": "object", "required": ["decision"], "additionalProperties": false,
        "properties": [
            "decision": Schemas.choice(Extension.Decision.self),
            "note": Schemas.nullableText(
                Extension.noteLengthMax, "What is wrong; of an approval of chat:ban why it may have it."),
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let given = body.choice("decision", of: Extension.Decision.self)
        let decision = body.require("decision", given)
        note = body.label("note", lengthMax: Extension.noteLengthMax)
        try body.finish()
        self.decision = decision ?? .inReview
    }
}

/// `{"reason"}`
private struct ReasonBody {
    let reason: String?

    static let required: JSON = [
        "type": "object", "required": ["reason"], "additionalProperties": false,
        "properties": ["reason": Schemas.text(Extension.noteLengthMax, "Why; always asked for.")],
    ]
    static let optional: JSON = [
        "type": "object", "additionalProperties": false,
        "properties": ["reason": Schemas.nullableText(Extension.noteLengthMax, "Why; the journal keeps it.")],
    ]

    init(_ json: JSON, isRequired: Bool) throws {
        var body = ObjectReader(json)
        reason = body.label("reason", lengthMax: Extension.noteLengthMax)
        if isRequired { _ = body.require("reason", reason) }
        try body.finish()
    }
}
