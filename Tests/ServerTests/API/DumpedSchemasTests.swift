import Domain
import EventStore
import Foundation
import Projections
import Testing

/// `BOTCONTROL_UPDATE_SCHEMAS=1 swift test` rewrites the files.
@Suite("The dumped schemas")
struct DumpedSchemasTests {
    private static let root: URL = {
        let file = URL(filePath: #filePath)
        return (0..<4).reduce(file) { url, _ in url.deletingLastPathComponent() }
    }()

    private func expectSame(_ text: String, _ path: String) throws {
        let file = Self.root.appending(path: path)
        if ProcessInfo.processInfo.environment["BOTCONTROL_UPDATE_SCHEMAS"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        let stored = try? String(contentsOf: file, encoding: .utf8)
        #expect(
            stored == text, "\(path) has drifted: run again with BOTCONTROL_UPDATE_SCHEMAS=1 and look at the difference"
        )
    }

    @Test func `of the HTTP interface stand in schemas/http as they are served`() async throws {
        let served = try await APIServer.run { try await $0.get("/v1/api-doc/openapi.json", as: .nobody) }
        #expect(served.status == 200)
        try expectSame(IndentedJSON.text(served.json), "schemas/http/openapi.json")
    }

    @Test func `of the journal and the read models stand in schemas/sql as they are made`() throws {
        try expectSame(Journal.schema + "\n", "schemas/sql/journal.sql")
        try expectSame(ReadModels.schema + "\n", "schemas/sql/read-models.sql")
    }
}

@Suite("The OpenAPI document")
struct OpenAPIDocumentTests {
    @Test func `refers to nothing that is missing, and explains every operation`() async throws {
        try await APIServer.run { server in
            let document = server.document
            let text = document.json.text
            for reference in text.matches(of: /"#\/components\/schemas\/(\w+)"/) {
                #expect(document.json.at("components", "schemas", String(reference.1)) != nil, "\(reference.1)")
            }
            let ids = document.routes.map(\.id)
            #expect(Set(ids).count == ids.count && !ids.contains(""))
            for route in document.routes {
                #expect(route.operation["summary"]?.string?.hasSuffix(".") == true, "\(route)")
                let named = route.path.matches(of: /\{(\w+)\}/).map { String($0.1) }
                #expect(route.parameters(in: "path").compactMap { $0["name"]?.string } == named, "\(route)")
                for parameter in route.parameters(in: "query") {
                    #expect(parameter["description"]?.string?.isEmpty == false, "\(route)")
                }
            }
        }
    }

    @Test func `takes the bodies that the manual shows`() async throws {
        try await APIServer.run { server in
            let bodies: [(String, String, JSON, Bool)] = [
                ("PUT", "/v1/admin/bot-control/a/twitch", ["paused": true, "reason": "spam"], true),
                ("PUT", "/v1/admin/bot-control/a/twitch", ["paused": "yes"], false),
                ("PUT", "/v1/admin/bot-control/a/twitch", ["paused": true, "reason": " "], false),
                ("PATCH", "/v1/admin/providers/kick", ["login": false, "reason": "x"], true),
                ("PATCH", "/v1/admin/providers/kick", ["reason": "x"], false),
                ("PATCH", "/v1/admin/providers/kick", ["login": nil, "reason": "x"], false),
                ("PUT", "/v1/bot-modules/word_filter", ["enabled": true], true),
                ("PUT", "/v1/bot-modules/word_filter", ["enabled": true, "exempt_roles": ["founders": true]], false),
                ("POST", "/v1/admin/accounts", ["account_id": "a b", "name": "x", "plan": "pro"], false),
            ]
            for (method, target, body, fits) in bodies {
                let route = try #require(server.document.route(method, target))
                #expect(server.document.bodyComplaints(body, route).isEmpty == fits, "\(body.text)")
            }
        }
    }
}
