import Domain
import Text

/// Reads when a trigger fires, from a manifest's `default` or an account's override.
struct TriggerReader {
    static let patternLengthMax = 512, patternDepthMax = 50
    static let keywordsMax = 100, keywordLengthMax = 100, commandLengthMax = 32, prefixLengthMax = 8
    static let cooldownSeconds = 0...86_400, everySeconds = 60...86_400
    static let standardPrefix = "!"

    var object: ObjectReader

    init(_ json: JSON, path: String) {
        object = ObjectReader(json, path: path)
    }

    /// nil when something is missing or wrong.
    mutating func condition(of kind: ExtensionTrigger.Kind) -> ExtensionTrigger.Condition? {
        let condition: ExtensionTrigger.Condition?
        switch kind {
        case .command:
            let (given, prefix) = (command(), prefix())
            let name = object.require("command", given)
            let cooldown = object.integer("cooldown", in: Self.cooldownSeconds) ?? 0
            condition = name.map {
                .command(prefix: prefix ?? Self.standardPrefix, name: $0, cooldownSeconds: cooldown)
            }
        case .keyword:
            let words = keywords()
            condition = object.require("keywords", words).map { .keywords($0) }
        case .pattern:
            let pattern = pattern()
            condition = object.require("pattern", pattern).map { .pattern($0) }
        case .event:
            let event = event()
            condition = object.require("event", event).map { .event($0) }
        case .timer:
            let seconds = object.integer("every", in: Self.everySeconds)
            condition = object.require("every", seconds).map { .timer(everySeconds: $0) }
        case .moderate: condition = .moderate
        }
        object.refuseUnknown()
        return object.failures.isEmpty ? condition : nil
    }

    /// What an account may say otherwise of a trigger; nil when it is wrong, or says nothing.
    mutating func override(of trigger: ExtensionTrigger) -> ExtensionTrigger.Condition? {
        let condition: ExtensionTrigger.Condition?
        switch trigger.condition {
        case .command(let standardPrefix, let standardName, let cooldown):
            let (name, prefix) = (command(), prefix())
            condition = .command(
                prefix: prefix ?? standardPrefix, name: name ?? standardName, cooldownSeconds: cooldown)
            if name == nil, prefix == nil { sayNothing("command or prefix") }
        case .keywords:
            condition = keywords().map { .keywords($0) }
            if condition == nil { sayNothing("keywords") }
        case .pattern(let standard):
            let pattern = pattern(flagsBefore: standard.flags)
            condition = pattern.map { .pattern($0) }
            if pattern == nil { sayNothing("pattern") }
            if let pattern, let objection = Self.objection(to: pattern) {
                object.fail("pattern", objection.code, objection.message)
            }
        case .event, .timer, .moderate: condition = nil
        }
        object.refuseUnknown()
        return object.failures.isEmpty ? condition : nil
    }

    private mutating func sayNothing(_ members: String) {
        if object.failures.isEmpty {
            object.fail("", "required", "changes nothing: send \(members), or null to restore")
        }
    }
}

extension TriggerReader {
    private mutating func command() -> String? { word("command", lengthMax: Self.commandLengthMax) }

    private mutating func prefix() -> String? { word("prefix", lengthMax: Self.prefixLengthMax) }

    /// A text without white space and signs that nobody sees.
    private mutating func word(_ name: String, lengthMax: Int) -> String? {
        guard let text = object.string(name, lengthMin: 1, lengthMax: lengthMax) else { return nil }
        guard text.unicodeScalars.allSatisfy({ Self.isVisible($0) }) else {
            object.fail(name, "not_allowed", "must not hold white space or signs that nobody sees")
            return nil
        }
        return text
    }

    private static func isVisible(_ scalar: Unicode.Scalar) -> Bool {
        let properties = scalar.properties
        return !properties.isWhitespace && !properties.isDefaultIgnorableCodePoint
            && properties.generalCategory != .control && properties.generalCategory != .format
    }

    private mutating func keywords() -> [String]? {
        guard let entries = object.array("keywords", countMax: Self.keywordsMax) else { return nil }
        var words: [String] = []
        for (index, entry) in entries.enumerated() {
            guard let word = entry.string else {
                object.fail("keywords.\(index)", "wrong_type", "must be a string, not \(entry.kindName)")
                continue
            }
            guard (1...Self.keywordLengthMax).contains(word.unicodeScalars.count),
                word.unicodeScalars.contains(where: Self.isVisible)
            else {
                let message = "must have 1 to \(Self.keywordLengthMax) characters, one of them visible"
                object.fail("keywords.\(index)", "out_of_range", message)
                continue
            }
            if !words.contains(word) { words.append(word) }
        }
        if entries.isEmpty { object.fail("keywords", "required", "must hold at least one word") }
        return words
    }

    /// - Parameter flagsBefore: hold where nothing else is said of flags.
    private mutating func pattern(flagsBefore: String = "") -> ExtensionTrigger.Pattern? {
        let flags = object.string("flags", lengthMax: 8) ?? flagsBefore
        if !flags.allSatisfy("imsu".contains) || Set(flags).count < flags.count {
            object.fail("flags", "not_allowed", "may hold i, m, s and u, each once")
        }
        guard let source = object.string("pattern", lengthMin: 1, lengthMax: Self.patternLengthMax) else { return nil }
        guard Self.depth(of: source) <= Self.patternDepthMax else {
            object.fail("pattern", "too_deep", "has groups within groups, deeper than \(Self.patternDepthMax)")
            return nil
        }
        return ExtensionTrigger.Pattern(source: source, flags: flags)
    }

    /// Whoever overrides a pattern cannot try it out, as its author could: RE2 has to take it.
    private static func objection(to pattern: ExtensionTrigger.Pattern) -> (code: String, message: String)? {
        guard let translation = ScriptPattern.translation(of: pattern.source, flags: pattern.flags) else {
            return ("invalid_pattern", "looks around or back, or escapes what needs none: that cannot be tried here")
        }
        do throws(PatternError) {
            guard try Pattern(translation).matchesEmpty else { return nil }
            return ("matches_empty", "matches the empty string, and so every line: let it take a character")
        } catch {
            switch error {
            case .invalid(let reason, _): return ("invalid_pattern", "is no valid pattern: \(reason)")
            case .tooLarge: return ("pattern_too_large", error.description)
            }
        }
    }

    /// How many groups stand open at once. Whether the rest is a pattern is for who compiles it to say.
    private static func depth(of source: String) -> Int {
        var (depth, deepest, isEscaped, isClass) = (0, 0, false, false)
        for byte in source.utf8 {
            switch byte {
            case _ where isEscaped: isEscaped = false
            case UInt8(ascii: "\\"): isEscaped = true
            case UInt8(ascii: "["): isClass = true
            case UInt8(ascii: "]"): isClass = false
            case UInt8(ascii: "(") where !isClass: depth += 1
            case UInt8(ascii: ")") where !isClass: depth -= 1
            default: break
            }
            deepest = max(deepest, depth)
        }
        return deepest
    }

    private mutating func event() -> String? {
        guard let name = object.string("event", lengthMax: 100) else { return nil }
        guard PlatformEvent.Name(rawValue: name) != nil else {
            let names = PlatformEvent.Name.allCases.map(\.rawValue)
            object.fail("event", "not_allowed", NotAllowed.message(name, among: names))
            return nil
        }
        return name
    }
}
