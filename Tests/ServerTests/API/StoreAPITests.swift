import Domain
import EventStore
import Runtime
import Server
import Testing

@Suite("The store of extensions over HTTP")
struct StoreAPITests {
    private let one = "/v1/extensions/\(SampleExtension.id)"
    private let admin = "/v1/admin/extensions/\(SampleExtension.id)"

    @Test func `takes a version, has it reviewed, and offers it`() async throws {
        try await APIServer.runWithJudge { server async throws in
            let made = try await server.post("/v1/extensions", SampleExtension().body, as: server.author)
            #expect(made.status == 201 && made.headers["location"] == one && made.headers["etag"] == "\"0\"")
            #expect(made.data["state"] == "submitted" && made.data["account_id"] == "author")
            #expect(try await server.get(one, as: server.owner()).status == 404, "not yet anybody's business")
            #expect(try await server.get(one, as: server.author).data["manifest"]?["name"] == "Ranks")
            let early = try await server.send("POST", admin + "/versions/1.0.0/publish", as: server.reviewer())
            #expect(early.status == 409 && early.code == "not_approved")

            let reviewed = try await server.post(
                admin + "/versions/1.0.0/reviews", ["decision": "approved"], as: server.reviewer())
            #expect(reviewed.status == 200 && reviewed.data["state"] == "approved")
            #expect(reviewed.data["versions"]?.array?.first?["reviews"]?.array?.count == 1)
            let published = try await server.send("POST", admin + "/versions/1.0.0/publish", as: server.reviewer())
            #expect(published.data["published_version"] == "1.0.0")

            let seen = try await server.get(one, as: server.owner())
            #expect(seen.status == 200 && seen.data["manifest"]?["config_schema"]?["points"] != nil)
            let version = seen.data["versions"]?.array?.first
            #expect(
                version?["reviews"] == [] && version?["submitted_by"] == .null, "reviewers are no outsider's business")
            let list = try await server.get("/v1/extensions?search=rank", as: server.owner())
            #expect(list.rows.map { $0["extension_id"]?.string } == [SampleExtension.id])
            #expect(try await server.get("/v1/extensions?search=nothing", as: server.owner()).rows.isEmpty)
            #expect(try await server.get("/v1/admin/extensions?state=published", as: server.reviewer()).rows.count == 1)
            #expect(try await server.get("/v1/admin/extensions?state=draft").failures == ["state not_allowed"])
        }
    }

    @Test func `keeps the bundle before the event names it`() async throws {
        try await APIServer.runWithJudge { server async throws in
            let made = try await server.post("/v1/extensions", SampleExtension().body, as: server.author)
            let digest = try #require(made.data["versions"]?.array?.first?["bundle_digest"]?.string)
            let worker = server.token([], isSystemKey: true)
            let bundle = try await server.get("/v1/internal/bundles/\(digest)", as: worker)
            #expect(bundle.status == 200 && BundleFiles.digest(of: bundle.body).rawValue == digest)
            #expect(bundle.json["files"]?["main.js"] == "export default 1")
            let none = String(repeating: "0", count: 64)
            #expect(try await server.get("/v1/internal/bundles/\(none)", as: worker).status == 404)
            #expect(try await server.get("/v1/internal/bundles/..%2Fjournal.sqlite", as: worker).status == 422)
            #expect(try await server.get("/v1/internal/bundles/\(digest)", as: server.author).status == 403)
        }
    }

    @Test func `changes no version that was submitted`() async throws {
        try await APIServer.runWithJudge { server async throws in
            var sample = SampleExtension()
            let made = try await server.post("/v1/extensions", sample.body, as: server.author)
            let same = try await server.post("/v1/extensions", sample.body, as: server.author)
            #expect(same.status == 200 && same.isChanged == false && same.position == made.position)
            sample.program = "export default 2"
            let other = try await server.post("/v1/extensions", sample.body, as: server.author)
            #expect(other.status == 409 && other.code == "version_conflict")
            let thief = server.token(.extensionsSubmit, account: "acct_1", subject: "thief")
            sample.version = "1.0.1"
            let theft = try await server.post("/v1/extensions", sample.body, as: thief)
            #expect(theft.status == 403 && theft.code == "not_owner")
        }
    }

    @Test func `refuses a bundle with every reason`() async throws {
        try await APIServer.runWithJudge { server async throws in
            func failures(_ body: JSON) async throws -> [String] {
                let answer = try await server.post("/v1/extensions", body, as: server.author)
                #expect(answer.status == 422)
                return answer.failures
            }
            #expect(try await failures([:]) == ["bundle required"])
            #expect(try await failures(["bundle": []]).contains("bundle wrong_type"))
            #expect(try await failures(["bundle": ["files": [:]]]) == ["bundle.files.lumio.config.json required"])
            var sample = SampleExtension()
            (sample.version, sample.permissions, sample.visibility) = ("one", ["chat:everything"], "system")
            #expect(
                try await Set(failures(sample.body)) == [
                    "manifest.version not_allowed", "manifest.permissions.0 not_allowed",
                    "manifest.visibility not_allowed",
                ])
            #expect(try await server.get("/v1/admin/extensions").rows.isEmpty)
        }
    }

    @Test func `refuses what declares other triggers, or does not run`() async throws {
        try await APIServer.runWithJudge { server async throws in
            var sample = SampleExtension()
            sample.program = "other"
            let lie = try await server.post("/v1/extensions", sample.body, as: server.author)
            #expect(lie.status == 422 && lie.failures == ["manifest.triggers.0 trigger_mismatch"])
            sample.program = "throws"
            let broken = try await server.post("/v1/extensions", sample.body, as: server.author)
            #expect(broken.status == 422 && broken.failures == ["bundle.files.main.js faulty"])
            sample.program = "down"
            let busy = try await server.post("/v1/extensions", sample.body, as: server.author)
            #expect(busy.status == 503 && busy.code == "sandbox_unavailable" && busy.headers["retry-after"] != nil)
        }
    }

    @Test func `takes nothing where no sandbox is, and says so`() async throws {
        try await APIServer.run { server in
            try await server.register("author")
            let answer = try await server.post("/v1/extensions", SampleExtension().body, as: server.author)
            #expect(answer.status == 503 && answer.message.contains("sandbox"))
        }
    }

    @Test func `takes a bundle up to its limit, and no more`() async throws {
        try await APIServer.runWithJudge { server async throws in
            var sample = SampleExtension()
            sample.program = String(repeating: "a", count: 250 * 1024)
            #expect(try await server.post("/v1/extensions", sample.body, as: server.author).status == 201)
            sample.program = String(repeating: "a", count: 260 * 1024)
            #expect(try await server.post("/v1/extensions", sample.body, as: server.author).status == 422)
            sample.program = String(repeating: "a", count: 1 << 20)
            #expect(try await server.post("/v1/extensions", sample.body, as: server.author).status == 413)
        }
    }

    @Test func `wants two reviewers and their reasons for what may ban`() async throws {
        try await APIServer.runWithJudge { server async throws in
            var sample = SampleExtension()
            sample.permissions = ["chat:ban"]
            let made = try await server.post("/v1/extensions", sample.body, as: server.author)
            #expect(made.data["versions"]?.array?.first?["review_level"] == "enhanced")
            let path = admin + "/versions/1.0.0"
            let bare = try await server.post(path + "/reviews", ["decision": "approved"], as: server.reviewer(1))
            #expect(bare.status == 422 && bare.code == "justification_required")
            let yes: JSON = ["decision": "approved", "note": "bans only whom the owner's list names"]
            for _ in 1...2 {
                #expect(try await server.post(path + "/reviews", yes, as: server.reviewer(1)).status == 200)
            }
            #expect(try await server.send("POST", path + "/publish", as: server.reviewer(1)).code == "not_approved")
            #expect(try await server.post(path + "/reviews", yes, as: server.reviewer(2)).data["state"] == "approved")
            #expect(try await server.send("POST", path + "/publish", as: server.reviewer(1)).status == 200)
        }
    }

    @Test func `is reviewed by somebody else`() async throws {
        try await APIServer.runWithJudge { server async throws in
            _ = try await server.post("/v1/extensions", SampleExtension().body, as: server.author)
            let colleague = server.token(.extensionsReview, account: "author", subject: "colleague")
            let body: JSON = ["decision": "approved"]
            let own = try await server.post(admin + "/versions/1.0.0/reviews", body, as: colleague)
            #expect(own.status == 403 && own.code == "own_review")
            let none = try await server.post(admin + "/versions/9.9.9/reviews", body, as: server.reviewer())
            #expect(none.status == 404 && none.code == "version_not_found")
            let bad = try await server.post(
                admin + "/versions/1.0.0/reviews", ["decision": "ok"], as: server.reviewer())
            #expect(bad.failures == ["decision not_allowed"])
        }
    }

    @Test func `stops and goes on with an extension as a whole`() async throws {
        try await APIServer.runWithJudge { server async throws in
            try await server.publish()
            let bare = try await server.post(admin + "/suspend", [:], as: server.reviewer())
            #expect(bare.failures == ["reason required"])
            let stopped = try await server.post(
                admin + "/suspend", ["reason": "it spams"], as: server.reviewer(), headers: [("If-Match", "\"2\"")])
            #expect(stopped.status == 200 && stopped.data["suspended"] == true && stopped.data["state"] == "suspended")
            let stale = try await server.post(
                admin + "/reinstate", [:], as: server.reviewer(), headers: [("If-Match", "\"2\"")])
            #expect(stale.status == 412)
            let refused = try await server.post(
                "/v1/bot-modules/extensions",
                ["extension_id": .string(SampleExtension.id), "permissions": ["chat:send", "storage:kv"]],
                as: server.owner())
            #expect(refused.status == 409 && refused.code == "extension_suspended")
            let on = try await server.post(admin + "/reinstate", ["reason": "fixed"], as: server.reviewer())
            #expect(on.data["suspended"] == false && on.data["state"] == "published")
        }
    }

    @Test func `shows a private extension to its own account alone`() async throws {
        try await APIServer.runWithJudge { server async throws in
            var sample = SampleExtension()
            sample.visibility = "private"
            try await server.publish(sample)
            #expect(try await server.get(one, as: server.owner()).status == 404)
            #expect(try await server.get("/v1/extensions", as: server.owner()).rows.isEmpty)
            #expect(try await server.get("/v1/extensions", as: server.author).rows.count == 1)
            let body: JSON = ["extension_id": .string(sample.id), "permissions": sample.permissions]
            let refused = try await server.post("/v1/bot-modules/extensions", body, as: server.owner())
            #expect(refused.status == 404 && refused.code == "extension_not_found")
            #expect(try await server.post("/v1/bot-modules/extensions", body, as: server.owner("author")).status == 201)
        }
    }
}
