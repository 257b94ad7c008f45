import Domain
import Testing

@Suite("How often commands are used, over HTTP")
struct CommandUseAPITests {
    private let path = "/v1/internal/command-uses"

    @Test func `is counted by workers, for commands that are in force`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            let worker = server.token([], isSystemKey: true)
            let use: JSON = ["account_id": "acct_1", "name": "so"]
            #expect(try await server.post(path, use, as: worker).status == 404)
            _ = try await server.put("/v1/admin/bot-commands/so", ["response": "global"])
            #expect(try await server.post(path, use, as: worker).data == ["count": 1])
            _ = try await server.put("/v1/bot-commands/so?account_id=acct_1", ["response": "own"])
            #expect(try await server.post(path, use, as: worker).data == ["count": 2])
            let other: JSON = ["account_id": "acct_2", "name": "so"]
            #expect(try await server.post(path, other, as: worker).data == ["count": 1])
            #expect(try await server.post(path, use, as: server.token([])).status == 403, "only workers")
        }
    }

    @Test func `says everything that is wrong with a request`() async throws {
        try await APIServer.run { server async throws in
            let worker = server.token([], isSystemKey: true)
            let wrong: JSON = ["account_id": "a b", "name": "So!", "by": 2]
            let answer = try await server.post(path, wrong, as: worker)
            #expect(answer.failures.sorted() == ["account_id not_allowed", "by unknown_field", "name not_allowed"])
            let empty = try await server.post(path, [:], as: worker)
            #expect(empty.failures.sorted() == ["account_id required", "name required"])
            let noObject = try await server.post(path, "so", as: worker)
            #expect(noObject.status == 422)
        }
    }
}
