import Domain
import Redis

/// How the feed is kept in Redis.
package struct RelaySettings: Sendable {
    package var keys = FeedKeys()
    /// About so many changes are kept for workers that fall behind; who is further behind takes a snapshot.
    package var streamLengthMax = 100_000
    /// How often the feed is asked although nobody has rung.
    package var pollSeconds = 1.0
    /// How often the head is stamped, and everything compared.
    package var stampSeconds = 2.0
    /// Of one script.
    package var batchChangesMax = 1_000, batchBytesMax = 1 << 20
    /// A pause after a batch, in which changes gather that come by the thousand.
    package var gatherSeconds = 0.002
    /// How long an old generation stays for those who read it.
    package var oldKeysSeconds = 120
    /// A feed of another journal is left alone while somebody stamps it; so long it must have stood still.
    package var takeoverSeconds = 3.0
    package var limits = RedisSession.Limits()

    package init() {}
}
