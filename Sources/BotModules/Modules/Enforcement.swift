import Domain

/// What is done about a hit; link protection, spam protection and the word filter share it.
package struct Enforcement: Equatable, Sendable {
    package enum Action: String, CaseIterable, Sendable {
        case delete, timeout, warn
    }

    package let action: Action
    package let timeoutSeconds: Int
    /// Nil means silence.
    package let warningMessage: String?

    init(_ config: JSON) {
        let warning = config[Self.warningMessage]
        action = config[Self.action]
        timeoutSeconds = config[Self.timeoutDuration]
        warningMessage = warning.isBlank ? nil : warning
    }

    static let fields = [action.field, timeoutDuration.field, warningMessage.field]

    private static let action = Setting<Action>.choice(
        "action", default: .delete,
        "delete removes the message, timeout also silences its author, warn leaves it and warns its author.")
    private static let timeoutDuration = Setting.integer(
        "timeout_duration", in: 1...1_209_600, default: 60,
        "Seconds of a timeout. Unused with the other actions.")
    private static let warningMessage = Setting.text(
        "warning_message", lengthMax: 500, default: "",
        "Sent to the author, at most once a minute in a channel; {user} becomes the name. Empty: nothing is sent.")
}
