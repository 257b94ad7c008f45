import Domain

/// The filter of the Bot Control page, as it stands in its address.
struct StatusFilterFields: Sendable {
    let platform: String?, search: String?, status: String?, hearing: String?
    var page: Int

    init(_ form: Form) {
        (platform, search, status) = (form["platform"], form["search"], form["status"])
        hearing = form["hearing"]
        page = form["page"].flatMap { Int($0) } ?? 1
    }

    var isEmpty: Bool { platform == nil && search == nil && status == nil && hearing == nil }

    var items: [(key: String, value: String?)] {
        [
            ("platform", platform), ("search", search), ("status", status), ("hearing", hearing),
            ("page", page > 1 ? String(page) : nil),
        ]
    }

    /// With the question mark; empty for no filter.
    var query: String { PercentEncoding.query(items) }

    func query(page: Int) -> String {
        var other = self
        other.page = page
        return other.query
    }

    /// Of the bulk endpoint, which knows nothing of what bots hear.
    var json: JSON {
        .object(
            [("platform", platform), ("search", search), ("status", status)].compactMap { name, value in
                value.map { JSON.Member(name, .string($0)) }
            })
    }

    var view: View {
        var view: View = ["query": query]
        view["platform"] = platform
        view["search"] = search
        view["status"] = status
        view["hearing"] = hearing
        if page > 1 { view["page"] = page }
        view["platforms"] = Platform.allCases.map { option($0.rawValue, Words.platform($0), platform) }
        view["statuses"] = BotStatus.allCases.map { option($0.rawValue, Words.status($0), status) }
        view["hearings"] = Hearing.allCases.map { option($0.rawValue, Words.hearing($0), hearing) }
        view["is_filtered"] = !isEmpty
        return view
    }

    private func option(_ value: String, _ label: String, _ chosen: String?) -> View {
        ["value": value, "label": label, "chosen": value == chosen]
    }

    /// In words, for a heading.
    var description: String {
        var words = [platform.flatMap(Platform.init).map { "on \(Words.platform($0))" }]
        words.append(status.flatMap(BotStatus.init).map { "that are \(Words.status($0))" })
        words.append(search.map { "of accounts like “\($0)”" })
        let said = words.compactMap(\.self)
        return said.isEmpty ? "of every account on every platform" : said.joined(separator: " ")
    }
}
