import Domain

/// What an extension lets its owners set: `config_schema`, found to be right. A form can be made of it.
package struct ConfigSchema: Equatable, Sendable {
    package static let settingsMax = 100
    package static let keyRule = "must be 1 to 64 of A-Z a-z 0-9 and _, and begin with a letter"

    /// In the author's order.
    package let settings: [SettingSpec]

    init(settings: [SettingSpec]) {
        self.settings = settings
    }

    /// Throws everything that is wrong with it; the defaults are checked like what an owner sets.
    package init(_ json: JSON, path: String = "config_schema") throws(ValidationFailed) {
        let members = json.members ?? []
        var failures: [Failure] = []
        var settings: [SettingSpec] = []
        if json.members == nil {
            failures.append(
                Failure(path: path, code: "wrong_type", message: "must be a JSON object, not \(json.kindName)"))
        }
        if members.count > Self.settingsMax {
            let message = "has \(members.count) settings; at most \(Self.settingsMax) are taken"
            failures.append(Failure(path: path, code: "too_many", message: message))
        }
        for member in members.prefix(Self.settingsMax) {
            let place = "\(path).\(member.name.prefix(SettingSpec.keyLengthMax))"
            guard SettingSpec.isKey(member.name) else {
                failures.append(Failure(path: place, code: "not_allowed", message: Self.keyRule))
                continue
            }
            guard !settings.contains(where: { $0.key == member.name }) else {
                failures.append(Failure(path: place, code: "duplicate", message: "is there twice: leave one out"))
                continue
            }
            do throws(ValidationFailed) {
                settings.append(try SettingSpec(member.name, member.value, path: place))
            } catch {
                failures += error.failures
            }
        }
        guard failures.isEmpty else { throw ValidationFailed(failures) }
        self.settings = settings
    }
}

extension ConfigSchema {
    /// What handlers see: what was given, and the defaults where nothing was. A null says the same as nothing.
    ///
    /// Nothing is converted: a text is no number. Throws all failures, each with its path: `wrong_type`, `required`,
    /// `unknown_setting`, `out_of_range`, `pattern_mismatch`, `not_an_option`.
    package func settings(from config: JSON, path: String = "config") throws(ValidationFailed) -> JSON {
        guard let members = config.members else {
            throw ValidationFailed(
                path: path, code: "wrong_type", message: "must be a JSON object, not \(config.kindName)")
        }
        var failures: [Failure] = []
        var filled: [JSON.Member] = []
        for setting in settings {
            let given = members.first { $0.name == setting.key }?.value
            let value = given == .null ? nil : given
            if let value { failures += setting.failures(of: value, at: "\(path).\(setting.key)") }
            if let value = value ?? setting.standard {
                filled.append(JSON.Member(setting.key, value))
            } else if setting.isRequired {
                let message = "is required: \(setting.label ?? setting.key) must be set"
                failures.append(Failure(path: "\(path).\(setting.key)", code: "required", message: message))
            }
        }
        failures += unknown(members, path)
        guard failures.isEmpty else { throw ValidationFailed(failures) }
        return .object(filled)
    }

    private static let unknownMax = 50

    private func unknown(_ members: [JSON.Member], _ path: String) -> [Failure] {
        let known = settings.map(\.key)
        let unknown = members.filter { !known.contains($0.name) }
        var failures = unknown.prefix(Self.unknownMax).map { member in
            let name = String(member.name.prefix(SettingSpec.keyLengthMax))
            let hint =
                EditDistance.nearest(to: name, among: known).map { ": did you mean \($0)?" }
                ?? (known.isEmpty ? ": it has none" : ": it has \(known.prefix(20).joined(separator: ", "))")
            return Failure(
                path: "\(path).\(name)", code: "unknown_setting", message: "is no setting of this extension\(hint)")
        }
        if unknown.count > Self.unknownMax {
            let message = "has \(unknown.count - Self.unknownMax) more settings that are not known"
            failures.append(Failure(path: path, code: "unknown_setting", message: message))
        }
        return failures
    }
}
