import Domain
import Foundation
import Sandbox

/// A sandbox with extensions in it, and calls for them. The children are this program, too.
struct Stage {
    let pool: SandboxPool

    init(children: Int = 1) {
        let launch = ChildLaunch(executable: CommandLine.arguments[0], arguments: ["sandbox"])
        pool = SandboxPool(.init(launch: launch, children: children), hosting: Nobody()) { text in
            FileHandle.standardError.write(Data("\(text)\n".utf8))
        }
    }

    static func install(_ number: Int) -> InstallID {
        InstallID(stored: String(format: "00000000-0000-4000-8000-%012x", number))
    }

    static func program(_ number: Int) -> SandboxedProgram {
        SandboxedProgram(
            install: install(number), modules: ["main.js": source], main: "main.js", capabilities: [],
            settings: JSONText(
                stored: Array(#"{"welcome":"Welcome, {user}!","blocked":["spam","scam"],"seconds":60}"#.utf8)))
    }

    /// What an author would write; 40 bytes of answer.
    static let source = """
        import { defineBotModule, command, actions } from "@lumio/bot";
        export default defineBotModule({
          triggers: [command("rank", (ctx) => actions.reply(`${ctx.user.name}: ${ctx.args.length} points`))],
        });
        """

    static let context = Array(
        """
        {"trigger":{"id":"rank","type":"command"},"message":{"id":"b34ccfc7-4977-403a-8a94-33c6bac34fb8",\
        "text":"!rank please","sentAt":"2026-11-21T12:00:00.000000Z","isEdit":false},"user":{"id":"1337","login":\
        "ronni","name":"Ronni","roles":["moderator","subscriber"],"isBroadcaster":false,"isModerator":true,"isVip":\
        false,"isSubscriber":true},"channel":{"platform":"twitch","id":"713936733","accountId":"a1"},"args":["please"],\
        "now":"2026-11-21T12:00:00.000000Z"}
        """.utf8)

    static func call(_ number: Int) -> HandlerCall {
        HandlerCall(
            install: install(number), triggerID: "rank", context: context,
            now: Timestamp(microseconds: 1_795_262_400_000_000), seed: UInt64(number), wallLimit: .milliseconds(500))
    }

    struct Unexpected: Error {
        let end: HandlerEnd
    }

    func runChecked(_ number: Int) async throws { try await runChecked(Self.call(number)) }

    func runChecked(_ call: HandlerCall) async throws {
        let end = await pool.run(call)
        guard case .returned(let json) = end.result, json.count > 30 else { throw Unexpected(end: end) }
    }
}

private struct Nobody: HandlerHosting {
    func call(_ function: HostFunction, _ arguments: [UInt8], for install: InstallID) async -> HostAnswer {
        .refused("nobody answers here")
    }
}
