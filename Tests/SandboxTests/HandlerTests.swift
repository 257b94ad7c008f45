import Domain
import Sandbox
import Testing

@Suite("A handler in the sandbox")
struct HandlerTests {
    @Test func `is called with what has happened, and its answer comes back`() async throws {
        let stage = try SandboxStage()
        try await stage.load(
            1, SandboxStage.handler("(ctx) => actions.reply(`${ctx.user.name} ${ctx.args[0]} ${ctx.config.word}`)"),
            settings: #"{"word":"ö"}"#)
        #expect(try await stage.answer(1) == #"{"type":"reply","text":"Ann a ö"}"#)
    }

    @Test(arguments: ["() => {}", "() => null", "async () => undefined", "() => () => 1"])
    func `may return nothing`(handler: String) async throws {
        let stage = try SandboxStage()
        try await stage.load(1, SandboxStage.handler(handler))
        #expect(try await stage.answer(1) == "")
    }

    @Test func `may be asynchronous, and ask the host`() async throws {
        let stage = try SandboxStage()
        let handler = "async (ctx) => actions.say(`${await ctx.kv.increment('p')} ${await ctx.kv.get('q')}`)"
        try await stage.load(1, SandboxStage.handler(handler), capabilities: [.kv])
        #expect(try await stage.answer(1) == #"{"type":"say","text":"1 null"}"#)
        #expect(stage.host.questions == [#"kv.increment ["p",1]"#, #"kv.get ["q"]"#])
    }

    @Test func `is told why the host refuses`() async throws {
        let stage = try SandboxStage()
        let handler = "async (ctx) => { try { await ctx.kv.set('a', 1) } catch (e) { return actions.say(e.message) } }"
        try await stage.load(1, SandboxStage.handler(handler), capabilities: [.kv])
        #expect(try await stage.answer(1) == #"{"type":"say","text":"the storage is full"}"#)
    }

    @Test func `fetches if that is granted`() async throws {
        let stage = try SandboxStage()
        let handler =
            "async (ctx) => { const r = await ctx.fetch('https://a.example/'); return [r.status, await r.json(), r.ok]}"
        try await stage.load(1, SandboxStage.handler(handler), capabilities: [.fetch])
        #expect(try await stage.answer(1) == #"[200,{"x":1},true]"#)
        #expect(stage.host.questions == [#"fetch ["https://a.example/",{}]"#])
    }

    @Test func `has no storage and no network unless they are granted`() async throws {
        let stage = try SandboxStage()
        try await stage.load(1, SandboxStage.handler("(ctx) => [typeof ctx.kv, typeof ctx.fetch, typeof fetch]"))
        #expect(try await stage.answer(1) == #"["undefined","undefined","undefined"]"#)
    }

    @Test func `can change nothing of what it is given`() async throws {
        let stage = try SandboxStage()
        let handler = """
            (ctx) => { "use strict"; const frozen = (o) => Object.isFrozen(o);
              return [ctx, ctx.message, ctx.user, ctx.user.roles, ctx.channel, ctx.config, ctx.config.list, ctx.args,
                ctx.trigger, ctx.kv].map(frozen) }
            """
        try await stage.load(1, SandboxStage.handler(handler), capabilities: [.kv], settings: #"{"list":[1]}"#)
        #expect(try await stage.answer(1) == "[\(Array(repeating: "true", count: 10).joined(separator: ","))]")
    }

    @Test func `sees time stand still, and the same chance for the same seed`() async throws {
        let stage = try SandboxStage()
        let handler = """
            (ctx) => [Date.now(), new Date().toISOString(), new (new Date().constructor)().getTime(), Math.random()]
            """
        try await stage.load(1, SandboxStage.handler(handler))
        let first = try await stage.answer(1, seed: 5)
        #expect(first.hasPrefix(#"[1795262400000,"2026-11-21T12:00:00.000Z",1795262400000,0."#))
        #expect(try await stage.answer(1, seed: 5) == first)
        #expect(try await stage.answer(1, seed: 6) != first)
    }

    @Test func `keeps its own time while others of the same extension come between`() async throws {
        let stage = try SandboxStage(host: RecordingHost(delay: .milliseconds(30)))
        let handler = "async (ctx) => { await ctx.kv.get('a'); return Math.random() }"
        try await stage.load(1, SandboxStage.handler(handler), capabilities: [.kv])
        let alone = try await stage.answer(1, seed: 9)
        async let first = stage.answer(1, seed: 9)
        async let second = stage.answer(1, seed: 10)
        let both = (try await first, try await second)
        #expect(both.0 == alone)
        #expect(both.1 != alone)
    }

    @Test func `writes a log, of which 4 KB are kept`() async throws {
        let stage = try SandboxStage()
        let handler = "(ctx) => { ctx.log('a', { b: 1 }, 2); for (;;) ctx.log('x'.repeat(1000)); }"
        try await stage.load(1, SandboxStage.handler(handler))
        let end = await stage.run(1)
        #expect(end.failure?.kind == .timeout)
        #expect(end.log.first == #"a {"b":1} 2"#)
        #expect((1...4096).contains(end.log.reduce(0) { $0 + $1.utf8.count }))
    }

    @Test func `says what it has taken`() async throws {
        let stage = try SandboxStage()
        try await stage.load(1, SandboxStage.handler("() => { let n = 0; for (let i = 0; i < 1e5; i++) n += i; }"))
        let end = await stage.run(1)
        #expect(end.cpuMicroseconds > 100)
        #expect(end.wallMicroseconds > 100)
    }

    @Test func `of a pattern that the host cannot match is only run when it is found`() async throws {
        let stage = try SandboxStage()
        try await stage.load(
            1,
            """
            import { pattern } from "@lumio/bot";
            pattern(/(?<=!)(x) a/, (ctx) => ctx.match);
            pattern(/(?<=#)y/, (ctx) => 1);
            """)
        #expect(try await stage.answer(1, trigger: "pattern-1") == #"["x a","x"]"#)
        #expect(try await stage.answer(1, trigger: "pattern-2") == "")
    }
}
