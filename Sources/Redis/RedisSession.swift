import CHiredis
import Foundation
import Synchronization

/// One open connection, used by the thread that made it: every call waits for its answers.
///
/// Waiting is done here with `poll` rather than in hiredis, so that one deadline holds for a whole answer and a silence
/// can be told from a broken connection. Only `interrupt` may be called by other threads.
package final class RedisSession {
    /// How long things may take.
    package struct Limits: Sendable {
        package var connectSeconds = 3.0
        /// Of each answer, from the moment when it is waited for.
        package var replySeconds = 5.0
        /// So long a subscription may be silent before it is asked whether it lives, and again until it is given up.
        package var silenceSeconds = 3.0

        package init() {}
    }

    private let context: UnsafeMutablePointer<redisContext>
    let limits: Limits
    private let place: String
    private let interruption: Interruption
    /// By their text; what the server is known to hold.
    private var scripts: [String: String] = [:]

    /// Connects, says who we are and selects the database.
    package init(_ url: RedisURL, limits: Limits = Limits(), interruption: Interruption = Interruption()) throws {
        Self.blockBrokenPipes()
        guard let context = redisConnectWithTimeout(url.host, Int32(url.port), timeval(seconds: limits.connectSeconds))
        else { throw RedisError(.unreachable, "no memory to connect with: free some") }
        (self.context, self.limits, self.place, self.interruption) = (context, limits, url.place, interruption)
        guard context.pointee.err == 0 else {
            throw RedisError(
                .unreachable, "Redis at \(place) cannot be reached (\(Self.reason(context))): is it running there?")
        }
        // A write that finds no room for so long fails; a peer that vanished while idle is noticed by keepalive.
        redisSetTimeout(context, timeval(seconds: limits.replySeconds))
        redisEnableKeepAlive(context)
        try interruption.begin(context.pointee.fd)
        try greet(url)
    }

    deinit {
        interruption.end()
        redisFree(context)
    }

    private func greet(_ url: RedisURL) throws {
        if let password = url.password {
            var command = RedisCommand("AUTH")
            if let user = url.user { command.append(user) }
            _ = try send(command.with(password))
        }
        _ = try send(url.database == 0 ? RedisCommand("PING") : RedisCommand("SELECT").with(url.database))
    }

    /// The answer to one command.
    ///
    /// - Parameter waitingSeconds: how long the command itself may block (`XREAD BLOCK`).
    /// - Throws: `RedisError`.
    package func send(_ command: RedisCommand, waitingSeconds: Double = 0) throws -> RedisReply {
        try send([command], waitingSeconds: waitingSeconds)[0].get()
    }

    /// Many commands in one round trip; each has its own answer, which may be an error.
    package func send(_ commands: [RedisCommand], waitingSeconds: Double = 0) throws -> [RedisReply] {
        for command in commands { append(command) }
        try flush()
        return try commands.map { _ in
            guard let reply = try receive(timeoutSeconds: limits.replySeconds + waitingSeconds) else {
                throw timedOut(after: limits.replySeconds + waitingSeconds)
            }
            return reply
        }
    }

    /// Sends without waiting for an answer, as in a subscription.
    package func post(_ command: RedisCommand) throws {
        append(command)
        try flush()
    }

    /// Runs a script by its digest, and hands it over first when the server does not know it.
    package func run(
        _ script: RedisScript, keys: [String], _ append: (inout RedisCommand) throws -> Void
    ) throws -> RedisReply {
        func call(_ digest: String) throws -> RedisReply {
            var command = RedisCommand("EVALSHA", digest, String(keys.count))
            for key in keys { command.append(key) }
            try append(&command)
            return try send(command)
        }
        if let digest = scripts[script.text] {
            do {
                return try call(digest)
            } catch let error as RedisError where error.kind == .noScript {
                scripts[script.text] = nil
            }
        }
        guard let digest = try send(RedisCommand("SCRIPT", "LOAD", script.text)).text else {
            throw RedisError(.refused, "Redis does not say a script's digest: is this a Redis?")
        }
        scripts[script.text] = digest
        return try call(digest)
    }

    /// The next answer or message; nil when the time is up, which does no harm to the connection.
    package func receive(timeoutSeconds: Double) throws -> RedisReply? {
        let deadline = DispatchTime.now().uptimeNanoseconds + UInt64(timeoutSeconds * 1e9)
        while true {
            if let reply = try nextReply() { return reply }
            let now = DispatchTime.now().uptimeNanoseconds
            guard now < deadline, try isReadable(milliseconds: Int32((deadline - now) / 1_000_000) + 1) else {
                return nil
            }
            guard redisBufferRead(context) == REDIS_OK else { throw broken() }
        }
    }
}

/// A text that Redis runs as one atomic step.
package struct RedisScript: Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension RedisSession {
    /// hiredis writes without `MSG_NOSIGNAL`: a peer that has gone would end the whole process.
    private static func blockBrokenPipes() {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        pthread_sigmask(Int32(SIG_BLOCK), &signals, nil)
    }

    private func append(_ command: RedisCommand) {
        command.withWireBytes { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                _ = redisAppendFormattedCommand(context, $0.baseAddress, $0.count)
            }
        }
    }

    private func flush() throws {
        var done: Int32 = 0
        while done == 0 {
            guard redisBufferWrite(context, &done) == REDIS_OK else { throw broken() }
        }
    }

    private func nextReply() throws -> RedisReply? {
        var pointer: UnsafeMutableRawPointer?
        guard redisGetReplyFromReader(context, &pointer) == REDIS_OK else { throw broken() }
        guard let pointer else { return nil }
        defer { freeReplyObject(pointer) }
        return RedisReply(pointer.assumingMemoryBound(to: redisReply.self))
    }

    private func isReadable(milliseconds: Int32) throws -> Bool {
        var descriptor = pollfd(fd: context.pointee.fd, events: Int16(POLLIN), revents: 0)
        let count = poll(&descriptor, 1, milliseconds)
        if count < 0, errno != EINTR { throw broken() }
        return count > 0 || (count < 0 && errno == EINTR)
    }

    private func timedOut(after seconds: Double) -> RedisError {
        // The answer may still come, and would be taken for the next one's.
        interruption.interrupt(isClosing: false)
        return RedisError(
            .timedOut, "Redis at \(place) did not answer within \(seconds) s: look at the network and at its load")
    }

    private func broken() -> RedisError {
        if interruption.isClosed { return RedisError(.closed, "the connection to Redis was closed here") }
        return RedisError(
            .connectionLost,
            "the connection to Redis at \(place) broke (\(Self.reason(context))): it is opened anew")
    }

    private static func reason(_ context: UnsafeMutablePointer<redisContext>) -> String {
        withUnsafeBytes(of: context.pointee.errstr) { buffer in
            String(decoding: buffer.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

extension timeval {
    fileprivate init(seconds: Double) {
        self.init(tv_sec: Int(seconds), tv_usec: Int(seconds.truncatingRemainder(dividingBy: 1) * 1_000_000))
    }
}
