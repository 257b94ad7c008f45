import Domain
import EventStore
import TestTools

@testable import Projections

/// Events as nobody would think of them, right ones and wrong ones, of some accounts that share everything.
struct RandomHistory {
    static let accounts = (1...4).map { AccountID(stored: "acct_\($0)") }
    static let installs = (1...4).map { InstallID(stored: "0b8e6c1e-0000-8000-8000-00000000000\($0)") }
    static let extensions = ["3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4e", "3f0c1c52-7c1e-4b8e-9d55-0a3f5c1b2d4f"]
        .map { ExtensionID(stored: $0) }

    private var random: SeededRandom

    init(seed: UInt64) {
        random = SeededRandom(seed: seed)
    }

    mutating func append(_ count: Int, to journal: Journal) async throws {
        for _ in 0..<count {
            let (entity, event) = next()
            let new =
                random.chance(1)
                ? NewEvent.stored("\(entity.category.rawValue).x", "[]")
                : NewEvent(event, actor: random.pick(["u1", "u2"]))
            _ = try await journal.append([new], to: entity.stream, expected: .any)
        }
    }

    private mutating func next() -> (EntityID, any DomainEvent) {
        let account = random.pick(Self.accounts)
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<15: return (.account(account), accountEvent())
        case 15..<45: return (.bot(account, random.pick(Platform.allCases)), botEvent())
        case 45..<70: return (.botModule(account, random.pick(ModuleName.allCases)), moduleEvent())
        case 70..<78: return (.provider(random.pick(Platform.allCases)), providerEvent())
        case 78..<88: return (.extension(random.pick(Self.extensions)), extensionEvent())
        default:
            let place = Int.random(in: 0..<Self.installs.count, using: &random)
            return (.extensionInstall(Self.installs[place], of: Self.accounts[place]), installEvent(place))
        }
    }

    private mutating func accountEvent() -> Account.Event {
        random.pick([
            .registered(name: "Übung", plan: .pro, customBotAllowed: nil), .renamed(name: "b\(random.next() % 9)"),
            .planChanged(plan: .free), .limitsOverridden(customBotAllowed: true),
        ])
    }

    private mutating func botEvent() -> Bot.Event {
        random.pick([
            .connected(.lobby), .connected(.lobby), .disconnected, .paused(reason: "spam", until: nil),
            .paused(reason: nil, until: .seconds(900)), .resumed(reason: "fine", scheduled: false),
        ])
    }

    private mutating func moduleEvent() -> BotModule.Event {
        random.pick([.words("a"), .words("b", enabled: false), .deleted])
    }

    private mutating func providerEvent() -> Provider.Event {
        random.pick([
            .switched(flag: .bot, enabled: false, reason: "r", ticket: "T"),
            .switched(flag: .bot, enabled: true, reason: "s", ticket: nil), .botIdentityUnlinked,
        ])
    }

    private mutating func extensionEvent() -> Extension.Event {
        random.pick([
            Store.submitted(), Store.approved(), .published(Store.listing("1.0.0", "Quiz")),
            .suspended(reason: "leaks"), .reinstated(reason: nil),
        ])
    }

    private mutating func installEvent(_ place: Int) -> ExtensionInstall.Event {
        let installed = ExtensionInstall.Event.installed(
            Self.accounts[place], random.pick(Self.extensions), Store.terms(), exemptRoles: [])
        return random.pick([
            installed, installed, .configured(Store.setup(Int(random.next() % 9))), .killed(reason: "spam"), .enabled,
            .uninstalled,
        ])
    }
}

/// Every question that can be asked of the read models, and its answer as text.
enum EveryQuestion {
    static func answers(_ readModels: some ReadModelsReading) throws -> [String] {
        try lists(readModels) + documents(readModels)
    }

    private static func lists(_ readModels: some ReadModelsReading) throws -> [String] {
        var answers: [String] = []
        for account in [nil] + RandomHistory.accounts {
            for status in [nil] + BotStatus.allCases {
                for platform in [nil, Platform.twitch] {
                    let filter = StatusFilter(platform: platform, search: "b", status: status, account: account)
                    let all = StatusFilter(platform: platform, status: status, account: account)
                    answers.append("\(try readModels.statuses(filter, offset: 0, limit: 3))")
                    answers.append("\(try readModels.statuses(all, offset: 2, limit: 7))")
                }
            }
            answers.append("\(try readModels.accounts(search: "b", only: account, offset: 0, limit: 9))")
            let scope = ExtensionFilter.Scope.store(account)
            answers.append("\(try readModels.extensions(ExtensionFilter(scope), offset: 0, limit: 9))")
        }
        for platform in Platform.allCases {
            let counts = try readModels.botCounts(platform)
            answers.append("\(BotStatus.allCases.map { counts[$0] ?? 0 })")
        }
        let everything = ExtensionFilter(.everything, search: "Qu")
        answers.append("\(try readModels.extensions(everything, offset: 0, limit: 9))")
        return answers
    }

    private static func documents(_ readModels: some ReadModelsReading) throws -> [String] {
        var answers: [String] = []
        for account in RandomHistory.accounts {
            answers.append("\(try readModels.botModules(of: account))")
            answers.append("\(try readModels.installs(of: account))")
            answers.append("\(String(describing: try readModels.account(account)))")
            for platform in Platform.allCases {
                answers.append("\(String(describing: try readModels.status(account, platform)))")
            }
            for module in ModuleName.allCases {
                answers.append("\(String(describing: try readModels.botModule(module, of: account)))")
            }
        }
        for platform in Platform.allCases { answers.append("\(try readModels.provider(platform))") }
        for id in RandomHistory.extensions { answers.append("\(String(describing: try readModels.extension(id)))") }
        for id in RandomHistory.installs { answers.append("\(String(describing: try readModels.install(id)))") }
        return answers
    }
}
