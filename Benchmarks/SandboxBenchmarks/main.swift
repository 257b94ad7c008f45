import Foundation
import JavaScript
import Sandbox

// Our own side of the suites `dispatch` and `isolates`: each prints one JSON line. `bench.py` drives them.
let arguments = Array(CommandLine.arguments.dropFirst())
switch arguments.first {
case "sandbox": SandboxChild.run(arguments: Array(arguments.dropFirst()))
case "dispatch":
    try await DispatchRun(
        seconds: arguments.count > 1 ? Double(arguments[1]) ?? 5 : 5,
        inFlight: arguments.count > 2 ? Int(arguments[2]) ?? 1 : 1
    ).run()
case "isolates": try await IsolatesRun(installs: arguments.count > 1 ? Int(arguments[1]) ?? 500 : 500).run()
case "snapshot" where arguments.count == 2:
    try JavaScriptEngine.start(.untrusted, moreFlags: SandboxChild.flags)
    let snapshot = try Snapshot.make(script: AuthorModule.source, warmUp: AuthorModule.warmUp)
    try Data(snapshot.bytes).write(to: URL(fileURLWithPath: arguments[1]))
case "context": print(String(decoding: Stage.context, as: UTF8.self))
default:
    print("usage: SandboxBenchmarks dispatch SECONDS IN_FLIGHT | isolates INSTALLS | snapshot FILE | context")
    exit(2)
}
