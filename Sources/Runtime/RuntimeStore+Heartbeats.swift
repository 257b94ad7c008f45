import Domain

extension RuntimeStore {
    /// Takes the bots' signs of life. Older ones than are known change nothing; a time still to come counts as now.
    ///
    /// They are written in batches of 1,000 or every 5 s, whichever comes first: a crash costs a few seconds of them.
    package func record(_ beats: [(AccountID, Platform, Timestamp)]) {
        if heartbeats.record(beats, at: clock.now) { persist() }
    }

    /// When the bot was last heard of; nil for never. From memory: cheap enough to ask for every row of a list.
    package func lastHeartbeat(_ account: AccountID, _ platform: Platform) -> Timestamp? {
        heartbeats.last(BotKey(account: account, platform: platform))
    }

    /// Grows whenever a heartbeat has changed what `lastHeartbeat` answers.
    package var heartbeatVersion: Int { heartbeats.version }
}
