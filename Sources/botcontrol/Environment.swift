import Foundation

/// Options from the environment: `BOTCONTROL_RATE_LIMIT=0` says the same as `--rate-limit 0`; the command line wins.
enum Environment {
    /// Options that any subcommand may take from the environment, with whether they have a value.
    private static let options: [(name: String, hasValue: Bool, subcommands: Set<String>)] = [
        ("data", true, Set(["serve", "token", "projections", "journal"]).union(directoryOfAudit)),
        ("host", true, ["serve", "witness"]),
        ("port", true, ["serve", "witness"]), ("rate-limit", true, ["serve"]), ("jwks", true, ["serve"]),
        ("log-origin", true, ["serve"]), ("witness", true, ["serve"]),
        ("witness-key", true, ["serve"]), ("dir", true, ["witness"]), ("log", true, ["witness"]),
        ("log-key", true, ["witness"]), ("interval", true, ["witness"]), ("once", false, ["witness"]),
        ("demo", false, ["serve"]), ("log-level", true, ["serve", "worker"]), ("subject", true, ["token"]),
        ("name", true, ["token", "worker", "witness"]),
        ("account", true, events.union(["token", "worker", "extension run", "extension submit"])),
        ("role", true, ["token"]),
        ("permission", true, ["token"]), ("system-admin", false, ["token"]), ("system-key", false, ["token"]),
        ("expires", true, ["token"]), ("stream", true, events.union(["audit state"])), ("category", true, events),
        ("actor", true, events), ("type", true, events), ("text", true, events), ("from", true, events),
        ("to", true, events), ("format", true, ["audit export", "audit proof", "worker", "backtest", "extension run"]),
        ("at", true, ["audit state"]),
        ("key", true, ["audit verify", "audit verify-proof", "journal backup", "journal restore"]),
        ("incremental", false, ["audit verify"]),
        ("no-read-models", false, ["audit verify"]),
        ("json", false, ["audit replay", "audit verify", "audit verify-proof", "journal info", "backtest"]),
        ("feed", true, ["worker"]),
        ("token", true, ["worker", "extension submit"]), ("server", true, ["extension submit"]),
        ("config", true, ["extension run"]), ("output", true, ["extension pack"]), ("state", true, ["worker"]),
        ("stale", true, ["worker"]),
        ("print-state", false, ["worker"]), ("input", true, ["worker", "backtest", "extension run"]),
        ("credentials", true, ["worker", "serve"]),
        ("dry-run", false, ["worker"]), ("all", false, ["worker", "backtest"]), ("settings", true, ["backtest"]),
        ("against", true, ["backtest"]),
    ]
    private static let directoryOfAudit = Set(
        ["replay", "state", "export", "verify", "proof", "checkpoint", "rotate-key"].map { "audit \($0)" })
    private static let events: Set<String> = ["audit replay", "audit export"]

    /// The arguments without the program's name, completed from the environment.
    static func arguments(_ arguments: [String], _ environment: [String: String]) -> [String] {
        let given = Array(arguments.dropFirst())
        guard let subcommand = given.first, !given.contains("--help"), !given.contains("-h") else { return given }
        let path = given.prefix(2).joined(separator: " ")
        var completed = given
        for option in options where option.subcommands.contains(subcommand) || option.subcommands.contains(path) {
            let variable = "BOTCONTROL_" + option.name.uppercased().replacing("-", with: "_")
            let flag = "--" + option.name
            let isGiven = given.contains { $0 == flag || $0.hasPrefix(flag + "=") }
            guard !isGiven, let value = environment[variable], !value.isEmpty else { continue }
            if ["permission", "key", "witness", "witness-key", "log", "log-key"].contains(option.name) {
                // What can be repeated: several are joined by commas.
                completed += value.split(separator: ",").flatMap { [flag, String($0)] }
            } else if option.hasValue {
                completed += [flag, value]
            } else if ["1", "true", "yes"].contains(value.lowercased()) {
                completed.append(flag)
            }
        }
        return completed
    }
}

enum ProcessEnvironment {
    static var current: [String: String] { ProcessInfo.processInfo.environment }
}

enum StandardError {
    static func write(_ text: String) {
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}

enum StandardOutput {
    static func write(_ text: String) {
        FileHandle.standardOutput.write(Data((text + "\n").utf8))
    }

    static func write(bytes: [UInt8]) {
        FileHandle.standardOutput.write(Data(bytes))
    }
}
