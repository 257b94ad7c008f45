import Domain

/// The same message again and again, and messages in capitals.
package enum SpamProtection {
    package struct Settings: Equatable, Sendable {
        package let enforcement: Enforcement
        package let maxRepeatedMessages: Int
        package let maxCapsPercentage: Int
        /// Graphemes; shorter messages may be in capitals.
        package let minMessageLengthForCaps: Int

        init(_ config: JSON) {
            enforcement = Enforcement(config)
            maxRepeatedMessages = config[SpamProtection.maxRepeatedMessages]
            maxCapsPercentage = config[SpamProtection.maxCapsPercentage]
            minMessageLengthForCaps = config[SpamProtection.minMessageLengthForCaps]
        }
    }

    static let fields =
        [maxRepeatedMessages.field, maxCapsPercentage.field, minMessageLengthForCaps.field] + Enforcement.fields

    private static let maxRepeatedMessages = Setting.integer(
        "max_repeated_messages", in: 1...100, default: 3,
        "How often one user may send the same text in a channel within 30 seconds.")
    private static let maxCapsPercentage = Setting.integer(
        "max_caps_percentage", in: 0...100, default: 80,
        "The share of capitals among the letters that have case, in percent, above which a message is hit.")
    private static let minMessageLengthForCaps = Setting.integer(
        "min_message_length_for_caps", in: 0...500, default: 10,
        "Characters, without emotes. The capitals of shorter messages are not looked at.")
}
