import Domain
import Extensions
import Server
import Testing

/// Judges programs by what their text says, instead of running them.
struct SampleJudge: BundleJudging {
    func triggers(of bundle: ExtensionBundle, main: String) async throws(BundleRefusal) -> [ExtensionTrigger] {
        switch bundle.files[main] {
        case "throws": throw .faulty("the program threw: Error: no")
        case "down": throw .unavailable("the sandbox is busy: try again later")
        case "other": return [ExtensionTrigger(id: "moderate", .moderate)]
        default: return (try? bundle.manifest())?.triggers.map(\.standard) ?? []
        }
    }
}

/// An extension to submit.
struct SampleExtension {
    static let id = "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e"

    var id = SampleExtension.id
    var version = "1.0.0", visibility = "public"
    var permissions: JSON = ["chat:send", "storage:kv"]
    var schema: JSON = ["points": ["type": "integer", "min": 1, "max": 100, "default": 5]]
    var program = "export default 1"

    var manifest: JSON {
        [
            "extensionId": .string(id), "name": "Ranks", "description": "Points for everybody",
            "category": "bot_module", "version": .string(version), "main": "main.js", "permissions": permissions,
            "visibility": .string(visibility), "config_schema": schema,
            "triggers": [
                ["id": "rank", "type": "command", "default": ["command": "rank"], "overridable": true],
                ["id": "moderate", "type": "moderate"],
            ],
        ]
    }

    var body: JSON {
        ["bundle": ["files": ["lumio.config.json": .string(manifest.text), "main.js": .string(program)]]]
    }
}

extension APIServer {
    static func runWithJudge<Value: Sendable>(
        _ body: @Sendable @escaping (APIServer) async throws -> Value
    ) async throws -> Value {
        try await run(in: nil, { $0.bundleJudge = SampleJudge() }) { server in
            try await server.register("author")
            try await server.register("acct_1")
            try await server.register("acct_2")
            return try await body(server)
        }
    }

    var author: Bearer { token(.extensionsRead, .extensionsSubmit, account: "author", subject: "author") }

    func owner(_ account: String = "acct_1") -> Bearer {
        token(.botModulesRead, .botModulesEdit, .extensionsRead, account: account, subject: "owner of \(account)")
    }

    func reviewer(_ number: Int = 1) -> Bearer {
        token(.extensionsRead, .extensionsReview, .extensionsSuspend, subject: "reviewer \(number)")
    }

    /// Submitted, approved and published.
    func publish(_ sample: SampleExtension = SampleExtension()) async throws {
        #expect(try await post("/v1/extensions", sample.body, as: author).status < 300)
        let path = "/v1/admin/extensions/\(sample.id)/versions/\(sample.version)"
        let note = JSON.string("it does what it says, and nothing else")
        for number in 1...(sample.permissions.text.contains("chat:ban") ? 2 : 1) {
            let review = try await post(
                path + "/reviews", ["decision": "approved", "note": note], as: reviewer(number))
            #expect(review.status == 200, "\(review.text)")
        }
        let published = try await send("POST", path + "/publish", as: reviewer())
        #expect(published.status == 200 && published.data["published_version"]?.string == sample.version)
    }

    /// - Returns: the install's address.
    func install(
        _ sample: SampleExtension = SampleExtension(), in account: String = "acct_1", _ more: JSON = [:]
    ) async throws -> String {
        let body: [JSON.Member] = [
            JSON.Member("extension_id", .string(sample.id)), JSON.Member("permissions", sample.permissions),
        ]
        let made = try await post(
            "/v1/bot-modules/extensions", .object(body + (more.members ?? [])), as: owner(account))
        // The second life of an install is in the stream of the first.
        #expect([200, 201].contains(made.status) && made.isChanged == true, "\(made.text)")
        return "/v1/bot-modules/extensions/\(made.data["install_id"]?.string ?? "?")"
    }
}
