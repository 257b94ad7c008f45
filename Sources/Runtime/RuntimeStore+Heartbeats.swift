import Domain

extension RuntimeStore {
    /// Takes the bots' signs of life, and what keeps them from hearing. Older ones than are known change nothing; a
    /// time still to come counts as now.
    ///
    /// They are written in batches of 1,000 or every 5 s, whichever comes first: a crash costs a few seconds of them.
    package func record(_ beats: [Heartbeat]) {
        if heartbeats.record(beats, at: clock.now) { persist() }
    }

    /// When the bot was last heard of; nil for never. From memory: cheap enough to ask for every row of a list.
    package func lastHeartbeat(_ account: AccountID, _ platform: Platform) -> Timestamp? {
        heartbeats.last(BotKey(account: account, platform: platform))
    }

    /// Whether a bot that should hear its chat does, and why not when it is deaf. From memory.
    package func hearing(_ account: AccountID, _ platform: Platform) -> (Hearing, reason: String?) {
        let (last, trouble) = heartbeats.heard(BotKey(account: account, platform: platform))
        if let trouble { return (.deaf, trouble) }
        guard let last, clock.now.seconds(since: last) < Hearing.silentAfterSeconds else {
            return (.silent, nil)
        }
        return (.live, nil)
    }

    /// Grows whenever a heartbeat has changed what `lastHeartbeat` answers, or a bot became deaf.
    package var heartbeatVersion: Int { heartbeats.version }
}
