/// The built-in bot modules; the whole whitelist of the seeds.
package enum ModuleName: String, CaseIterable, Sendable {
    case linkProtection = "link_protection"
    case spamProtection = "spam_protection"
    case wordFilter = "word_filter"
    case timedMessages = "timed_messages"
}
