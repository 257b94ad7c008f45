import JavaScript
import Testing

@Suite("An isolate")
struct IsolateTests {
    /// Has two files, a number to answer with, and remembers what it was called with.
    final class Host: IsolateHost {
        var files = [
            "/app/a.js": "import { b } from './b.js'; export const a = b + 1", "/app/b.js": "export const b = 1",
        ]
        var calls: [String] = []

        func call(_ function: UInt32, _ arguments: HostArguments) -> HostReply {
            calls.append("\(function) \(arguments.text(0) ?? "–") \(arguments.number(1) ?? -1)")
            switch function {
            case 1: return .json(Array(#"{"x":[1,2]}"#.utf8))
            case 2: return .promise(7)
            default: return .error("not you")
            }
        }

        func module(_ specifier: String, importedBy referrer: String) -> HostModule {
            let path = specifier.hasPrefix("./") ? "/app/" + specifier.dropFirst(2) : specifier
            return files[path].map { .source($0, name: path) } ?? .missing("there is no \(path)")
        }
    }

    static let thread = Result {
        try JavaScriptEngine.start(.trusted)
        return IsolateThread()
    }

    static func text(_ outcome: Isolate.Outcome) -> String {
        switch outcome {
        case .done(let bytes): String(decoding: bytes, as: UTF8.self)
        case .pending: "pending"
        case .threw(let message): "threw \(message)"
        case .stopped(let reason): "stopped \(reason)"
        case .tooLong: "too long"
        }
    }

    static func with(_ limits: Isolate.Limits = .init(), _ body: @escaping @Sendable (Isolate, Host) throws -> String)
        async throws -> String
    {
        try await thread.get().perform { lane in
            lane.limit(cpuNanoseconds: .max)
            let host = Host()
            let isolate = Isolate(on: lane, limits: limits, host: host)
            return try withExtendedLifetime(host) { try body(isolate, host) }
        }
    }

    @Test(arguments: [
        ("1 + 1", "2"), ("({ a: 'ö\\u0000' })", #"{"a":"ö\u0000"}"#), ("undefined", ""), ("(() => 1)", ""),
        ("throw new TypeError('no')", "threw script:1: TypeError: no"),
        ("let a = ;", "threw script:1: SyntaxError: Unexpected token ';'"),
        ("(async () => 5)()", "5"), ("new Promise(() => {})", "pending"),
        ("Promise.reject({ toString() { for (;;) {} } })", "threw [object Object]"), ("'a'.repeat(2e6)", "too long"),
        ("new Uint8Array(1 << 30)", "threw script:1: RangeError: Array buffer allocation failed"),
    ])
    func `runs a script`(source: String, result: String) async throws {
        let text = try await Self.with { isolate, _ in Self.text(isolate.run(source)) }
        #expect(text == result)
    }

    @Test func `loads modules of absolute paths through its host`() async throws {
        let text = try await Self.with { isolate, _ in
            let namespace = try isolate.load("/app/a.js").get()
            let show = try isolate.keep("(namespace) => namespace.a").get()
            return Self.text(isolate.call(show, .handle(namespace)))
        }
        #expect(text == "2")
    }

    @Test func `says which module is missing`() async throws {
        let failure = try await Self.with { isolate, _ in
            guard case .failure(.threw(let message)) = isolate.load("/app/c.js") else { return "" }
            return message
        }
        #expect(failure == "Error: there is no /app/c.js")
    }

    @Test func `calls its host, at once or with a promise, and hears its errors`() async throws {
        let text = try await Self.with { isolate, host in
            for number in 1...3 as ClosedRange<UInt32> {
                _ = isolate.setGlobal("host\(number)", to: isolate.function(number))
            }
            let first = Self.text(isolate.run("host1('a', 2).x[1]"))
            let third = Self.text(isolate.run("try { host3({ toString() { for (;;) {} } }) } catch (e) { e.message }"))
            guard case .pending(let promise) = isolate.run("(async () => (await host2('b', 3)).y + 1)()") else {
                return "not pending"
            }
            let before = Self.text(isolate.settled(promise))
            _ = isolate.settle(7, .json(Array(#"{"y":1}"#.utf8)))
            let after = Self.text(isolate.settled(promise))
            return [first, third, before, after, host.calls.joined(separator: ", ")].joined(separator: " | ")
        }
        #expect(text == #"2 | "not you" | pending | 2 | 1 a 2.0, 3 – -1.0, 2 b 3.0"#)
    }

    @Test func `takes globals, and compiles what is trusted to machine code`() async throws {
        let text = try await Self.with { isolate, _ in
            _ = isolate.run("globalThis.process = { env: { NODE_ENV: 'production' } }; 0")
            return Self.text(
                isolate.run(
                    "let n = 0; for (let i = 0; i < 1e6; i++) n += i; "
                        + "[process.env.NODE_ENV, new Function('return 2')(), n]"
                ))
        }
        #expect(text == #"["production",2,499999500000]"#)
    }

    @Test func `is stopped from another thread, and the next one is not`() async throws {
        let text = try await Self.with { isolate, _ in
            let lane = isolate.lane
            let stopper = Task.detached {
                while true {
                    if let running = lane.running, running.cpuNanoseconds > 20_000_000 {
                        return lane.stop(running.segment, .time)
                    }
                    try? await Task.sleep(for: .milliseconds(2))
                }
            }
            let stopped = Self.text(isolate.run("for (;;) {}"))
            stopper.cancel()
            return stopped + " " + Self.text(Isolate(on: lane, host: Host()).run("1"))
        }
        #expect(text == "stopped time 1")
    }

    @Test func `has a heap of its own, with an end`() async throws {
        var limits = Isolate.Limits()
        limits.heapBytes = 16 << 20
        let text = try await Self.with(limits) { isolate, _ in
            Self.text(isolate.run("const a = []; for (;;) a.push({ a })"))
        }
        #expect(text == "stopped memory")
    }
}
