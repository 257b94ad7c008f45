import Domain
import Sandbox
import Testing

@Suite("A program in the sandbox")
struct ProgramTests {
    static let all = """
        import { defineBotModule, command, keyword, pattern, event, timer, moderate } from "@lumio/bot";
        const handler = () => {};
        export default defineBotModule({ triggers: [
          command("rank", handler, { cooldown: 5 }), keyword(["giveaway", "enter"], handler), keyword("b", handler),
          pattern(/^!(\\w+)\\s+(\\d+)$/i, handler), event("twitch:follower", handler), timer("reminder", 300, handler),
          moderate(handler), command("list", handler, { id: "ranks", prefix: "?" }),
        ] });
        """

    static let declared: [ExtensionTrigger] = [
        .init(id: "rank", .command(prefix: "!", name: "rank", cooldownSeconds: 5)),
        .init(id: "keyword-1", .keywords(["giveaway", "enter"])), .init(id: "keyword-2", .keywords(["b"])),
        .init(id: "pattern-1", .pattern(.init(source: #"^!(\w+)\s+(\d+)$"#, flags: "i"))),
        .init(id: "twitch:follower", .event("twitch:follower")), .init(id: "reminder", .timer(everySeconds: 300)),
        .init(id: "moderate", .moderate),
        .init(id: "ranks", .command(prefix: "?", name: "list", cooldownSeconds: 0)),
    ]

    @Test func `declares its triggers`() async throws {
        let stage = try SandboxStage()
        #expect(try await stage.load(1, Self.all).map(\.trigger) == Self.declared)
    }

    @Test(arguments: [#"import { command } from "@lumio/bot"; "#, ""])
    func `may declare them at its top level, with and without the import`(head: String) async throws {
        let stage = try SandboxStage()
        let triggers = try await stage.load(1, head + #"command("x", () => 1); event("twitch:raid", () => 2)"#)
        #expect(triggers.map(\.trigger.id) == ["x", "twitch:raid"])
        #expect(try await stage.answer(1) == "1")
        #expect(try await stage.answer(1, trigger: "twitch:raid") == "2")
    }

    @Test func `may have several files`() async throws {
        let stage = try SandboxStage()
        let program = SandboxStage.program(
            1, #"import { n } from "./lib/a.js"; command("x", () => n);"#,
            more: ["lib/a.js": #"import { m } from "../b.js"; export const n = m + 1;"#, "b.js": "export const m = 1;"])
        _ = try await stage.pool.load(program)
        #expect(try await stage.answer(1) == "2")
    }

    @Test(arguments: [
        ("let a = ;", "main.js:1: SyntaxError: Unexpected token ';'"),
        ("\n\nthrow new Error('no')", "main.js:3: Error: no"),
        (#"import "./other.js""#, "it imports other.js, which is not in the bundle"),
        (#"import "fs""#, "only @lumio/bot and its own files"),
        (#"import "../../etc/passwd""#, "only @lumio/bot and its own files"),
        ("await new Promise(() => {})", "its top level awaits something that never comes"),
        ("const a = 1", "it declares no trigger"),
        ("command('a', () => {}); command('a', () => {})", #"two triggers have the id "a""#),
        ("command('a')", "the handler must be a function"),
        ("timer('a', 5, () => {})", "a whole number from 60 to 86400"),
        ("pattern(/a/g, () => {})", "the flag g makes no sense here"),
        (
            "import { defineBotModule } from '@lumio/bot'; command('a', () => {}); defineBotModule({ triggers: [] })",
            "declared outside of defineBotModule"
        ),
    ])
    func `that cannot be used is refused with the reason`(source: String, reason: String) async throws {
        let stage = try SandboxStage()
        let failure = await #expect(throws: SandboxFailure.self) { try await stage.load(1, source) }
        #expect(failure?.kind == .script)
        #expect(failure?.message.contains(reason) == true, "\(failure?.message ?? "")")
        #expect(await stage.run(1).failure?.kind == .unloaded)
    }

    @Test func `goes on until its successor stands`() async throws {
        let stage = try SandboxStage(host: RecordingHost(delay: .milliseconds(100)))
        try await stage.load(
            1, SandboxStage.handler("async (ctx) => { await ctx.kv.get(''); return 1 }"), capabilities: [.kv])
        async let under = stage.answer(1)
        try await Task.sleep(for: .milliseconds(30))
        await #expect(throws: SandboxFailure.self) { try await stage.load(1, "no good") }
        try await stage.load(1, SandboxStage.handler("() => 2"))
        #expect(try await stage.answer(1) == "2")
        #expect(try await under == "1")
    }

    @Test func `is gone when it was unloaded, and so are its calls`() async throws {
        let stage = try SandboxStage(host: RecordingHost(delay: .seconds(5)))
        try await stage.load(1, SandboxStage.handler("async (ctx) => ctx.kv.get('')"), capabilities: [.kv])
        async let under = stage.run(1, wall: .seconds(10))
        try await Task.sleep(for: .milliseconds(50))
        await stage.pool.unload(SandboxStage.install(1))
        #expect(await under.failure?.kind == .unloaded)
        #expect(await stage.run(1).failure?.kind == .unloaded)
    }

    @Test func `is evaluated without files, network, processes, and what else a browser has`() async throws {
        let stage = try SandboxStage()
        try await stage.load(
            1,
            SandboxStage.handler(
                """
                () => ["process", "require", "fetch", "XMLHttpRequest", "WebAssembly", "SharedArrayBuffer", "Atomics",
                  "eval", "Intl", "WeakRef", "FinalizationRegistry", "setTimeout", "console", "Deno", "%lumio"]
                  .filter((name) => name in globalThis)
                """))
        #expect(try await stage.answer(1) == "[]")
    }

    @Test func `is shut in by the kernel`() async throws {
        let stage = try SandboxStage()
        let confinement = try await stage.pool.start()
        #expect(confinement.hasLimits && confinement.hasNoNewPrivileges && confinement.hasNoNetwork)
    }
}
