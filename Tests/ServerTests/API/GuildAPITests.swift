import Domain
import Testing

@Suite("Discord guilds over HTTP")
struct GuildAPITests {
    private static let list = "/v1/admin/discord-guilds", path = list + "/1018243487658016768"
    private static let lounge: JSON = ["account_id": "acct_1", "name": "Ana's Lounge"]

    @Test func `are mapped, read, listed and deleted`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            #expect(try await server.get(Self.path).status == 404)
            let mapped = try await server.put(Self.path, Self.lounge)
            #expect(mapped.status == 200 && mapped.isChanged == true)
            #expect(mapped.data["guild_id"] == "1018243487658016768" && mapped.data["account_id"] == "acct_1")
            #expect(mapped.data["connected_at"] == mapped.data["updated_at"] && mapped.headers["etag"] == "\"0\"")
            #expect(try await server.put(Self.path, Self.lounge).isChanged == false)
            let read = try await server.get(Self.path)
            #expect(read.data == mapped.data && read.headers["etag"] == "\"0\"")
            let all = try await server.get(Self.list + "?search=LOUNGE")
            #expect(all.rows == [mapped.data] && all.meta["total"] == 1)
            #expect(try await server.get(Self.list + "?search=nothing").rows == [])
            let gone = try await server.delete(Self.path)
            #expect(gone.status == 200 && gone.isChanged == true && gone.data == .null)
            #expect(try await server.delete(Self.path).isChanged == false)
            #expect(try await server.get(Self.list).rows == [])
        }
    }

    @Test func `belong to one account at a time`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2")
            _ = try await server.put(Self.path, Self.lounge)
            let stolen = try await server.put(Self.path, ["account_id": "acct_2", "name": "Mine"])
            #expect(stolen.status == 409 && stolen.code == "guild_mapped" && !stolen.text.contains("acct_1"))
            _ = try await server.delete(Self.path)
            #expect(try await server.put(Self.path, ["account_id": "acct_2", "name": "Mine"]).isChanged == true)
        }
    }

    @Test func `say everything that is wrong with a mapping`() async throws {
        try await APIServer.run { server in
            let wrong = try await server.put(Self.path, ["account_id": "a b", "name": " ", "nmae": 1])
            #expect(wrong.status == 422)
            #expect(wrong.failures.sorted() == ["account_id not_allowed", "name blank", "nmae unknown_field"])
            #expect(try await server.put(Self.path, [:]).failures.sorted() == ["account_id required", "name required"])
            let nobody = try await server.put(Self.path, ["account_id": "ghost", "name": "x"])
            #expect(nobody.status == 404 && nobody.code == "account_not_found")
            for id in ["lounge", "0", "123456789012345678901"] {
                let refused = try await server.put(Self.list + "/" + id, Self.lounge)
                #expect(refused.status == 422 && refused.failures == ["guild_id not_allowed"], "\(id)")
            }
            #expect(server.head == 0)
        }
    }

    @Test func `of another account look like none`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            try await server.register("acct_2")
            _ = try await server.put(Self.path, Self.lounge)
            let head = server.head
            let stranger = server.token(.discordGuildsRead, .discordGuildsEdit, account: "acct_2")
            #expect(try await server.get(Self.path, as: stranger).status == 404)
            #expect(try await server.get(Self.list, as: stranger).rows == [])
            #expect(try await server.delete(Self.path, as: stranger).status == 404)
            #expect(try await server.put(Self.path, Self.lounge, as: stranger).status == 404)
            #expect(server.head == head)
            let owner = server.token(.discordGuildsRead, .discordGuildsEdit, account: "acct_1")
            #expect(try await server.get(Self.list, as: owner).rows.count == 1)
            #expect(try await server.delete(Self.path, as: owner).isChanged == true)
        }
    }

    @Test func `obey If-Match, and repeat their answers`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            _ = try await server.put(Self.path, Self.lounge)
            let stale = try await server.delete(Self.path, headers: [("If-Match", "\"7\"")])
            #expect(stale.status == 412)
            let key = [("Idempotency-Key", "k1")]
            let first = try await server.delete(Self.path, headers: key)
            let again = try await server.delete(Self.path, headers: key)
            #expect(first.isChanged == true && again.isChanged == true && again.position == first.position)
        }
    }
}
