import Domain

/// What a command says, before it is known to whom.
package struct CommandAnswer: Equatable, Sendable {
    private let template: ResponseTemplate

    /// nil for one that is answered elsewhere, by an automation, and for a template that cannot be read.
    package init?(_ command: BotCommand.Definition) {
        switch command.responseType {
        case .text: template = ResponseTemplate(verbatim: command.response)
        case .template:
            guard let template = try? ResponseTemplate(command.response) else { return nil }
            self.template = template
        case .automation: return nil
        }
    }

    /// Whether it says what a variable stands for.
    package func names(_ variable: ResponseTemplate.Variable) -> Bool { template.parts.contains(.variable(variable)) }

    /// What its variables stand for in one channel at one moment. Names are said as `SpokenName` has them.
    package struct Values: Sendable {
        package var user: ChatUser
        package var channelName: String
        package var platform: Platform
        package var stream = StreamState.unknown
        package var now: Timestamp
        /// How often it was said, this time included; nil when that cannot be told.
        package var count: Int?

        package init(user: ChatUser, channelName: String, platform: Platform, now: Timestamp) {
            (self.user, self.channelName, self.platform, self.now) = (user, channelName, platform, now)
        }
    }

    /// - Parameter pick: one of so many choices, from 0.
    package func text(_ values: Values, pick: (Int) -> Int = { Int.random(in: 0..<$0) }) -> String {
        template.filled(
            { variable in
                switch variable {
                case .user: SpokenName.of(values.user)
                case .channel: SpokenName.of(values.channelName) ?? "this channel"
                case .platform: values.platform.title
                case .uptime: values.stream.spoken(at: values.now)
                case .count: values.count.map { "\($0)" } ?? "?"
                }
            }, pick: pick)
    }
}

extension StreamState {
    /// `2 h 5 min`, or why nobody can tell.
    fileprivate func spoken(at now: Timestamp) -> String {
        switch self {
        case .live(let start):
            let minutes = max(0, Int(now.seconds(since: start) / 60))
            return minutes < 60 ? "\(minutes) min" : "\(minutes / 60) h \(minutes % 60) min"
        case .offline: return "offline"
        case .unknown: return "unknown"
        }
    }
}
