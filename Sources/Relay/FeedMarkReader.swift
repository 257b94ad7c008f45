import Domain
import Redis

/// Asks Redis which feed it holds.
struct FeedMarkReader {
    let keys: FeedKeys

    /// A head that cannot be read counts as none; the next seed replaces it.
    func read(_ session: RedisSession) throws -> (mark: FeedMark?, runID: String) {
        var command = RedisCommand("HMGET", keys.head)
        for name in FeedMark.fieldNames { command.append(name) }
        let reply: RedisReply
        do {
            reply = try session.send(command)
        } catch let error as RedisError where error.kind == .wrongType {
            reply = .null
        }
        let fields = (reply.array ?? []).map(\.text)
        return (FeedMark(fields: fields), try Self.runID(session))
    }

    /// Of the server's process: another one may hold other data behind the same address.
    static func runID(_ session: RedisSession) throws -> String {
        let info = try session.send(RedisCommand("INFO", "server")).text ?? ""
        let line = info.split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }
        return String(line?.dropFirst("run_id:".count) ?? "")
    }
}
