import Commands
import Domain

extension Bot: Reversible {
    /// Reasons are left out: who pauses again says why anew.
    static func part(_ event: Event, of state: State) -> JSON {
        switch event {
        case .connected, .disconnected: state.connection?.json ?? nil
        case .paused, .resumed:
            [
                "paused": .bool(state.pause != nil),
                "until": state.pause?.until.map { .string($0.description) } ?? .null,
            ]
        }
    }

    static func compensation(
        for event: Event, before: State, _ wish: ReversalWish
    ) throws(NoInverse) -> Compensation {
        let path = wish.halves("account_id", "platform")
        switch event {
        case .connected, .disconnected:
            guard let connection = before.connection else { return Compensation("disconnectBot", path: path) }
            return Compensation("connectBot", path: path, body: connection.json)
        case .paused, .resumed:
            guard let pause = before.pause else {
                return Compensation("setBotPaused", path: path, body: wish.saying(.init("paused", false)))
            }
            return Compensation("setBotPaused", path: path, body: try again(pause, after: event, wish))
        }
    }

    /// The pause that there was before.
    private static func again(
        _ pause: Pause, after event: Event, _ wish: ReversalWish
    ) throws(NoInverse) -> JSON {
        if let until = pause.until, until <= wish.now {
            throw NoInverse("the pause that there was before would have ended at \(until) by itself: pause anew")
        }
        if event.name == .paused, pause.until == nil {
            throw NoInverse(
                "the pause had no end before, and one with an end gets none back: resume the bot and pause it again")
        }
        var members = [JSON.Member("paused", true)]
        if let until = pause.until { members.append(.init("until", .string(until.description))) }
        members.append(.init("reason", .string(wish.reason ?? pause.reason ?? wish.note)))
        return .object(members)
    }
}

extension Bot.Connection {
    fileprivate var json: JSON {
        var members: [JSON.Member] = [
            .init("channel_id", .string(channelID)), .init("channel_name", .string(channelName)),
        ]
        if let botUserID { members.append(.init("bot_user_id", .string(botUserID))) }
        return .object(members)
    }
}
