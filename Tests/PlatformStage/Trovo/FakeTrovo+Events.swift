import Domain

/// What happens besides chat, as entries of it that nobody wrote.
extension FakeTrovo {
    /// - Parameters:
    ///   - name: who has done it.
    ///   - isWhole: false leaves out what the entry is about.
    package func happens(_ kind: PlatformEvent.Kind, by name: String, isWhole: Bool = true) {
        func tell(_ type: Int, _ content: String, by name: String = name, _ data: JSON = [:]) {
            say(isWhole ? content : "", by: name, kind: type, contentData: isWhole ? data : [:])
        }
        switch kind {
        case .follower: say("just followed channel!", by: isWhole ? name : "", kind: 5003)
        case .subscribe: say("just subscribed to channel!", by: isWhole ? name : "", kind: 5001)
        case .resub: say("has renewed subscription for 7 months!", by: isWhole ? name : "", kind: 5001)
        case .giftSub:
            tell(5005, "5")
            if isWhole { for number in 1...5 { tell(5006, "1000,giftee\(number)") } }
        case .cheer:
            tell(5, #"{"gift_id":520000003,"gift":"Winner","num":4,"gift_value":25,"value_type":"Elixir"}"#)
        case .raid: tell(5008, "\(name) is carrying 12 raiders to this channel.", ["raiderNum": 12])
        case .streamOnline: tell(5012, "stream_on", by: owner.name)
        case .reward, .ban: break
        }
    }
}
