import Domain

/// A row of the Bot Control page.
enum StatusRowView {
    static func view(_ row: JSON, mayEdit: Bool) -> View {
        let status = row["status"]?.string.flatMap(BotStatus.init) ?? .noConnection
        let platform = row["platform"]?.string.flatMap(Platform.init)
        let label = platform.map(Words.platform) ?? ""
        var view = row.view
        view["platform_label"] = label
        view["status_label"] = Words.status(status)
        view["is_halted"] = row["effective"]?.string == EffectiveState.haltedByProvider.rawValue
        view["is_connected"] = status != .noConnection
        view["can_act"] = mayEdit && status != .noConnection
        view["is_paused"] = status == .paused
        view["action"] = status == .paused ? "Resume" : "Pause"
        view["verb"] = status == .paused ? "resume" : "pause"
        let isNew = row["last_heartbeat_at"]?.string == nil
        view["heartbeat"] = row["last_heartbeat_at"]?.string.map(time)
        // Of one that was never heard of, its heartbeat says it.
        if let hearing = row["hearing"]?.string.flatMap(Hearing.init), hearing == .deaf || !isNew, hearing != .live {
            view["trouble"] = ["kind": hearing.rawValue, "label": Words.hearing(hearing)]
            view["detail"] = row["deaf_reason"]?.string
        }
        if status == .paused {
            view["detail"] = detail(row)
            view["until"] = row["paused_until"]?.string.map(time)
        }
        view["has_detail"] = view["detail"] != nil
        return view
    }

    static func time(_ text: String) -> View { ["iso": text, "text": Words.moment(text)] }

    private static func detail(_ row: JSON) -> String {
        let by = row["paused_by"]?.string.map { "by \($0)" }
        return [row["paused_reason"]?.string, by].compactMap(\.self).joined(separator: ", ")
    }
}
