import Domain

/// Many bots that are to be paused or resumed together, each as its operator has seen it.
package struct BotSwitches: Sendable {
    package struct Target: Equatable, Sendable {
        package let account: AccountID, platform: Platform, revision: Int

        package init(account: AccountID, platform: Platform, revision: Int) {
            (self.account, self.platform, self.revision) = (account, platform, revision)
        }
    }

    /// What has become of one of them.
    package struct Row: Equatable, Sendable {
        package let account: AccountID, platform: Platform, result: Result<Done, Failed>
    }

    package struct Done: Equatable, Sendable {
        package let changed: Bool, position: Int
    }

    package struct Failed: Error, Equatable, Sendable {
        package let code: String, message: String
        /// The same may succeed a little later.
        package let isOutage: Bool

        package init(code: String, message: String, isOutage: Bool) {
            (self.code, self.message, self.isOutage) = (code, message, isOutage)
        }
    }

    /// What has become of all of them.
    package struct Outcome: Sendable {
        package let rows: [Row], replayed: Bool

        package var command: CommandOutcome {
            let done = rows.compactMap { try? $0.result.get() }
            return CommandOutcome(
                status: 200, changed: done.contains(where: \.changed), position: done.map(\.position).max() ?? 0,
                replayed: replayed)
        }
    }

    package let targets: [Target], paused: Bool, reason: String?, until: Timestamp?

    package init(_ targets: [Target], paused: Bool, reason: String?, until: Timestamp?) {
        (self.targets, self.paused, self.reason, self.until) = (targets, paused, reason, until)
    }
}

extension BotSwitches.Outcome {
    /// What a repeated request is answered with.
    var meta: [UInt8] {
        var writer = JSONWriter(capacityBytes: 64 * rows.count + 64)
        writer.object { object in
            object.name("rows")
            object.array { array in rows.forEach { $0.encode(into: &array) } }
        }
        return writer.bytes
    }

    init(meta: [UInt8]) throws {
        let rows = try JSONParser.parse(meta)["rows"]?.array ?? []
        self.init(rows: rows.compactMap(BotSwitches.Row.init), replayed: true)
    }
}

extension BotSwitches.Row {
    /// `{"account_id", "platform", "changed", "position"}`, or instead of the last two `"error": {"code", "message"}`.
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("account_id", account.rawValue)
            object.member("platform", platform.rawValue)
            switch result {
            case .success(let done):
                object.member("changed", done.changed)
                object.member("position", done.position)
            case .failure(let failed):
                object.member("changed", false)
                object.name("error")
                object.object {
                    $0.member("code", failed.code)
                    $0.member("message", failed.message)
                }
            }
        }
    }

    fileprivate init?(_ json: JSON) {
        guard let account = json["account_id"]?.string,
            let platform = json["platform"]?.string.flatMap(Platform.init(rawValue:))
        else { return nil }
        (self.account, self.platform) = (AccountID(stored: account), platform)
        if let position = json["position"]?.integer {
            result = .success(.init(changed: json["changed"]?.bool ?? false, position: position))
        } else {
            let error = json["error"]
            result = .failure(
                .init(
                    code: error?["code"]?.string ?? "", message: error?["message"]?.string ?? "", isOutage: false))
        }
    }
}
