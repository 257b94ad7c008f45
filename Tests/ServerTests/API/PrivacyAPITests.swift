import Domain
import EventStore
import Foundation
import Server
import TestTools
import Testing
import Transparency

@Suite("Privacy over HTTP")
struct PrivacyAPITests {
    private static let pause = "/v1/admin/bot-control/acct_1/twitch"

    /// An account whose name and pause say something of persons.
    private func history(_ server: APIServer) async throws {
        try await server.register("acct_1", name: "Ada's Channel")
        try await server.connect("acct_1")
        _ = try await server.put(Self.pause, ["paused": true, "reason": "Bob insulted Ada"])
    }

    private func name(_ server: APIServer) async throws -> String? {
        try await server.get("/v1/admin/accounts").data.array?.first?["name"]?.string
    }

    private func erase(_ server: APIServer, _ subject: String) async throws -> APIAnswer {
        try await server.post("/v1/admin/privacy/erasures", ["subject": .string(subject), "ticket": "DSR-7"])
    }

    /// Every file of a directory that holds a text.
    private func files(in directory: String, holding text: String) throws -> [String] {
        let names = try FileManager.default.subpathsOfDirectory(atPath: directory)
        return names.filter { name in
            let data = FileManager.default.contents(atPath: directory + "/" + name)
            return data?.range(of: Data(text.utf8)) != nil
        }
    }

    @Test func `keeps personal text out of the journal, and shows it to who may read it`() async throws {
        let directory = try TemporaryDirectory()
        try await APIServer.run(in: directory) { server in
            try await history(server)
            let events = try await server.get("/v1/audit/events?text=insulted").data.array
            #expect(events?.count == 1 && events?[0]["data"]?["personal"]?["reason"] == "Bob insulted Ada")
            #expect(events?[0]["metadata"]?["personal"]?["display"] == "An Admin")
            #expect(try await name(server) == "Ada's Channel")
        }
        for text in ["insulted", "Ada's Channel", "An Admin"] {
            #expect(try files(in: directory.path, holding: text).allSatisfy { !$0.hasPrefix("journal") }, "\(text)")
        }
    }

    @Test func `forgets a subject everywhere, and what was switched stays proven`() async throws {
        let directory = try TemporaryDirectory()
        try await APIServer.run(in: directory) { server in
            try await history(server)
            let before = try await server.get("/v1/audit/events/3/proof").data
            let erased = try await erase(server, "account:acct_1")
            #expect(erased.data["changed"] == true && erased.data["position"] == .integer(4))
            #expect(try await name(server) == "[erased]")
            let event = try await server.get("/v1/audit/events/3").data
            #expect(event["data"]?["personal"] == ["subject": "account:acct_1", "unreadable": "erased"])
            #expect(event["metadata"]?["personal"]?["display"] == "An Admin", "that is about somebody else")
            #expect(try await server.get("/v1/audit/events?text=insulted").data.array?.isEmpty == true)
            let record = try await server.get("/v1/audit/events/4").data
            #expect(record["type"] == "subject.erased" && record["data"]?["ticket"] == "DSR-7")
            let after = try await server.get("/v1/audit/events/3/proof").data
            #expect(after["entry"] == before["entry"] && after["leaf_hash"] == before["leaf_hash"])
            #expect(before["data"]?.string?.contains("sealed") == true && after["data"] == before["data"])
            #expect(try await erase(server, "account:acct_1").data["changed"] == false)
            _ = try await server.put(Self.pause, ["paused": false, "reason": "all is well"])
            #expect(try await server.get("/v1/audit/events?text=all%20is%20well").data.array?.count == 1)
        }
        for text in ["insulted", "Ada's Channel"] {
            #expect(try files(in: directory.path, holding: text) == [], "\(text)")
        }
        try await APIServer.run(in: directory) { server in
            let name = try await name(server)
            #expect(name == "[erased]")
        }
    }

    @Test func `forgets who acted without forgetting that somebody did`() async throws {
        try await APIServer.run { server in
            try await history(server)
            #expect(try await erase(server, "user:admin").data["changed"] == true)
            let event = try await server.get("/v1/audit/events/3").data
            #expect(event["metadata"]?["actor"]?["id"] == "admin")
            #expect(event["metadata"]?["personal"]?["unreadable"] == "erased")
            #expect(event["data"]?["personal"]?["reason"] == "Bob insulted Ada")
        }
    }

    @Test func `settles what a crash has left behind`() async throws {
        let directory = try TemporaryDirectory()
        let keys = directory.path + "/personal-keys.sqlite"
        try await APIServer.run(in: directory) { server in
            try await history(server)
            try FileManager.default.copyItem(atPath: keys, toPath: keys + ".old")
            _ = try await erase(server, "account:acct_1")
        }
        // As if the machine had lost its power between the event and the deletion.
        try FileManager.default.removeItem(atPath: keys)
        try FileManager.default.moveItem(atPath: keys + ".old", toPath: keys)
        try await APIServer.run(in: directory) { server in
            let name = try await name(server)
            #expect(name == "[erased]")
            #expect(try await server.get("/v1/audit/events?text=insulted").data.array?.isEmpty == true)
        }
    }

    @Test(arguments: ["acct_1", "account:", "planet:earth", ""])
    func `says what a subject is`(subject: String) async throws {
        try await APIServer.run { server in
            let answer = try await erase(server, subject)
            #expect(answer.status == 422)
            #expect(try await server.post("/v1/admin/privacy/erasures", .emptyObject).status == 422)
        }
    }

    @Test func `is for system admins`() async throws {
        try await APIServer.run { server in
            let auditor = server.token(.auditRead)
            let answer = try await server.post(
                "/v1/admin/privacy/erasures", ["subject": "account:acct_1"], as: auditor)
            #expect(answer.status == 403)
        }
    }
}
