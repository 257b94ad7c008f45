import Domain

/// An event in words.
enum EventView {
    static func row(_ event: JSON) -> View {
        let metadata = event["metadata"] ?? .null
        let story = EventStory(
            type: event["type"]?.string ?? "", stream: event["stream"]?.string ?? "", data: event["data"] ?? .null,
            metadata: metadata)
        var view: View = [
            "position": event["position"]?.integer ?? 0, "type": event["type"]?.string ?? "",
            "stream": event["stream"]?.string ?? "", "revision": event["revision"]?.integer ?? 0,
            "sentence": story.sentence, "when": StatusRowView.time(event["recorded_at"]?.string ?? ""),
            "source": metadata["source"]?.string ?? "", "id": event["id"]?.string ?? "",
        ]
        view["actor_id"] = story.actorID
        view["actor_kind"] = metadata["actor"]?["kind"]?.string
        view["actor"] = story.actor
        view["reason"] = story.reason
        view["ip"] = metadata["personal"]?["ip"]?.string ?? metadata["ip"]?.string
        view["user_agent"] = metadata["personal"]?["user_agent"]?.string ?? metadata["user_agent"]?.string
        view["correlation_id"] = metadata["correlation_id"]?.string
        view["causation_id"] = metadata["causation_id"]?.string
        view["command_id"] = metadata["command_id"]?.string
        return view
    }

    static func category(_ category: Category) -> String {
        category.rawValue.prefix(1).uppercased() + category.rawValue.dropFirst().replacing("_", with: " ")
    }

    /// Every type that there is.
    static let types: [String] =
        (Account.Event.Name.allCases.map(\.rawValue) + Bot.Event.Name.allCases.map(\.rawValue)
        + BotModule.Event.Name.allCases.map(\.rawValue) + Extension.Event.Name.allCases.map(\.rawValue)
        + ExtensionInstall.Event.Name.allCases.map(\.rawValue) + Provider.Event.Name.allCases.map(\.rawValue)).sorted()
}
