import Domain

/// What a form has done, said on the page that comes after it. It stands in that page's address: only what can be put
/// into words of ours, nothing that an address could put into our mouth.
struct Notice: Sendable {
    enum Kind: String {
        case paused, resumed
    }

    let kind: Kind, account: String, platform: String
    let position: Int, revision: Int, isChanged: Bool

    init(kind: Kind, account: String, platform: String, position: Int, revision: Int, isChanged: Bool) {
        (self.kind, self.account, self.platform) = (kind, account, platform)
        (self.position, self.revision, self.isChanged) = (position, revision, isChanged)
    }

    init?(_ query: Form) {
        guard let kind = query["done"].flatMap(Kind.init), let account = query["on"].flatMap(AccountID.init),
            let platform = query["at"].flatMap(Platform.init), let position = query["position"].flatMap({ Int($0) }),
            let revision = query["revision"].flatMap({ Int($0) })
        else { return nil }
        self.init(
            kind: kind, account: account.rawValue, platform: platform.rawValue, position: position,
            revision: revision, isChanged: query["same"] == nil)
    }

    var items: [(key: String, value: String?)] {
        [
            ("done", kind.rawValue), ("on", account), ("at", platform), ("position", String(position)),
            ("revision", String(revision)), ("same", isChanged ? nil : "1"),
        ]
    }

    var view: View {
        let label = Platform(rawValue: platform).map(Words.platform) ?? platform
        let done = kind == .paused ? "Paused" : "Resumed", was = kind == .paused ? "paused" : "running"
        return [
            "text": isChanged ? "\(done) \(account) on \(label)." : "\(account) on \(label) was \(was) already.",
            "position": position, "is_changed": isChanged, "account_id": account, "platform": platform,
            "revision": revision, "inverse": kind == .paused ? "resume" : "pause",
        ]
    }
}
