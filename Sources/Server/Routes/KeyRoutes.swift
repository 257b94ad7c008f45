import Domain
import Hummingbird
import Logging
import Runtime

/// Keys of users and of programs: made, listed without their secrets, and revoked.
struct KeyRoutes {
    let services: Services

    var operations: [Operation] {
        [
            Operation(
                method: .get, path: "/v1/admin/keys", id: "listKeys", summary: "List the keys, the newest first.",
                access: .permission(.keysRead), parameters: [.page, .perPage], answer: .list("Key"), handler: list),
            Operation(
                method: .post, path: "/v1/admin/keys", id: "createKey",
                summary: "Make a key. Its secret is in this answer and nowhere else.",
                access: .permission(.keysEdit), body: KeyBody.schema, answer: .one("NewKey"),
                refusals: [409: "There are too many keys."], handler: create),
            Operation(
                method: .get, path: "/v1/admin/keys/{id}", id: "getKey", summary: "Read one key, without its secret.",
                access: .permission(.keysRead), answer: .one("Key"), refusals: [404: "There is no such key."],
                handler: get),
            Operation(
                method: .delete, path: "/v1/admin/keys/{id}", id: "revokeKey",
                summary: "Revoke a key, at once and for good.", access: .permission(.keysEdit), answer: .one("Key"),
                refusals: [404: "There is no such key."], handler: revoke),
            Operation(
                method: .delete, path: "/v1/admin/tokens/{id}", id: "revokeToken",
                summary: "Revoke a signed token by its claim jti, at once and for good.", access: .systemAdmin,
                answer: .one("RevokedToken"),
                refusals: [409: "Too many tokens are revoked."], handler: revokeToken),
        ]
    }

    @Sendable private func list(_ call: Call) async throws -> Response {
        var query = try call.query()
        let page = PageRequest(&query)
        try query.finish()
        let found = services.runtime.keys(page: page.page, perPage: page.perPage) { key in
            Authoriser.reaches(key, call.caller)
        }
        let list = Answers.list(call, page, total: found.total) { array in
            for key in found.keys { array.object { key.encode(into: &$0) } }
        }
        return Answers.response(.ok, list)
    }

    @Sendable private func create(_ call: Call) async throws -> Response {
        let body = try KeyBody(call.json(), by: call.caller, now: services.clock.now)
        try Authoriser.allow(body.key, by: call.caller)
        let (key, secret) = try written("the key was not made") { try services.runtime.issueKey(body.key) }
        return Answers.one(Self.href(key)) { data in
            data.object { object in
                key.encode(into: &object)
                object.member("secret", secret.text)
            }
        }
    }

    @Sendable private func get(_ call: Call) async throws -> Response {
        try answer(find(call))
    }

    @Sendable private func revoke(_ call: Call) async throws -> Response {
        let key = try find(call)
        let revoked = try written("the key is of no use until the next start only") {
            try services.runtime.revokeKey(id: key.id)
        }
        guard let revoked else { throw Self.noSuchKey }
        return try answer(revoked)
    }

    /// - Parameter consequence: what holds when the disk refuses.
    private func written<Value>(_ consequence: String, _ body: () throws -> Value) throws -> Value {
        do {
            return try body()
        } catch let error as RuntimeStoreError {
            throw APIError(.conflict, "too_many", "\(error)")
        } catch {
            services.logger.error("keys could not be written", metadata: ["error": "\(error)"])
            throw APIError(
                .serviceUnavailable, "storage_failed",
                "the disk refuses to write keys, \(consequence): free some space and send the request again",
                headers: [.retryAfter: "10"])
        }
    }

    /// A token is signed and kept nowhere: what is kept is that this one is not to be taken.
    @Sendable private func revokeToken(_ call: Call) async throws -> Response {
        let id = call.path("id")
        guard id.wholeMatch(of: /[A-Za-z0-9_-]{1,64}/) != nil else {
            throw ValidationFailed(path: "id", code: "not_allowed", message: "must be a token's jti, as it was minted")
        }
        try written("the token is revoked until the next start only") {
            try services.runtime.revokeToken(id: id, expiresAt: .latest)
        }
        return Answers.one("/v1/admin/tokens/\(id)") { data in data.object { $0.member("id", id) } }
    }

    private func find(_ call: Call) throws -> APIKey {
        guard let key = services.runtime.key(id: call.path("id")),
            Authoriser.reaches(key, call.caller)
        else { throw Self.noSuchKey }
        return key
    }

    private func answer(_ key: APIKey) throws -> Response {
        Answers.one(Self.href(key)) { data in data.object { key.encode(into: &$0) } }
    }

    private static let noSuchKey = APIError.notFound("there is no such key: GET /v1/admin/keys lists them")

    private static func href(_ key: APIKey) -> String { "/v1/admin/keys/\(key.id)" }
}

extension APIKey {
    fileprivate func encode(into object: inout JSONWriter) {
        object.member("id", id)
        object.member("kind", kind.rawValue)
        object.member("name", name)
        object.member("account_id", orNull: account?.rawValue)
        object.member("role", orNull: role)
        object.name("permissions")
        object.array { array in permissions.map(\.rawValue).sorted().forEach { array.string($0) } }
        object.member("created_at", createdAt.description)
        object.member("created_by", createdBy)
        object.member("expires_at", orNull: expiresAt?.description)
        object.member("revoked_at", orNull: revokedAt?.description)
        object.member("last_used_at", orNull: lastUsedAt?.description)
    }
}

/// `{"kind", "name", "account_id"?, "role"?, "permissions"?, "expires_at"?}`
private struct KeyBody {
    let key: NewAPIKey

    static let schema: JSON = [
        "type": "object", "required": ["kind", "name"], "additionalProperties": false,
        "properties": [
            "kind": Schemas.choice(APIKey.Kind.self), "name": Schemas.text(100, "What the key is for."),
            "account_id": ["type": ["string", "null"], "pattern": .string(AccountID.pattern)],
            "role": Schemas.nullableText(50, "A label; it authorises nothing."),
            "permissions": [
                "type": ["array", "null"], "maxItems": .integer(Permission.allCases.count),
                "items": Schemas.choice(Permission.self),
            ],
            "expires_at": Schemas.nullableMoment("To come; null for a key that does not expire."),
        ],
    ]

    init(_ json: JSON, by caller: Caller, now: Timestamp) throws {
        var body = ObjectReader(json)
        let choice = body.choice("kind", of: APIKey.Kind.self)
        let kind = body.require("kind", choice)
        let label = body.label("name", lengthMax: 100)
        let name = body.require("name", label)
        let account = body.account("account_id")
        let role = body.label("role", lengthMax: 50)
        let expiresAt = body.moment("expires_at")
        if let expiresAt, expiresAt <= now { body.fail("expires_at", "out_of_range", "must be a moment to come") }
        let permissions = Self.permissions(&body)
        try body.finish()
        guard let kind, let name else { throw ValidationFailed(body.failures) }
        key = NewAPIKey(
            kind: kind, name: name, account: account ?? caller.ownAccount, role: role, permissions: permissions,
            createdBy: caller.actor.id, expiresAt: expiresAt)
    }

    private static func permissions(_ body: inout ObjectReader) -> Set<Permission> {
        var permissions: Set<Permission> = []
        let entries = body.array("permissions", countMax: Permission.allCases.count) ?? []
        for (index, entry) in entries.enumerated() {
            if let permission = entry.string.flatMap(Permission.init(rawValue:)) {
                permissions.insert(permission)
            } else {
                body.fail(
                    "permissions.\(index)", "not_allowed",
                    NotAllowed.message(entry.string ?? entry.text, among: Permission.allCases.map(\.rawValue)))
            }
        }
        return permissions
    }
}
