import ArgumentParser
import Domain
import Redis
import Worker

/// What a worker does about chat.
struct ChatOptions: ParsableArguments {
    @Option(help: "Where chat comes from: a file, - for standard input, or redis for the stream in the feed's Redis.")
    var input: String?
    @Option(help: "How its lines are written: ndjson or irc.") var format = ChatFormat.ndjson
    @Option(help: "Whose bot the lines are about, where they do not say.") var account: String?
    @Option(
        help: """
            What the platforms want to see: a file (JSON, readable by you alone), a directory with one for each \
            platform, or env for variables such as BOTCONTROL_TWITCH_TOKEN.
            """)
    var credentials: String?
    @Option(help: "Seconds after which an extension that nobody calls is let go of, until its next call.")
    var extensionIdle = 600
    @Flag(help: "Print what would be done as lines of JSON, and do nothing.") var dryRun = false
    @Flag(help: "With --dry-run: print the messages that nothing would be done about, too.") var all = false

    var chatInput: ChatInput? { input.map { ChatInput($0) } }

    var accountID: AccountID? { account.flatMap { AccountID(rawValue: $0) } }

    func validate() throws {
        if let account, AccountID(rawValue: account) == nil {
            throw ValidationError("--account \(account): it \(AccountID.rule)")
        }
        if !(60...86_400).contains(extensionIdle) {
            throw ValidationError("--extension-idle \(extensionIdle): it must be between 60 and 86400 seconds")
        }
        if dryRun, input == nil { throw ValidationError("--dry-run needs chat to judge: name it with --input") }
        if all, !dryRun { throw ValidationError("--all goes with --dry-run") }
        if dryRun, chatInput == .redis {
            throw ValidationError("--dry-run would take messages from workers that act on them: name a file instead")
        }
        if format == .irc, input != nil, account == nil {
            throw ValidationError("--format irc does not say whose bot it is about: name the account with --account")
        }
    }
}
