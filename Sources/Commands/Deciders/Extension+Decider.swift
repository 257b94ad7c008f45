import Domain
import Extensions

extension Extension: Decider {
    /// nil until its first version is submitted.
    package typealias State = Record?

    package struct Record: Equatable, Sendable {
        package let owner: AccountID
        /// The newest last.
        package fileprivate(set) var versions: [VersionRecord]
        package fileprivate(set) var published: String?
        package fileprivate(set) var isSuspended = false

        package func version(_ number: String) -> VersionRecord? { versions.last { $0.submission.version == number } }

        fileprivate mutating func update(_ number: String, _ change: (inout VersionRecord) -> Void) {
            guard let place = versions.lastIndex(where: { $0.submission.version == number }) else { return }
            change(&versions[place])
        }
    }

    package struct VersionRecord: Equatable, Sendable {
        package let submission: Submission
        package fileprivate(set) var stage = Stage.submitted
        /// The reviewers who have approved it.
        package fileprivate(set) var approvals: [String] = []
    }

    package enum Command: Equatable, Sendable {
        case submit(Submission)
        case review(version: String, Decision, reviewer: String, note: String?)
        case publish(version: String)
        case suspend(reason: String)
        case reinstate(reason: String?)
    }

    package static let initial: State = nil

    package static func evolve(_ state: State, _ event: Event) -> State {
        var next = state
        switch event {
        case .submitted(let submission):
            var record = state ?? Record(owner: submission.account, versions: [])
            record.versions.append(VersionRecord(submission: submission))
            return record
        case .reviewed(let version, let decision, let stage, let reviewer, _):
            next?.update(version) { record in
                record.stage = stage
                if decision == .approved { record.approvals.append(reviewer) }
            }
        case .published(let listing):
            next?.published = listing.version
            next?.update(listing.version) { $0.stage = .published }
        case .suspended: next?.isSuspended = true
        case .reinstated: next?.isSuspended = false
        }
        return next
    }

    package static func decide(_ command: Command, in state: State) throws(Refusal) -> [Event] {
        if case .submit(let submission) = command { return try submit(submission, in: state) }
        guard let state else { throw .noSuchExtension }
        switch command {
        case .submit: return []
        case .review(let version, let decision, let reviewer, let note):
            return try review(try version.found(in: state), decision, reviewer, note)
        case .publish(let version): return try publish(try version.found(in: state), in: state)
        case .suspend(let reason): return state.isSuspended ? [] : [.suspended(reason: reason)]
        case .reinstate(let reason): return state.isSuspended ? [.reinstated(reason: reason)] : []
        }
    }

    private static func submit(_ submission: Submission, in state: State) throws(Refusal) -> [Event] {
        guard let state else { return [.submitted(submission)] }
        guard state.owner == submission.account else {
            throw Refusal(
                .notOwner, "this extension belongs to another account: choose an extensionId of your own (a new UUID)")
        }
        if let known = state.version(submission.version) {
            if known.submission.digest == submission.digest { return [] }
            throw Refusal(
                .versionConflict,
                "version \(submission.version) was submitted with other files, and never changes: raise the version")
        }
        if let newest = state.versions.last?.submission.version, let last = SemanticVersion(newest),
            let next = SemanticVersion(submission.version), !(last < next)
        {
            throw Refusal(
                .versionConflict, "version \(next) does not come after \(last), the last one submitted: raise it")
        }
        return [.submitted(submission)]
    }

    private static func review(
        _ version: VersionRecord, _ decision: Decision, _ reviewer: String, _ note: String?
    ) throws(Refusal) -> [Event] {
        let submission = version.submission
        guard reviewer != submission.submitter else {
            throw Refusal(.ownReview, "nobody reviews what they have submitted themselves: ask another reviewer")
        }
        if isRepeated(decision, by: reviewer, of: version) { return [] }
        guard version.stage == .submitted || version.stage == .inReview else {
            throw Refusal(
                .reviewClosed,
                "the review of version \(submission.version) has ended (\(version.stage.rawValue)): "
                    + "what follows needs a new version")
        }
        try requireNote(note, decision, submission.level)
        let stage: Stage =
            switch decision {
            case .inReview: .inReview
            case .approved:
                version.approvals.count + 1 >= submission.level.approvalsMin ? .approved : .inReview
            case .changesRequested: .changesRequested
            case .rejected: .rejected
            }
        return [
            .reviewed(version: submission.version, decision, state: stage, reviewer: reviewer, note: note)
        ]
    }

    private static func isRepeated(_ decision: Decision, by reviewer: String, of version: VersionRecord) -> Bool {
        switch decision {
        case .inReview: version.stage == .inReview
        case .approved: version.approvals.contains(reviewer)
        case .changesRequested: version.stage == .changesRequested
        case .rejected: version.stage == .rejected
        }
    }

    private static func requireNote(_ note: String?, _ decision: Decision, _ level: ReviewLevel) throws(Refusal) {
        let length = note?.lengthWithinSpace ?? 0
        switch decision {
        case .approved where level == .enhanced && length < justificationLengthMin:
            throw Refusal(
                .justificationRequired,
                "it asks for chat:ban: say in note, in \(justificationLengthMin) characters or more, why it may have it"
            )
        case .changesRequested where length == 0, .rejected where length == 0:
            throw Refusal(.justificationRequired, "say in note what is wrong: the author has to know")
        default: break
        }
    }

    private static func publish(_ version: VersionRecord, in state: Record) throws(Refusal) -> [Event] {
        let number = version.submission.version
        guard state.published != number else { return [] }
        guard !state.isSuspended else { throw .extensionSuspended }
        guard version.stage == .approved || version.stage == .published else {
            throw Refusal(.notApproved, "version \(number) is \(version.stage.rawValue): have it approved first")
        }
        return [.published(version.submission.listing)]
    }
}

extension String {
    /// In scalars, without the white space around it: blanks justify nothing.
    fileprivate var lengthWithinSpace: Int {
        let isText = { (scalar: Unicode.Scalar) in !scalar.properties.isWhitespace }
        let scalars = Array(unicodeScalars)
        guard let first = scalars.firstIndex(where: isText), let last = scalars.lastIndex(where: isText) else {
            return 0
        }
        return last - first + 1
    }

    /// The version of that number.
    fileprivate func found(in state: Extension.Record) throws(Refusal) -> Extension.VersionRecord {
        guard let version = state.version(self) else {
            throw Refusal(.versionNotFound, "there is no version \(self): read the extension to see which there are")
        }
        return version
    }
}

extension Refusal {
    static let noSuchExtension = Refusal(.extensionNotFound, "there is no such extension: check its id")
    static let extensionSuspended = Refusal(
        .extensionSuspended, "the extension is suspended, and none of its installs runs: lift the suspension first")
}
