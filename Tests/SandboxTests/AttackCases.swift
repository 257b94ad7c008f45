import Sandbox

/// What hostile handlers do.
enum AttackCases {
    static var all: [AttackTests.Attack] { loops + bombs + builtIns + escapes + results + noise }

    static let loops: [AttackTests.Attack] = [
        .init("an endless loop", [.timeout], "() => { for (;;) {} }"),
        .init("endless microtasks", [.timeout], "async () => { for (;;) await null; }"),
        .init(
            "microtasks that make microtasks", [.timeout, .memory],
            "async () => { const f = () => { Promise.resolve().then(f); Promise.resolve().then(f) }; f() }"),
        .init(
            "an endless generator", [.timeout], "() => { for (const a of (function* () { for (;;) yield 1 })()) {} }"),
        .init(
            "an endless async generator", [.timeout],
            "async () => { for await (const a of (async function* () { for (;;) yield 1 })()); }"),
        .init("an endless loop in finally", [.timeout], "() => { try { for (;;) {} } finally { for (;;) {} } }"),
        .init("a loop that catches all", [.timeout], "() => { for (;;) { try { for (;;) {} } catch {} } }"),
        .init("a promise that never settles", [.timeout], "() => new Promise(() => {})"),
        .init("an endless then", [.timeout], "() => ({ then(f) { for (;;) {} } }).then()"),
        .init("a thenable from an async function", [.timeout], "async () => ({ then() { for (;;) {} } })"),
        .init("deep recursion", [.script], "() => { const f = () => f() + 1; return f() }"),
        .init("a deep regex", [.timeout, .killed], "() => /^(?=(a+)+$)b?/.test('a'.repeat(40) + '!')"),
        .init("a backreference", [.timeout, .killed], #"() => /^(?:(a+)+\1)+$/.test('a'.repeat(60) + '!')"#),
        .init(
            "nested alternations", [.timeout, .script, .killed],
            "() => { const r = '('.repeat(5e3) + 'a|b' + ')*'.repeat(5e3); return new RegExp(r).test('c'.repeat(1e5)) }"
        ),
        .init("a sort that never ends", [.timeout], "() => [1, 2, 3].sort(() => { for (;;) {} })"),
    ]

    static let bombs: [AttackTests.Attack] = [
        .init("a heap bomb", [.memory, .timeout], "() => { const a = []; for (;;) a.push({ a }) }"),
        .init(
            "an array bomb", [.memory, .timeout, .killed, .script],
            "() => { let a = [1.5]; for (;;) a = a.concat(a) }"),
        .init("a string bomb", [.memory, .timeout, .killed, .script], "() => { let s = 'ab'; for (;;) s += s }"),
        .init(
            "a string bomb that is looked at", [.memory, .timeout, .killed, .script, .result],
            "() => { let s = 'ab'; for (let i = 0; i < 28; i++) s += s; return s }"),
        .init("a BigInt bomb", [.memory, .timeout, .killed, .script], "() => { let n = 3n; for (;;) n *= n }"),
        .init(
            "a map bomb", [.memory, .timeout, .killed],
            "() => { const m = new Map(); for (let i = 0;; i++) m.set(i, {}) }"),
        .init(
            "a typed array bomb", [.script, .timeout],
            "() => { const a = []; for (;;) a.push(new Uint8Array(1 << 20).fill(1)) }"),
        .init("one large typed array", [.script], "() => new Float64Array(1e9)"),
        .init("a JSON.parse bomb", [.script, .memory, .timeout, .killed], "() => JSON.parse('['.repeat(1e6))"),
        .init(
            "a JSON.parse bomb that is well-formed", [.memory, .timeout, .killed],
            "() => { const s = '[' + '[],'.repeat(3e5) + '0]'; const a = []; for (;;) a.push(JSON.parse(s)) }"),
        .init(
            "a symbol bomb", [.memory, .timeout, .killed],
            "() => { for (let i = 0;; i++) Symbol.for('a' + i + 'b'.repeat(1000)) }"),
    ]

    static let builtIns: [AttackTests.Attack] = [
        .init("a large fill", [.killed, .memory], "() => { new Array(1e8).fill(0) }"),
        .init(
            "a sparse reverse", [.killed, .memory, .timeout],
            "() => { const a = []; a[4294967294 - 1] = 1; a.reverse() }"),
        .init(
            "a replacement that grows", [.killed, .memory, .script, .timeout, .result],
            #"() => 'a'.repeat(1e4).replace(/a/g, '$&'.repeat(1e4))"#),
        .init("a long repeat", [.script], "() => 'a'.repeat(2 ** 28)"),
        .init("a long padding", [.script], "() => 'a'.padStart(2 ** 28)"),
        .init("a long normalization", [.script], "() => '\\uFDFA'.repeat(1e6).normalize('NFKD')"),
        .init(
            "a join of a sparse array", [.killed, .memory, .script, .timeout], "() => new Array(2 ** 32 - 1).join('ab')"
        ),
        .init(
            "indexOf in a huge array-like", [.killed, .timeout],
            "() => Array.prototype.indexOf.call({ length: 2 ** 53 - 1 }, 1)"),
    ]

    static let escapes: [AttackTests.Attack] = [
        .init("the Function constructor", [.script], "() => ((() => {}).constructor.constructor('return 1'))()"),
        .init("the AsyncFunction constructor", [.script], "() => (async () => {}).constructor('return 1')()"),
        .init(
            "the GeneratorFunction constructor", [.script], "() => (function* () {}).constructor('yield 1')().next()"),
        .init("a dynamic import", [.script], "async () => import('./main.js')"),
        .init("a dynamic import of a file", [.script], "async () => import('file:///etc/passwd')"),
        .init("the host with made-up names", [.script], "async (ctx) => { await ctx.kv.get.constructor('x')() }"),
        .init(
            "too many questions", [.script, .timeout],
            "async (ctx) => Promise.all(Array.from({ length: 1e4 }, () => ctx.kv.get('a')))"),
        .init("a question too long", [.script], "async (ctx) => ctx.kv.set('a', 'b'.repeat(1 << 20))"),
    ]

    static let results: [AttackTests.Attack] = [
        .init(
            "a polluted type", [], returns: #"{"text":"a"}"#,
            "() => { Object.prototype.type = 'ban'; return { text: 'a' } }"),
        .init("a polluted toJSON", [.script], "() => { Array.prototype.toJSON = () => { throw 1 }; return [1] }"),
        .init("a Proxy", [.timeout], "() => new Proxy({}, { ownKeys() { for (;;) {} } })"),
        .init("a getter", [.timeout], "() => ({ get type() { for (;;) {} } })"),
        .init("a getter that throws", [.script], "() => ({ get type() { throw { get message() { for (;;) {} } } } })"),
        .init("a thenable", [], returns: "{}", "() => ({ then() { for (;;) {} } })"),
        .init("a toJSON loop", [.timeout], "() => ({ toJSON() { for (;;) {} } })"),
        .init(
            "a toJSON that makes more of itself", [.script, .timeout, .memory],
            "() => { const f = () => ({ a: { toJSON: f } }); return f() }"),
        .init("a circle", [.script], "() => { const a = {}; a.a = a; return a }"),
        .init("a BigInt", [.script], "() => 1n"),
        .init("too much", [.result], "() => 'a'.repeat(17000)"),
        .init("lone surrogates", [], returns: #"{"text":"\ud800 \udfff"}"#, #"() => ({ text: '\ud800 \udfff' })"#),
        .init("NULs", [], returns: #"{"text":"\u0000"}"#, #"() => ({ text: '\0' })"#),
        .init(
            "a foreign user's id", [], returns: #"{"type":"ban","userId":"1"}"#,
            "() => ({ type: 'ban', userId: '1' })"),
    ]

    static let noise: [AttackTests.Attack] = [
        .init(
            "a thrown thing with a hostile toString", [.script],
            "() => { throw { toString() { for (;;) {} }, get stack() { for (;;) {} } } }"),
        .init(
            "a thrown Proxy", [.script],
            "() => { throw new Proxy({}, { get() { for (;;) {} }, getPrototypeOf() { for (;;) {} } }) }"),
        .init(
            "a thrown error with a hostile message", [.script],
            "() => { const e = new Error(); Object.defineProperty(e, 'message', { get() { for (;;) {} } }); throw e }"),
        .init(
            "a thrown error of a hostile class", [.script],
            "() => { class A extends Error { get name() { for (;;) {} } } throw new A('a') }"),
        .init("a rejection with a hostile thing", [.script], "async () => { throw { toString() { for (;;) {} } } }"),
        .init(
            "a huge thrown text", [.script, .memory, .killed, .timeout],
            "() => { let s = 'ab'; for (let i = 0; i < 27; i++) s += s; throw s }"),
        .init(
            "prepareStackTrace", [.script],
            "() => { Error.prepareStackTrace = () => { for (;;) {} }; throw new Error('a') }"),
        .init(
            "prepareStackTrace that is looked at", [], returns: #""""#,
            "() => { Error.prepareStackTrace = () => { for (;;) {} }; return new Error('a').stack }"),
        .init(
            "an endless stackTraceLimit", [.script],
            "() => { Error.stackTraceLimit = Infinity; const f = () => f(); f() }"),
        .init("a million rejections", [.timeout, .memory], "() => { for (;;) Promise.reject(new Error('a')) }"),
        .init("a flood of logs", [.timeout], "(ctx) => { for (;;) ctx.log('a'.repeat(100)) }"),
        .init("logs of hostile things", [.timeout], "(ctx) => ctx.log({ toJSON() { for (;;) {} } })"),
    ]
}
