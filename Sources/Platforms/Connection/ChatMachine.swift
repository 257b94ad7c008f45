import Domain

/// A connection's protocol as a value: what happened goes in, what is to be done comes out. It reads no clock, opens
/// nothing and waits for nothing, so that every course of events can be tried without a network.
protocol ChatMachine: Sendable {
    /// A request beside the connection, and what became of it.
    associatedtype Call: Sendable
    associatedtype Answer: Sendable

    mutating func handle(_ input: ChatInput<Call, Answer>, at now: ChatMoment) -> [ChatOrder<Call>]

    /// When it wants to be woken, by the clock that only goes forward; nil when nothing but an input matters.
    var deadline: Duration? { get }
}

/// One socket of a machine. A number is never used twice, so that news of an old socket harms nobody.
struct SocketID: Hashable, Sendable {
    let number: Int
}

/// Something that happened to a connection.
enum ChatInput<Call: Sendable, Answer: Sendable>: Sendable {
    /// Whose chat is wanted from now on; the login only where the protocol needs it.
    case joined(ChatChannel, login: String)
    case left(channelID: String)
    /// What else is to be told of a channel that was joined.
    case wanted(Set<PlatformEvent.Kind>, channelID: String)
    case opened(SocketID)
    case text(SocketID, String)
    /// Or never opened.
    case closed(SocketID, SocketClosing)
    case answered(Call, Answer)
    /// The deadline has come, or an earlier one that is no longer wanted.
    case woken
}

/// What a machine wants done, in this order.
enum ChatOrder<Call: Sendable>: Sendable {
    case connect(SocketID, url: String)
    case close(SocketID)
    case send(SocketID, Secret)
    case call(Call)
    case deliver(ChatEvent)
}

extension ChatOrder: Equatable where Call: Equatable {}

/// Why a socket is closed.
struct SocketClosing: Error, Equatable, Sendable {
    /// Of the WebSocket protocol (RFC 6455, section 7.4), where the other side gave one.
    var code: Int?
    let reason: String
}
