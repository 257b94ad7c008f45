/// Why Redis cannot be used as asked, and what to do about it.
package struct RedisError: Error, Equatable, CustomStringConvertible {
    package enum Kind: Sendable {
        /// Nobody answers there.
        case unreachable
        /// An answer did not come in time: the network is stalled, or Redis is busy.
        case timedOut
        /// The connection broke in the middle.
        case connectionLost
        /// Closed by ourselves.
        case closed
        /// A password is demanded, or the one given is wrong.
        case authentication
        /// The user may not do this.
        case forbidden
        case readOnly
        case outOfMemory
        /// Another node of a cluster has these keys.
        case moved
        /// It reads its data from disk, or is held up by a script.
        case loading
        case noScript
        /// A key holds something else than we put there.
        case wrongType
        case refused
    }

    package let kind: Kind
    package let description: String

    package init(_ kind: Kind, _ description: String) {
        (self.kind, self.description) = (kind, description)
    }

    /// Whether the connection is of no use any more.
    package var isConnectionBroken: Bool {
        switch kind {
        case .unreachable, .timedOut, .connectionLost, .closed: true
        default: false
        }
    }
}

extension RedisError {
    /// - Parameter reply: the error as Redis wrote it, its code first.
    init(reply: String) {
        let code = String(reply.prefix { $0 != " " })
        let (kind, advice) = Self.kinds[code] ?? Self.kindWithoutCode(reply)
        self.init(kind, advice.isEmpty ? "Redis refuses: \(reply)" : "Redis refuses (\(reply)): \(advice)")
    }

    private static let kinds: [String: (Kind, String)] = [
        "NOAUTH": (.authentication, "put the password into its address, \(RedisURL.form)"),
        "WRONGPASS": (.authentication, "correct user and password in its address, \(RedisURL.form)"),
        "NOPERM": (.forbidden, "give this user the rights with ACL SETUSER"),
        "READONLY": (.readOnly, "this is a replica: give the address of the primary"),
        "OOM": (.outOfMemory, "raise maxmemory, or free memory; nothing is lost meanwhile"),
        "MISCONF": (.readOnly, "it cannot write to its disk: make room there"),
        "NOREPLICAS": (.readOnly, "too few replicas are connected: bring them back"),
        "MOVED": (.moved, "give the address of the cluster node that has these keys"),
        "ASK": (.moved, "the cluster is moving these keys: it is tried again"),
        "CLUSTERDOWN": (.moved, "the cluster is down: look at CLUSTER INFO"),
        "LOADING": (.loading, "it is reading its data from disk: it is tried again"),
        "MASTERDOWN": (.loading, "it is a replica without its primary: give the address of the primary"),
        "BUSY": (.loading, "a script of somebody keeps it busy: SCRIPT KILL ends it"),
        "NOSCRIPT": (.noScript, ""),
        "WRONGTYPE": (.wrongType, "somebody else uses our keys: choose another prefix"),
    ]

    /// Older versions answer a wrong password with a bare `ERR`.
    private static func kindWithoutCode(_ reply: String) -> (Kind, String) {
        let isAboutPassword = reply.contains("invalid password") || reply.contains("AUTH")
        if isAboutPassword { return (.authentication, "correct user and password in its address, \(RedisURL.form)") }
        return reply.contains("WRONGTYPE") ? kinds["WRONGTYPE"]! : (.refused, "")
    }
}
