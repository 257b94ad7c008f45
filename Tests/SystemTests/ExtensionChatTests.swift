import Domain
import Foundation
import TestTools
import Testing
import PlatformStage

/// The three examples together in one chat, with processes: the chat comes by `worker --input`, what the examples want
/// is done on Twitch.
@Suite("The examples in a chat", .serialized, .timeLimit(.minutes(4)))
struct ExtensionChatTests {
    private let folder = TemporaryFolder()

    private func staged(_ body: (ExtensionStage) async throws -> Void) async throws {
        let stage = try await ExtensionStage(in: folder, isPiped: true)
        // A timer runs every minute at most: its own minute is as long as a test should wait.
        let giveaway = try ExampleFolder("giveaway", in: folder)
        try giveaway.replace(#""every": 300"#, by: #""every": 60"#, in: "lumio.config.json")
        try giveaway.replace(#"timer("reminder", 300"#, by: #"timer("reminder", 60"#, in: "main.js")
        try await stage.install("giveaway", from: giveaway.path)
        try await stage.install(
            "ranks", from: ExtensionCommandTests.example("ranks"),
            config: #"{"points_per_message": 5, "currency": "coins"}"#)
        try await stage.install("moderator", from: ExtensionCommandTests.example("moderator"))
        try await body(stage)
        await stage.stop()
    }

    @Test func `count, give away and moderate, until they are killed, and go on as they were`() async throws {
        try await staged { stage in
            try await refuse(on: stage)
            try await play(try .ofExamples, on: stage)
            try await check(try .ofExamples, on: stage)
            try await kill(on: stage)
            try stage.play("!giveaway a book", by: "mod", badges: "moderator/1")
            // It began to run with the install.
            #expect(
                await eventually(within: .seconds(75)) {
                    stage.said.contains("There is a book to win: say enter! 0 are in.")
                }, "a timer of a minute")
        }
    }

    /// Settings that do not fit, with every reason; then ones that do.
    private func refuse(on stage: ExtensionStage) async throws {
        let wrong = [
            "moderator": (#"{"strikes": 0, "timeout_seconds": "x", "blocked": [7], "colour": 1}"#, 4),
            "ranks": (#"{"points_per_message": 1.5, "currency": "", "top_count": 11}"#, 3),
            "giveaway": (#"{"prize": "", "subscribers_only": "yes"}"#, 2),
        ]
        for (name, (config, count)) in wrong {
            let path = "/v1/bot-modules/extensions/\(stage.id(name))/config?account_id=acct_1"
            let answer = try await stage.server.send("PUT", path, #"{"config": \#(config)}"#)
            #expect(answer.status == 422 && answer.json["error"]?["details"]?.array?.count == count, "\(answer.json)")
        }
        let path = "extensions/\(stage.id("moderator"))/config"
        try await stage.change("PUT", path, #"{"config": {"blocked": ["buy followers"], "timeout_seconds": 90}}"#)
    }

    private func points(of login: String, on stage: ExtensionStage) async throws -> Int {
        try await stage.kept("ranks", "get", "points:" + stage.twitch.person(login).id).integer ?? 0
    }

    /// One line after the other, each when what follows from the one before it is seen.
    private func play(_ chat: RecordedChat, on stage: ExtensionStage) async throws {
        // The sandbox starts with the first that it is needed for.
        try stage.play("!draw", by: "mod", badges: "moderator/1")
        #expect(await eventually { stage.said == ["No giveaway is open: begin one with !giveaway."] })
        for line in chat.lines {
            let said = stage.said.count, before = try await points(of: line.login, on: stage)
            let id = try stage.play(line)
            if line.text.hasPrefix("!") {
                _ = await eventually(within: .milliseconds(700)) { stage.said.count > said }
            } else {
                #expect(
                    await eventually {
                        if stage.deleted.contains(id) { return true }
                        return try await points(of: line.login, on: stage) > before
                    }, "\(line.text)")
            }
        }
    }

    private func check(_ chat: RecordedChat, on stage: ExtensionStage) async throws {
        let mallory = stage.twitch.person("mallory").id
        #expect(stage.deleted.count == chat.lines.count { $0.login == "mallory" }, "nobody else's, and all of these")
        #expect(await eventually { !timeouts(of: mallory, on: stage).isEmpty }, "the third strike")
        #expect(timeouts(of: mallory, on: stage) == [90], "as configured")
        for login in Set(chat.lines.map(\.login)) where login != "mallory" {
            let lines = chat.lines.count { $0.login == login && !$0.text.hasPrefix("!") }
            #expect(try await points(of: login, on: stage) == 5 * lines, "\(login)")
        }
        #expect(try await points(of: "mallory", on: stage) == 0, "what was taken down was never said")
        #expect(stage.said.contains("Cleo, you have 0 coins."))
        #expect(stage.said.contains("Ada, you have 20 coins."))
        #expect(stage.said.filter { $0.hasPrefix("A giveaway") } == ["A giveaway for a mug is open: say enter!"])
        #expect(try await stage.kept("giveaway", "get", "count") == 2, "each once")
        let winners = ["Bob wins a mug! Congratulations!", "Cleo wins a mug! Congratulations!"]
        #expect(await eventually { stage.said.contains(where: winners.contains) })
        #expect(stage.said.count == 5)
        #expect(
            await eventually {
                let records = try await stage.records(of: "moderator")
                return records.count == 4 && records.allSatisfy { $0["outcome"] == "done" }
            })
    }

    private func timeouts(of user: String, on stage: ExtensionStage) -> [Int] {
        stage.twitch.deeds.compactMap {
            if case .timedOut(let whose, let seconds, _, _) = $0, whose == user { seconds } else { nil }
        }
    }

    /// In the middle of lines that it would all delete. It does twenty things a minute; these are fewer.
    private func kill(on stage: ExtensionStage) async throws {
        let id = stage.id("moderator"), before = stage.deleted.count
        let config = try await stage.server.send("GET", "/v1/bot-modules/extensions/\(id)?account_id=acct_1")
        let traffic = Task {
            var ids: [String] = []
            while !Task.isCancelled {
                ids.append(try stage.play("please buy followers", by: "spammer\(ids.count)"))
                try await Task.sleep(for: .milliseconds(150))
            }
            return ids
        }
        #expect(await eventually { stage.deleted.count >= before + 3 })
        let killed = try await stage.change("POST", "kill", #"{"install_id": "\#(id)", "reason": "a test"}"#)
        #expect(killed["meta"]?["convergence"]?["converged"] == true)
        let spared = (0..<5).map { "later\($0)" }
        let lines = try spared.map { try stage.play("you all buy followers", by: $0) }
        // The neighbours go on: their answer shows that the lines before it were dealt with.
        for login in spared {
            #expect(await eventually { try await points(of: login, on: stage) == 5 }, "a neighbour")
        }
        traffic.cancel()
        #expect(stage.deleted.isDisjoint(with: lines), "nothing of it after the worker has applied the kill")
        #expect(stage.deleted.count < before + 15, "it was no limit that stopped it")
        let kept = try await stage.server.send("GET", "/v1/bot-modules/extensions/\(id)?account_id=acct_1").json
        #expect(kept["data"]?["config"] == config.json["data"]?["config"] && kept["data"]?["kill"] != .null)
        try await stage.change("PATCH", "extensions/\(id)", #"{"enabled": true}"#)
        let again = try stage.play("buy followers once more", by: "eve")
        #expect(await eventually { stage.deleted.contains(again) })
    }

    /// Hundreds of lines of people who know nothing of the examples, as fast as they may come.
    @Test(.enabled(if: RecordedChat.hasReal, "there is no recorded chat of a real channel here"))
    func `count every line of a real chat`() async throws {
        let chat = try RecordedChat(RecordedChat.realPath)
        try await staged { stage in
            try stage.play("!draw", by: "mod", badges: "moderator/1")
            #expect(await eventually { stage.said.count == 1 })
            var ids: [String: String] = [:]
            for line in chat.lines {
                ids[try stage.play(line)] = line.login
                try await Task.sleep(for: .milliseconds(12))
            }
            let counted = chat.lines.count { !$0.text.hasPrefix("!") } - stage.deleted.count
            #expect(stage.deleted.isSubset(of: ids.keys) && !stage.deleted.isEmpty)
            #expect(await eventually { try await sum(of: chat, on: stage) == 5 * counted })
            let talker = try #require(chat.lines.first?.login), points = try await points(of: talker, on: stage)
            #expect(points > 0)
            try stage.play("!rank", by: talker)
            #expect(await eventually { stage.said.last == "\(talker), you have \(points) coins." })
            let refused = try await stage.records(of: "ranks").filter { $0["outcome"] != "done" }
            #expect(refused.isEmpty)
        }
    }

    private func sum(of chat: RecordedChat, on stage: ExtensionStage) async throws -> Int {
        var sum = 0
        for login in Set(chat.lines.map(\.login)) { sum += try await points(of: login, on: stage) }
        return sum
    }
}
