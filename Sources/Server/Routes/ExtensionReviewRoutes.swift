import Commands
import Domain
import Hummingbird
import Projections

/// What reviewers and operators do with extensions: judge versions, publish them, and stop all installs of one.
struct ExtensionReviewRoutes {
    let services: Services

    var operations: [Operation] {
        let path = "/v1/admin/extensions", one = path + "/{extension_id}"
        return [
            Operation(
                method: .get, path: path, id: "listSubmittedExtensions",
                summary: "List all extensions, with all their versions and reviews.",
                access: .permission(.extensionsReview),
                parameters: [
                    .page, .perPage, ExtensionQuery.search,
                    .choice("state", Extension.Stage.self, "How far the extension has come."),
                ], answer: .list("Extension"), handler: list),
            Operation(
                method: .post, path: one + "/versions/{version}/reviews", id: "reviewExtension",
                summary: "Say what you think of a version. One that may ban needs two reviewers and their reasons.",
                access: .permission(.extensionsReview), body: ReviewBody.schema, answer: .write("Extension"),
                refusals: [
                    403: "Not permitted, or it is your own submission.", 404: "There is no such version.",
                    409: "The review is closed.",
                ], handler: review),
            Operation(
                method: .post, path: one + "/versions/{version}/publish", id: "publishExtension",
                summary: "Offer an approved version to accounts.", access: .permission(.extensionsReview),
                answer: .write("Extension"),
                refusals: [404: "There is no such version.", 409: "It is not approved, or the extension is suspended."],
                handler: publish),
            Operation(
                method: .post, path: one + "/suspend", id: "suspendExtension",
                summary: "Stop every install of an extension at once, in all accounts.",
                access: .permission(.extensionsSuspend), budget: .emergency,
                body: ReasonBody.schema(isRequired: true), answer: .write("Extension"),
                refusals: [404: "There is no such extension."], handler: suspend),
            Operation(
                method: .post, path: one + "/reinstate", id: "reinstateExtension",
                summary: "Let the installs of a suspended extension run again.",
                access: .permission(.extensionsSuspend), body: ReasonBody.schema(isRequired: false),
                answer: .write("Extension"), refusals: [404: "There is no such extension."], handler: reinstate),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        let query = try ExtensionQuery(call, takesStage: true)
        let filter = ExtensionFilter(.everything, search: query.search, stage: query.stage)
        let page = try services.readModels.extensions(filter, offset: query.page.offset, limit: query.page.perPage)
        let list = Answers.list(call, query.page, total: page.total) { array in
            for document in page.rows { ExtensionView(document, for: call.caller)?.encode(into: &array) }
        }
        return Answers.response(.ok, list)
    }

    @Sendable private func review(_ call: Call) async throws -> Response {
        let id = try call.pathExtension()
        let body = try ReviewBody(call.json())
        let outcome = try await services.commands.reviewExtension(
            id, version: call.path("version"), body.verdict, note: body.note, from: call.caller.account,
            call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, id)
    }

    @Sendable private func publish(_ call: Call) async throws -> Response {
        let id = try call.pathExtension()
        let outcome = try await services.commands.publishExtension(
            id, version: call.path("version"), call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, id)
    }

    @Sendable private func suspend(_ call: Call) async throws -> Response {
        let id = try call.pathExtension()
        let body = try ReasonBody(call.json(), isRequired: true)
        let outcome = try await services.commands.suspendExtension(
            id, reason: body.reason ?? "", call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, id)
    }

    @Sendable private func reinstate(_ call: Call) async throws -> Response {
        let id = try call.pathExtension()
        let body = try ReasonBody(call.json(), isRequired: false)
        let outcome = try await services.commands.reinstateExtension(
            id, reason: body.reason, call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, id)
    }
}

/// `{"verdict", "note"?}`
private struct ReviewBody {
    let verdict: Extension.Verdict, note: String?

    static let schema: JSON = [
        "type": "object", "required": ["verdict"], "additionalProperties": false,
        "properties": [
            "verdict": Schemas.choice(Extension.Verdict.self),
            "note": Schemas.nullableText(
                Extension.noteLengthMax,
                "For the author. An enhanced review needs a justification of at least 20 characters."),
        ],
    ]

    init(_ json: JSON) throws(ValidationFailed) {
        var body = ObjectReader(json)
        let choice = body.choice("verdict", of: Extension.Verdict.self)
        let verdict = body.require("verdict", choice)
        note = body.label("note", lengthMax: Extension.noteLengthMax)
        try body.finish()
        guard let verdict else { throw ValidationFailed(body.failures) }
        self.verdict = verdict
    }
}

/// `{"reason"}`
private struct ReasonBody {
    let reason: String?

    static func schema(isRequired: Bool) -> JSON {
        let length = Extension.noteLengthMax
        return [
            "type": "object", "required": isRequired ? ["reason"] : [], "additionalProperties": false,
            "properties": [
                "reason": isRequired
                    ? Schemas.text(length, "Why; owners of installs are shown it.") : Schemas.nullableText(length, "Why.")
            ],
        ]
    }

    init(_ json: JSON, isRequired: Bool) throws(ValidationFailed) {
        var body = ObjectReader(json)
        let text = body.label("reason", lengthMax: Extension.noteLengthMax)
        reason = isRequired ? body.require("reason", text) : text
        try body.finish()
    }
}
