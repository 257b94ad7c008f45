import CV8

/// V8: it starts once in a process, and with one profile.
package enum JavaScriptEngine {
    package static var version: String { String(cString: cv8_version()) }

    /// Whose code is going to run.
    package enum Profile: Sendable {
        /// Our own: compiled to machine code, with V8's own threads.
        case trusted
        /// That of strangers: interpreted, on one thread, without what can be done only with bad intent.
        case untrusted
    }

    /// The engine does not start, for this reason.
    package struct Failure: Error, CustomStringConvertible {
        package let description: String
    }

    /// Safe to call again: only the first one counts.
    /// - Parameter fatal: is called when the engine cannot go on, for want of memory or another reason; it must end
    ///   the process. Without it V8 prints and aborts.
    /// - Throws: when a flag is not one that this V8 knows: a limit that is spelt wrong would be none.
    package static func start(
        _ profile: Profile, moreFlags: [String] = [], fatal: (@convention(c) (_ outOfMemory: Bool) -> Void)? = nil
    ) throws(Failure) {
        let flags = (profile.flags + moreFlags).joined(separator: " ")
        guard let problem = cv8_start(flags, profile == .untrusted, fatal) else { return }
        throw Failure(description: "\(String(cString: problem)): it is V8 \(version)")
    }
}

extension JavaScriptEngine.Profile {
    var flags: [String] {
        switch self {
        case .trusted: []
        case .untrusted:
            [
                "--jitless", "--single-threaded", "--no-expose-wasm", "--no-harmony-sharedarraybuffer",
                "--no-harmony-atomics", "--disallow-code-generation-from-strings",
                "--enable-experimental-regexp-engine-on-excessive-backtracks",
                "--regexp-backtracks-before-fallback=10000",
            ]
        }
    }
}
