import Domain

/// How pages say what the API has names for.
enum Words {
    static func platform(_ platform: Platform) -> String { platform.title }

    static func status(_ status: BotStatus) -> String {
        switch status {
        case .active: "Active"
        case .paused: "Paused"
        case .noConnection: "No Connection"
        }
    }

    static func hearing(_ hearing: Hearing) -> String {
        switch hearing {
        case .live: "Hears its chat"
        case .deaf: "Deaf"
        case .silent: "Silent"
        }
    }

    /// For who has no script: `2026-11-21 15:05 UTC`.
    static func moment(_ text: String) -> String {
        "\(text.prefix(10)) \(text.dropFirst(11).prefix(5)) UTC"
    }

    static func count(_ number: Int, _ one: String, _ many: String? = nil) -> String {
        "\(number) \(number == 1 ? one : many ?? one + "s")"
    }
}

/// How long a pause is to last.
enum PauseDuration: String, CaseIterable {
    case open = "", quarter = "900", hour = "3600", fourHours = "14400", day = "86400"

    var label: String {
        switch self {
        case .open: "Until somebody resumes it"
        case .quarter: "15 minutes"
        case .hour: "1 hour"
        case .fourHours: "4 hours"
        case .day: "1 day"
        }
    }

    func end(from now: Timestamp) -> Timestamp? { Double(rawValue).map { now.adding(seconds: $0) } }

    static var options: [View] { allCases.map { ["value": $0.rawValue, "label": $0.label] } }

    /// - Throws: `ValidationFailed` for what no form of ours sends.
    static func end(_ field: String?, from now: Timestamp) throws(ValidationFailed) -> Timestamp? {
        guard let duration = PauseDuration(rawValue: field ?? "") else {
            throw ValidationFailed(path: "duration", code: "not_allowed", message: "must be one of those offered")
        }
        return duration.end(from: now)
    }
}
