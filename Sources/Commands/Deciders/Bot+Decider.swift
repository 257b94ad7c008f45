import Domain

extension Bot: Decider {
    /// A pause outlives the connection: owners must not lift an operator's pause by connecting again.
    package struct State: Equatable, Sendable {
        package var connection: Connection?
        package var pause: Pause?
    }

    package struct Pause: Equatable, Sendable {
        package let reason: String?
        package let until: Timestamp?
    }

    package enum Command: Equatable, Sendable {
        case connect(Connection)
        case disconnect
        case pause(reason: String?, until: Timestamp?)
        case resume(reason: String?)
        /// The pause that ends at this moment has come to its end.
        case resumeOnSchedule(until: Timestamp)
    }

    package static let initial = State()

    package static func evolve(_ state: State, _ event: Event) -> State {
        var next = state
        switch event {
        case .connected(let connection): next.connection = connection
        case .disconnected: next.connection = nil
        case .paused(let reason, let until): next.pause = Pause(reason: reason, until: until)
        case .resumed: next.pause = nil
        }
        return next
    }

    package static func decide(_ command: Command, in state: State) throws(Refusal) -> [Event] {
        switch command {
        case .connect(let connection): return state.connection == connection ? [] : [.connected(connection)]
        case .disconnect: return state.connection == nil ? [] : [.disconnected]
        case .pause(let reason, let until):
            try requireConnection(state, "pause")
            if let pause = state.pause, until == nil || until == pause.until { return [] }
            return [.paused(reason: reason, until: until)]
        case .resume(let reason):
            try requireConnection(state, "resume")
            return state.pause == nil ? [] : [.resumed(reason: reason, scheduled: false)]
        case .resumeOnSchedule(let until):
            return state.pause?.until == until ? [.resumed(reason: nil, scheduled: true)] : []
        }
    }

    private static func requireConnection(_ state: State, _ verb: String) throws(Refusal) {
        guard state.connection != nil else {
            throw Refusal(.noBotConnection, "there is nothing to \(verb): connect the bot from the account first")
        }
    }
}
