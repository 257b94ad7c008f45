import Domain

/// What a signed token says about its holder (RFC 7519, section 4, and the product's own claims).
struct TokenClaims: Equatable {
    static let idBytesMax = 256

    var subject: String
    var name: String?
    var account: AccountID?
    var role: String?
    var permissions: Set<Permission>
    var isSystemAdmin: Bool
    var isSystemKey: Bool
    var expiresAt: Timestamp
    var notBefore: Timestamp?
    var issuedAt: Timestamp?
    var tokenID: String?

    /// nil unless every claim that we know is of its type and `sub` and `exp` are there.
    ///
    /// Permissions that this program does not know are passed over: other parts of the product have their own.
    init?(_ bytes: [UInt8]) {
        guard let json = try? JSONParser.parse(bytes), json.members != nil else { return nil }
        var reader = ClaimReader(json)
        let subject = reader.identifier("sub"), expiresAt = reader.time("exp")
        let account = reader.string("account_id")
        name = reader.string("name")
        role = reader.string("role")
        permissions = reader.permissions("permissions")
        isSystemAdmin = reader.flag("system_admin")
        isSystemKey = reader.flag("system_key")
        notBefore = reader.time("nbf")
        issuedAt = reader.time("iat")
        tokenID = reader.identifier("jti")
        self.account = account.flatMap(AccountID.init(rawValue:))
        guard reader.isSound, let subject, let expiresAt, (account == nil) == (self.account == nil) else { return nil }
        (self.subject, self.expiresAt) = (subject, expiresAt)
    }

    /// The caller's part of the claims, as one JSON object with times in whole seconds.
    static func encode(_ grant: TokenGrant, tokenID: String, issuedAt: Int, expiresAt: Int) -> [UInt8] {
        var writer = JSONWriter(capacityBytes: 512)
        writer.object { object in
            object.member("sub", grant.subject)
            object.member("name", ifPresent: grant.name)
            object.member("account_id", ifPresent: grant.account?.rawValue)
            object.member("role", ifPresent: grant.role)
            object.member("permissions", .array(grant.permissions.map(\.rawValue).sorted().map(JSON.string)))
            object.member("system_admin", grant.isSystemAdmin)
            if grant.isSystemKey { object.member("system_key", true) }
            object.member("exp", expiresAt)
            object.member("iat", issuedAt)
            object.member("jti", tokenID)
        }
        return writer.bytes
    }
}

/// Reads claims; one of a wrong type makes the whole unsound. An explicit null says the same as an absent claim.
private struct ClaimReader {
    private let json: JSON
    private(set) var isSound = true

    init(_ json: JSON) {
        self.json = json
    }

    private mutating func claim<Value>(_ name: String, _ read: (JSON) -> Value?) -> Value? {
        guard let value = json[name], value != .null else { return nil }
        let result = read(value)
        if result == nil { isSound = false }
        return result
    }

    mutating func string(_ name: String) -> String? { claim(name, \.string) }

    mutating func flag(_ name: String) -> Bool { claim(name, \.bool) ?? false }

    /// Not empty, not long, and nothing that could forge a line of a log.
    mutating func identifier(_ name: String) -> String? {
        claim(name) { value in
            value.string.flatMap { text in
                let isFine =
                    (1...TokenClaims.idBytesMax).contains(text.utf8.count)
                    && text.unicodeScalars.allSatisfy { $0.properties.generalCategory != .control }
                return isFine ? text : nil
            }
        }
    }

    mutating func permissions(_ name: String) -> Set<Permission> {
        let names = claim(name) { value in
            value.array.flatMap { values in
                let names = values.compactMap(\.string)
                return names.count == values.count ? names : nil
            }
        }
        return Set((names ?? []).compactMap(Permission.init(rawValue:)))
    }

    /// A NumericDate: seconds since 1970 UTC, fractions allowed (RFC 7519, section 2).
    mutating func time(_ name: String) -> Timestamp? {
        claim(name) { value in
            guard case .number(let literal) = value, let seconds = Double(literal), seconds.isFinite else { return nil }
            let latest = Double(Timestamp.latest.microseconds) / 1_000_000
            guard seconds < latest else { return .latest }
            return Timestamp(microseconds: Int(max(seconds, -latest) * 1_000_000))
        }
    }
}
