import Domain

/// Why the relay does not write although Redis answers.
struct RelayProblem: Error, CustomStringConvertible {
    let description: String

    static let restless = RelayProblem(
        description: "Redis changes again and again while the feed is written: does something else write to its keys?")

    static func foreign(_ epoch: String) -> RelayProblem {
        RelayProblem(
            description: """
                Redis holds the feed of another journal (\(epoch)), and somebody keeps it up: stop that server, or \
                give one of them another prefix; if nobody does any more, it is replaced in some seconds
                """)
    }
}
