import Commands
import Domain
import Extensions
import Hummingbird
import Projections
import Runtime

/// The store of extensions: what there is, and how authors hand in versions.
struct ExtensionRoutes {
    /// A bundle of the greatest size, written with as many escapes as JSON allows for.
    static let bodyBytesMax = 1 << 20

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/extensions", id: "listExtensions",
                summary: "List what the store offers, and what your account has submitted.",
                access: .permission(.extensionsRead),
                parameters: [.page, .perPage, ExtensionQuery.search], answer: .list("Extension"), handler: list),
            Operation(
                method: .post, path: "/v1/extensions", id: "submitExtension",
                summary: "Submit a version: it never changes afterwards, and waits for its review.",
                access: .permission(.extensionsSubmit), parameters: [.accountID], body: Self.schema,
                bodyBytesMax: Self.bodyBytesMax, answer: .write("Extension", creates: true),
                refusals: [
                    403: "Not permitted, or the extension is another account's.", 404: "There is no such account.",
                    503: "Nothing can be recorded now, or there is no sandbox to try the program in.",
                ], handler: submit),
            Operation(
                method: .get, path: "/v1/extensions/{extension_id}", id: "getExtension",
                summary: "Read one extension, with the manifest of the version that accounts install.",
                access: .permission(.extensionsRead), answer: .one("Extension"),
                refusals: [404: "There is no such extension, or not for you."], handler: get),
        ]
    }

    private static let schema: JSON = [
        "type": "object", "required": ["bundle"], "additionalProperties": false,
        "properties": [
            "bundle": [
                "type": "object", "required": ["files"], "additionalProperties": false,
                "properties": [
                    "files": [
                        "type": "object", "required": [.string(ExtensionBundle.manifestPath)],
                        "minProperties": 2, "maxProperties": .integer(ExtensionBundle.filesMax),
                        "additionalProperties": ["type": "string"],
                        "description": "The text of each file by its path, the manifest among them.",
                    ]
                ],
            ]
        ],
    ]

    @Sendable private func list(_ call: Call) async throws -> Response {
        let query = try ExtensionQuery(call, takesStage: false)
        let filter = ExtensionFilter(.store(call.caller.account), search: query.search)
        let page = try services.readModels.extensions(filter, offset: query.page.offset, limit: query.page.perPage)
        let list = Answers.list(call, query.page, total: page.total) { array in
            for document in page.rows { ExtensionView(document, for: call.caller)?.encode(into: &array) }
        }
        return Answers.response(.ok, list)
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let id = try call.pathExtension()
        guard let document = try services.readModels.extension(id),
            var view = ExtensionView(document, for: call.caller)
        else { throw APIError.notFound("there is no such extension: check the id") }
        return try Answers.unlessKnown(call, revision: document.revision) {
            view.manifest = try manifest(of: view.document)
            return Answers.one(Self.href(id), etag: document.revision) { view.encode(into: &$0) }
        }
    }

    /// nil when the bundle is not there, or damaged: the rest can be read all the same.
    private func manifest(of document: ExtensionDocument) throws -> JSONText? {
        guard let version = document.publishedVersion ?? document.versions.first,
            let bytes = (try? services.bundles.get(version.digest)) ?? nil
        else { return nil }
        return try ExtensionBundle(stored: bytes).manifest().text
    }

    @Sendable private func submit(_ call: Call) async throws -> Response {
        var query = try call.query()
        let requested = query.account("account_id")
        try query.finish()
        let account = try Authoriser.account(for: call.caller, requested: requested)
        var body = ObjectReader(try call.json())
        let given = body.value("bundle")
        let bundle = body.require("bundle", given)
        try body.finish()
        let judged = try await JudgedBundle(bundle ?? .null, judge: services.judge)
        // Before the event that names it.
        let digest = try services.bundles.put(judged.bundle.bytes)
        let outcome = try await services.commands.submitExtension(
            judged.manifest, digest: digest, account: account, call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, judged.manifest.id)
    }

    static func href(_ id: ExtensionID) -> String { "/v1/extensions/\(id)" }
}

extension Services {
    /// The answer to a command about an extension, whose callers see all of it.
    func answer(_ call: Call, _ outcome: CommandOutcome, _ id: ExtensionID) async throws -> Response {
        let reach = try await reach(outcome, for: call)
        let document = try readModels.extension(id)
        return Answers.write(outcome, reach, ExtensionRoutes.href(id), etag: document?.revision) { data in
            if let view = document.flatMap({ ExtensionView($0, for: call.caller) }) {
                view.encode(into: &data)
            } else {
                data.null()
            }
        }
    }
}

/// Which part of a list of extensions is wanted.
struct ExtensionQuery {
    static let search = Operation.Parameter(
        "search", ["type": "string", "maxLength": 200], "A part of the name, or the id.")

    let page: PageRequest, search: String?, stage: Extension.Stage?

    init(_ call: Call, takesStage: Bool) throws {
        var query = try call.query()
        page = PageRequest(&query)
        search = query.string("search", lengthMax: 200)
        stage = takesStage ? query.choice("state", of: Extension.Stage.self) : nil
        try query.finish()
    }
}

extension Call {
    func pathExtension() throws(ValidationFailed) -> ExtensionID {
        guard let id = ExtensionID(rawValue: path("extension_id")) else {
            throw ValidationFailed(path: "extension_id", code: "not_allowed", message: ExtensionID.rule)
        }
        return id
    }

    func pathInstall() throws(ValidationFailed) -> InstallID {
        guard let id = InstallID(rawValue: path("install_id")) else {
            throw ValidationFailed(path: "install_id", code: "not_allowed", message: InstallID.rule)
        }
        return id
    }
}
