import Domain
import Extensions
import Sandbox
import Text

/// An extension tried out on a chat by its author: one line after the other, in a real sandbox, and nothing is done
/// about what it wants.
package final class ExtensionRehearsal {
    /// A handler that was called, and what came of it.
    package struct Call: Sendable {
        package let triggerID: String
        package let occasion: HandlerOccasion
        package var actions: [HandlerAction] = []
        /// Wanted and not granted, or wrong, each with a sentence.
        package var problems: [String] = []
        package var log: [String] = []
        package var microseconds = 0
    }

    private let document: ExtensionInstallDocument
    private let table: TriggerTable
    private let runner: any HandlerRunning
    private let requests: RequestPurses
    private let cooldowns = Cooldowns()
    private let forms = NormalForms()
    private let start = ContinuousClock.now
    private var firstAt: Timestamp?
    private var timersDue: [String: Timestamp] = [:]
    private var seed: UInt64 = 1

    /// - Parameter document: what the account has installed, with all that it granted.
    package init(_ document: ExtensionInstallDocument, runner: any HandlerRunning, requests: RequestPurses) {
        (self.document, self.runner, self.requests) = (document, runner, requests)
        table = TriggerTable([ActiveInstall(document)])
    }

    /// What follows from a line; the timers that run out before it come first.
    package func take(_ message: ChatMessage) async -> [Call] {
        var calls = await runTimers(until: message.sentAt, in: message.channel)
        let occasion = HandlerOccasion.message(message)
        for hit in table.moderates(of: message) { calls.append(await call(hit, on: occasion, at: message.sentAt)) }
        guard !calls.contains(where: { $0.actions.contains(where: \.moderates) && $0.occasion == occasion }) else {
            return calls
        }
        let now = start + .seconds(message.sentAt.seconds(since: firstAt ?? message.sentAt))
        for hit in table.hits(on: message, with: forms) where cooldowns.take(hit, by: message, at: now) {
            calls.append(await call(hit, on: occasion, at: message.sentAt))
        }
        return calls
    }

    package func take(_ event: PlatformEvent) async -> [Call] {
        var calls = await runTimers(until: event.at, in: event.channel)
        for hit in table.hits(on: event) { calls.append(await call(hit, on: .event(event), at: event.at)) }
        return calls
    }

    /// By the time of the chat, which begins with its first line.
    private func runTimers(until now: Timestamp, in channel: ChatChannel) async -> [Call] {
        firstAt = firstAt ?? now
        var calls: [Call] = []
        for (hit, seconds) in table.timers {
            let due = timersDue[hit.trigger.id] ?? now.adding(seconds: Double(seconds))
            timersDue[hit.trigger.id] = due
            guard due <= now else { continue }
            timersDue[hit.trigger.id] = now.adding(seconds: Double(seconds))
            calls.append(await call(hit, on: .time(channel), at: due))
        }
        return calls
    }

    private func call(_ hit: TriggerHit, on occasion: HandlerOccasion, at now: Timestamp) async -> Call {
        seed &+= 1
        let context = HandlerContext(
            triggerID: hit.trigger.id, kind: hit.trigger.kind, occasion: occasion, match: hit.match,
            arguments: hit.arguments, untried: hit.untried, now: now)
        requests.begin(document.installID)
        let end = await runner.run(
            HandlerCall(
                install: document.installID, triggerID: hit.trigger.id, context: context.bytes, now: now, seed: seed,
                wallLimit: HandlerLimits.wall(of: hit)))
        requests.end(document.installID)
        var call = Call(triggerID: hit.trigger.id, occasion: occasion)
        (call.log, call.microseconds) = (end.log, end.wallMicroseconds)
        switch end.result {
        case .failed(let failure): call.problems = ["\(failure)"]
        case .returned(let bytes): read(bytes, &call)
        }
        return call
    }

    private func read(_ bytes: [UInt8], _ call: inout Call) {
        do {
            for action in try HandlerAction.list(bytes) {
                if let problem = problem(action, on: call.occasion) {
                    call.problems.append(problem)
                } else {
                    call.actions.append(action)
                }
            }
        } catch {
            call.problems = error.failures.map { "\($0.path.isEmpty ? "" : "\($0.path): ")\($0.message)" }
        }
    }

    private func problem(_ action: HandlerAction, on occasion: HandlerOccasion) -> String? {
        guard document.granted.contains(action.permission) else {
            return "\(action.name.rawValue) needs the permission \(action.permission.rawValue): add it to the manifest"
        }
        do {
            _ = try action.chatAction(on: occasion)
            return nil
        } catch {
            return "\(error)"
        }
    }
}

extension ExtensionRehearsal.Call {
    /// `{trigger, message_id?, user?, text?, event?, actions, problems, log, microseconds}`, without a line end.
    package var jsonLine: String {
        var writer = JSONWriter()
        writer.object { object in
            object.member("trigger", triggerID)
            if let message = occasion.message {
                object.member("message_id", message.id)
                object.member("user", message.author.login)
                object.member("text", message.text)
            }
            if let event = occasion.event { object.member("event", event.name.rawValue) }
            object.name("actions")
            object.array { array in for action in actions { action.encode(into: &array) } }
            object.name("problems")
            object.array { array in problems.forEach { array.string($0) } }
            object.name("log")
            object.array { array in log.forEach { array.string($0) } }
            object.member("microseconds", microseconds)
        }
        return writer.text
    }
}
