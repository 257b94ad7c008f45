import Domain

/// One room whose chat is wanted over IRC, and how far that has come.
struct IRCRoom: Equatable, Sendable {
    enum State: Equatable, Sendable {
        case wanted
        case asked(at: Duration)
        case live
        /// Tried again then.
        case waiting(until: Duration)
        case refused(until: Duration)
    }

    let channel: ChatChannel
    /// The name of the room, without `#`.
    let login: String
    var state = State.wanted

    init(channel: ChatChannel, login: String) {
        (self.channel, self.login) = (channel, login.lowercased())
    }

    /// 1 to 25 of `a-z 0-9 _`: anything else could be another command.
    var hasName: Bool { Self.isName(login) }

    static func isName(_ login: String) -> Bool {
        (1...25).contains(login.utf8.count)
            && login.utf8.allSatisfy {
                ($0 >= UInt8(ascii: "a") && $0 <= UInt8(ascii: "z"))
                    || ($0 >= UInt8(ascii: "0") && $0 <= UInt8(ascii: "9")) || $0 == UInt8(ascii: "_")
            }
    }

    var isRefused: Bool { if case .refused = state { true } else { false } }

    /// When something is to be done about it unasked.
    var deadline: Duration? {
        switch state {
        case .asked(let moment): moment + IRCMachine.joinWithin
        case .waiting(let moment), .refused(let moment): moment
        case .wanted, .live: nil
        }
    }
}
