import Domain
import Testing

/// Made of the OpenAPI document, so that a new operation is covered as soon as it is there.
@Suite("Every operation")
struct PermissionMatrixTests {
    private func status(_ server: APIServer, _ route: DocumentedAPI.Route, as bearer: APIServer.Bearer) async throws
        -> APIAnswer
    {
        try await server.send(route.method, route.target(), route.hasBody ? [:] : nil, as: bearer)
    }

    @Test func `asks who is calling, unless it is for everybody`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for route in server.document.routes {
                let answer = try await status(server, route, as: .nobody)
                if route.isPublic {
                    // What comes from a platform proves itself, and here nobody takes it.
                    #expect(answer.status == (route.path.hasPrefix("/v1/webhooks/") ? 404 : 200), "\(route)")
                } else {
                    #expect(answer.status == 401 && answer.code == "unauthorized", "\(route)")
                    #expect(answer.headers["www-authenticate"] == "Bearer", "\(route)")
                }
            }
            let free = server.document.routes.filter(\.isPublic).map(\.path)
            #expect(
                free == [
                    "/checkpoint", "/tile/{level}/{tile}", "/v1/webhooks/kick", "/v1/schema", "/health/live",
                    "/health/ready",
                    "/v1/api-doc/openapi.json",
                ])
            #expect(server.head == 2)
        }
    }

    @Test func `wants its own permission, and all others together are not enough`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for route in server.document.routes where !route.isPublic && !route.isForTheKnown {
                let others = Set(Permission.allCases).subtracting(route.permission.map { [$0] } ?? [])
                let answer = try await status(server, route, as: server.token(others, account: "acct_1"))
                #expect(answer.status == 403 && answer.code == "forbidden", "\(route)")
                let wanted = route.permission?.rawValue ?? (route.isForAdmins ? "system admins" : "system key")
                #expect(answer.message.contains(wanted), "\(route): \(answer.message)")
            }
            #expect(server.head == 2)
        }
    }

    @Test func `opens to whoever holds that one permission`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for route in server.document.routes where !route.isPublic && !route.isForAdmins && !route.isForTheKnown {
                let bearer = server.token(
                    route.permission.map { [$0] } ?? [], account: route.permission == nil ? nil : "acct_1",
                    isSystemKey: route.permission == nil)
                let answer = try await status(server, route, as: bearer)
                #expect(![401, 403].contains(answer.status), "\(route) → \(answer.status)")
                #expect(answer.status < 500, "\(route) → \(answer.status)")
            }
        }
    }

    @Test func `opens to system admins`() async throws {
        try await APIServer.run { server in
            try await server.populate()
            for route in server.document.routes {
                let answer = try await status(server, route, as: .admin)
                #expect(![401, 403].contains(answer.status) && answer.status < 500, "\(route) → \(answer.status)")
            }
        }
    }

    @Test func `is closed to a role and to nothing but a role`() async throws {
        try await APIServer.run { server async throws in
            for route in server.document.routes where !route.isPublic && !route.isForTheKnown {
                #expect(try await status(server, route, as: server.token([])).status == 403, "\(route)")
            }
        }
    }

    @Test func `uses a permission that exists, and every permission is of use`() async throws {
        try await APIServer.run { server in
            let used = Set(server.document.routes.compactMap(\.permission))
            #expect(Set(Permission.allCases).subtracting(used) == [.adminAccess], "the dashboard's")
        }
    }
}
