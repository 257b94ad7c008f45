import BotModules
import Domain

/// Judges chat as the modules of its accounts would, and does nothing about it: every message is judged as of the
/// moment when it was sent, however long ago that was, and whether or not the bot may act.
package final class DryRun: Sendable {
    private let live: LiveSet
    private let modules: ModuleCache
    private let windows = ChannelWindows()

    package init(live: LiveSet) {
        self.live = live
        modules = ModuleCache(live: live)
    }

    package func judge(_ message: ChatMessage) -> JudgedMessage {
        let message = live.markingOwnBot(message)
        let modules = modules.modules(of: message.channel.accountID)
        return JudgedMessage(message, windows.judge(message, by: modules, at: message.sentAt))
    }

    package func sweep(at now: Timestamp) {
        windows.sweep(at: now)
    }
}
