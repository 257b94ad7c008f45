extension ChatMessage {
    /// Longer than any platform's lines; who sends more than this did not come from a chat.
    package static let textLengthMax = 100_000
    package static let idLengthMax = 256
    private static let fragmentsMax = 2_000

    /// `{platform, account_id, channel_id, message_id, user: {id, login, name, roles: []}, text,
    /// fragments: [{type, text}], sent_at, edited}`
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("platform", channel.platform.rawValue)
            object.member("account_id", channel.accountID.rawValue)
            object.member("channel_id", channel.id)
            object.member("message_id", id)
            object.name("user")
            author.encode(into: &object)
            object.member("text", text)
            object.name("fragments")
            object.array { array in encodeFragments(into: &array) }
            object.member("sent_at", sentAt.description)
            object.member("edited", isEdit)
        }
    }

    private func encodeFragments(into array: inout JSONWriter) {
        guard !marks.isEmpty else { return }
        var rest = 0
        for mark in marks {
            encodeFragment("text", rest..<mark.range.lowerBound, into: &array)
            encodeFragment(mark.kind.rawValue, mark.range, into: &array)
            rest = mark.range.upperBound
        }
        encodeFragment("text", rest..<text.utf8.count, into: &array)
    }

    private func encodeFragment(_ type: String, _ range: Range<Int>, into array: inout JSONWriter) {
        guard !range.isEmpty else { return }
        let start = text.utf8.index(text.startIndex, offsetBy: range.lowerBound)
        let end = text.utf8.index(start, offsetBy: range.count)
        array.object { object in
            object.member("type", type)
            object.member("text", String(text[start..<end]))
        }
    }

    /// Reads one that anybody may have sent, and says everything that is wrong with it. Members and roles that it does
    /// not know are passed over: whoever writes chat may know more than we do.
    ///
    /// - Parameter account: whose bot it is about when the message does not say.
    package init(_ json: JSON, account: AccountID? = nil, path: String = "") throws(ValidationFailed) {
        var reader = ObjectReader(json, path: path)
        let platform = reader.choice("platform", of: Platform.self)
        let accountID = reader.account("account_id") ?? account
        let channelID = reader.string("channel_id", lengthMin: 1, lengthMax: Self.idLengthMax)
        let id = reader.string("message_id", lengthMin: 1, lengthMax: Self.idLengthMax)
        let author = reader.user("user")
        let text = reader.string("text", lengthMax: Self.textLengthMax)
        let sentAt = reader.moment("sent_at")
        let marks = reader.marks("fragments", of: text ?? "", countMax: Self.fragmentsMax)
        let isEdit = reader.bool("edited") ?? false
        let place = (
            reader.require("platform", platform), reader.require("account_id", accountID),
            reader.require("channel_id", channelID), reader.require("message_id", id)
        )
        let said = (reader.require("user", author), reader.require("text", text), reader.require("sent_at", sentAt))
        guard case (let platform?, let accountID?, let channelID?, let id?) = place,
            case (let author?, let text?, let sentAt?) = said, reader.failures.isEmpty
        else { throw ValidationFailed(reader.failures) }
        self.init(
            channel: ChatChannel(platform: platform, accountID: accountID, id: channelID), id: id, author: author,
            text: text, marks: marks, sentAt: sentAt, isEdit: isEdit)
    }
}

extension ChatUser {
    package func encode(into writer: inout JSONWriter) {
        writer.object { object in
            object.member("id", id)
            object.member("login", login)
            object.member("name", name)
            object.name("roles")
            object.array { array in roles.names.forEach { array.string($0) } }
        }
    }
}

extension ChatRoles {
    private static let named: [(name: String, role: ChatRoles)] = [
        ("broadcaster", .broadcaster), ("moderator", .moderator), ("vip", .vip), ("subscriber", .subscriber),
        ("own_bot", .ownBot), ("bot", .bot),
    ]

    package var names: [String] { Self.named.filter { contains($0.role) }.map(\.name) }

    /// A role that is not known is nobody's.
    package init(names: some Sequence<String>) {
        self = names.reduce(into: []) { roles, name in
            if let known = Self.named.first(where: { $0.name == name }) { roles.insert(known.role) }
        }
    }
}

extension ObjectReader {
    package mutating func user(_ name: String) -> ChatUser? {
        guard let json = object(name) else { return nil }
        var reader = ObjectReader(json, path: place(name))
        let id = reader.string("id", lengthMin: 1, lengthMax: ChatMessage.idLengthMax)
        let login = reader.string("login", lengthMax: ChatMessage.idLengthMax)
        let displayName = reader.string("name", lengthMax: ChatMessage.idLengthMax)
        let roles = (reader.array("roles", countMax: 100) ?? []).compactMap(\.string)
        _ = reader.require("id", id)
        add(reader.failures)
        guard let id, reader.failures.isEmpty else { return nil }
        let known = login ?? displayName ?? id
        return ChatUser(id: id, login: known, name: displayName ?? known, roles: ChatRoles(names: roles))
    }

    /// The fragments that are not plain text; all of them together must be the text.
    fileprivate mutating func marks(_ name: String, of text: String, countMax: Int) -> [ChatMark] {
        guard let fragments = array(name, countMax: countMax), !fragments.isEmpty else { return [] }
        var marks: [ChatMark] = [], whole = ""
        for fragment in fragments {
            let start = whole.utf8.count
            whole += fragment["text"]?.string ?? ""
            guard let kind = fragment["type"]?.string.flatMap(ChatMark.Kind.init), whole.utf8.count > start else {
                continue
            }
            marks.append(ChatMark(kind, start..<whole.utf8.count))
        }
        guard whole.utf8.elementsEqual(text.utf8) else {
            fail(name, "not_allowed", "must add up to text: leave fragments out where they are not known")
            return []
        }
        return marks
    }
}
