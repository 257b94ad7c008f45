import Commands
import Domain
import Extensions
import Hummingbird
import Projections
import Runtime

/// The store: what it offers, and what authors bring to it.
struct ExtensionRoutes {
    static let path = "/v1/extensions"
    /// JSON escapes make a bundle longer than it is.
    private static let submissionBytesMax = 1 << 20

    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: Self.path, id: "listExtensions",
                summary: "List what the store offers, and what the account has submitted itself.",
                access: .permission(.extensionsRead),
                parameters: [.page, .perPage, .extensionSearch, .accountID, .asOf],
                answer: .list("ExtensionEntry"), handler: list),
            Operation(
                method: .get, path: "\(Self.path)/{extension_id}", id: "getExtension",
                summary: "Read an extension, with the manifest of the version that is offered.",
                access: .permission(.extensionsRead), parameters: [.asOf], answer: .one("Extension"),
                refusals: [404: "There is no such extension for this caller."], handler: get),
            Operation(
                method: .post, path: Self.path, id: "submitExtension",
                summary: "Submit a version for review. It never changes afterwards.",
                access: .permission(.extensionsSubmit), parameters: [.accountID], body: SubmissionBody.schema,
                bodyBytesMax: Self.submissionBytesMax, answer: .write("Extension", creates: true),
                refusals: [
                    403: "Not permitted, or the extension is another account's.",
                    409: "The version was submitted with other files, or does not come after the last one.",
                    503: "Nothing can be recorded, or there is no sandbox to look at it in.",
                ], handler: submit),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        var query = try call.query()
        let page = PageRequest(&query), search = query.string("search", lengthMax: 200)
        let requested = query.account("account_id")
        try query.finish()
        let account = try Authoriser.scope(requested ?? call.caller.account, call.caller)
        let filter = ExtensionFilter(.store(account), search: search)
        return try await services.read(call) { readModels in
            let found = try readModels.extensions(filter, offset: page.offset, limit: page.perPage)
            let list = Answers.list(call, page, total: found.total) { array in
                for document in found.rows {
                    ExtensionView(document, for: call.caller)?.encode(manifest: nil, into: &array)
                }
            }
            return Answers.response(.ok, list)
        }
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        let id = try call.pathExtension()
        return try await services.read(call) { readModels in
            guard let view = try readModels.extension(id).flatMap({ ExtensionView($0, for: call.caller) }) else {
                throw APIError.notFound("there is no extension \(id) that you can see: check its id")
            }
            let manifest = try services.manifest(of: view)
            return Answers.one(call.selfHref(Self.href(id)), etag: view.document.revision) {
                view.encode(manifest: manifest, into: &$0)
            }
        }
    }

    @Sendable private func submit(_ call: Call) async throws -> Response {
        var query = try call.query()
        let requested = query.account("account_id")
        try query.finish()
        let account = try Authoriser.account(for: call.caller, requested: requested)
        let body = try SubmissionBody(call.json())
        try await judge(body)
        let digest = try services.bundles.put(body.bundle.bytes)
        let outcome = try await services.commands.submitExtension(
            body.manifest, digest: digest, account: account, call.commandRequest(now: services.clock.now))
        return try await services.answer(call, outcome, body.manifest.id)
    }

    /// Owners consent to the manifest: a program that listens to anything else is refused.
    private func judge(_ body: SubmissionBody) async throws {
        guard let judge = services.bundleJudge else {
            throw APIError(
                .serviceUnavailable, "sandbox_unavailable",
                "nothing can be submitted here: this server has no sandbox to look at extensions in")
        }
        let declared: [ExtensionTrigger]
        do throws(BundleRefusal) {
            declared = try await judge.triggers(of: body.bundle, main: body.manifest.main)
        } catch .faulty(let message) {
            throw ValidationFailed(path: "bundle.files.\(body.manifest.main)", code: "faulty", message: message)
        } catch .unavailable(let message) {
            throw APIError(.serviceUnavailable, "sandbox_unavailable", message, headers: [.retryAfter: "5"])
        }
        let failures = body.manifest.differences(from: declared)
        guard failures.isEmpty else { throw ValidationFailed(failures) }
    }

    static func href(_ id: ExtensionID) -> String { "\(path)/\(id)" }
}

extension Services {
    /// The manifest that an extension is shown with.
    func manifest(of view: ExtensionView) throws -> JSONText {
        let version = try view.shown.flatMap {
            try commands.manifest(of: view.document.extensionID, version: $0)
        }
        return version ?? JSONText(.null)
    }

    /// The answer to every command on an extension.
    func answer(_ call: Call, _ outcome: CommandOutcome, _ id: ExtensionID) async throws -> Response {
        let reach = try await reach(outcome, for: call)
        let document = try readModels.extension(id)
        let view = document.flatMap { ExtensionView($0, for: call.caller) }
        let manifest = try view.map { try self.manifest(of: $0) }
        return Answers.write(outcome, reach, ExtensionRoutes.href(id), etag: document?.revision) { data in
            if let view { view.encode(manifest: manifest, into: &data) } else { data.null() }
        }
    }
}

/// `{"bundle": {"files": {path: text}}}`
private struct SubmissionBody {
    let bundle: ExtensionBundle, manifest: Manifest

    static let schema: JSON = [
        "type": "object", "required": ["bundle"], "additionalProperties": false,
        "properties": [
            "bundle": [
                "type": "object", "required": ["files"], "additionalProperties": false,
                "properties": [
                    "files": [
                        "type": "object", "required": [.string(ExtensionBundle.manifestPath)],
                        "maxProperties": .integer(ExtensionBundle.filesMax),
                        "additionalProperties": ["type": "string"],
                        "description": "ES modules by path, and the manifest lumio.config.json.",
                    ]
                ],
            ]
        ],
    ]

    init(_ json: JSON) throws {
        var body = ObjectReader(json)
        let given = body.object("bundle")
        let files = body.require("bundle", given)
        var bundle: ExtensionBundle?, manifest: Manifest?
        if let files {
            body.collect { () throws(ValidationFailed) in
                let found = try ExtensionBundle(files)
                bundle = found
                manifest = try found.manifest()
            }
        }
        try body.finish()
        guard let bundle, let manifest else { throw ValidationFailed(body.failures) }
        (self.bundle, self.manifest) = (bundle, manifest)
    }
}

extension Operation.Parameter {
    static let extensionSearch = Operation.Parameter(
        "search", ["type": "string", "maxLength": 200], "A part of the extension's name, or its id.")
}

extension Call {
    func pathExtension() throws(ValidationFailed) -> ExtensionID {
        guard let id = ExtensionID(rawValue: path("extension_id")) else {
            throw ValidationFailed(path: "extension_id", code: "not_allowed", message: ExtensionID.rule)
        }
        return id
    }

    func pathVersion() throws(ValidationFailed) -> String {
        let version = path("version")
        guard version.wholeMatch(of: /[0-9A-Za-z.+-]{1,64}/) != nil else {
            throw ValidationFailed(path: "version", code: "not_allowed", message: SemanticVersion.rule)
        }
        return version
    }

    func pathInstall() throws(ValidationFailed) -> InstallID {
        guard let id = InstallID(rawValue: path("install_id")) else {
            throw ValidationFailed(path: "install_id", code: "not_allowed", message: InstallID.rule)
        }
        return id
    }
}
