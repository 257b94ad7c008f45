import Domain
import Runtime
import Server
import Testing

@Suite("The authoriser")
struct AuthoriserTests {
    private func caller(
        _ account: AccountID? = nil, _ permissions: Set<Permission> = [], role: String? = nil, admin: Bool = false,
        system: Bool = false
    ) -> Caller {
        Caller(
            actor: Actor(kind: .user, id: "user-1"), account: account, role: role, permissions: permissions,
            isSystemAdmin: admin, isSystemKey: system)
    }

    @Test(arguments: Permission.allCases)
    func `lets through who holds the very permission, and system admins`(permission: Permission) throws {
        let others = Set(Permission.allCases).subtracting([permission])
        try Authoriser.require(permission, caller(.acme, [permission]))
        try Authoriser.require(permission, caller(admin: true))
        for denied in [
            caller(.acme), caller(.acme, others), caller(.acme, others, role: "Owner"), caller(role: "system_admin"),
            caller(nil, others, system: true),
        ] {
            let error = #expect(throws: Forbidden.self) { try Authoriser.require(permission, denied) }
            #expect(error?.message.contains(permission.rawValue) == true)
        }
    }

    @Test func `lets programs of ours and system admins onto the internal paths`() throws {
        try Authoriser.requireSystemKey(caller(system: true))
        try Authoriser.requireSystemKey(caller(admin: true))
        #expect(throws: Forbidden.self) {
            try Authoriser.requireSystemKey(caller(.acme, Set(Permission.allCases), role: "system"))
        }
    }

    @Test func `lets system admins with an account name another`() throws {
        let admin = caller(.acme, admin: true)
        #expect(try Authoriser.account(for: admin, requested: nil) == .acme)
        #expect(try Authoriser.account(for: admin, requested: .other) == .other)
    }

    @Test(arguments: [false, true])
    func `holds callers to their own account`(isSystem: Bool) throws {
        let mine = caller(.acme, Set(Permission.allCases), system: isSystem)
        #expect(try Authoriser.account(for: mine, requested: nil) == .acme)
        #expect(try Authoriser.account(for: mine, requested: .acme) == .acme)
        let error = #expect(throws: AccountNotFound.self) { try Authoriser.account(for: mine, requested: .other) }
        #expect(error?.account == .other && AccountNotFound.code == "not_found")
    }

    @Test func `asks those who may name any account for one`() throws {
        for operatorLike in [caller(admin: true), caller(system: true)] {
            #expect(try Authoriser.account(for: operatorLike, requested: .other) == .other)
            let error = #expect(throws: ValidationFailed.self) {
                try Authoriser.account(for: operatorLike, requested: nil)
            }
            #expect(error?.failures.map(\.path) == ["account_id"] && error?.failures.map(\.code) == ["required"])
        }
    }

    @Test func `lets nobody else name an account`() {
        let strange = caller(nil, Set(Permission.allCases), role: "Owner")
        for requested in [nil, AccountID.acme] {
            #expect(throws: Forbidden.self) { try Authoriser.account(for: strange, requested: requested) }
        }
    }

    private func new(
        _ kind: APIKey.Kind = .user, _ account: AccountID? = .acme, _ permissions: Set<Permission> = []
    ) -> NewAPIKey {
        NewAPIKey(kind: kind, name: "new", account: account, permissions: permissions, createdBy: "user-1")
    }

    @Test func `lets nobody give what they do not have`() throws {
        let maker = caller(.acme, [.keysEdit, .auditRead])
        try Authoriser.allow(new(permissions: [.auditRead]), by: maker)
        try Authoriser.allow(new(permissions: [.auditRead, .keysEdit]), by: maker)
        for more in Permission.allCases where !maker.holds(more) {
            let error = #expect(throws: Forbidden.self) {
                try Authoriser.allow(new(permissions: [.auditRead, more]), by: maker)
            }
            #expect(error?.message.contains(more.rawValue) == true)
        }
        #expect(throws: Forbidden.self) { try Authoriser.allow(new(), by: caller(.acme, [.auditRead], role: "Owner")) }
    }

    private func new(permissions: Set<Permission>) -> NewAPIKey { new(.user, .acme, permissions) }

    @Test func `leaves system keys and other accounts to system admins`() throws {
        let everything = Set(Permission.allCases)
        for maker in [caller(.acme, everything), caller(.acme, everything, system: true)] {
            #expect(throws: Forbidden.self) { try Authoriser.allow(new(.system), by: maker) }
            #expect(throws: Forbidden.self) { try Authoriser.allow(new(.user, .other), by: maker) }
            #expect(throws: Forbidden.self) { try Authoriser.allow(new(.user, nil), by: maker) }
        }
        for kind in APIKey.Kind.allCases {
            for account in [nil, AccountID.acme, .other] {
                try Authoriser.allow(new(kind, account, everything), by: caller(admin: true))
            }
        }
    }

    @Test func `shows keys to their account only`() throws {
        let world = try AccessWorld()
        let user = try world.runtime.issueKey(new()).key, system = try world.runtime.issueKey(new(.system)).key
        let everything = Set(Permission.allCases)
        #expect(Authoriser.reaches(user, caller(.acme, everything)))
        #expect(!Authoriser.reaches(system, caller(.acme, everything)))
        #expect(!Authoriser.reaches(user, caller(.other, everything)))
        #expect(!Authoriser.reaches(user, caller(nil, everything)))
        #expect(Authoriser.reaches(user, caller(admin: true)) && Authoriser.reaches(system, caller(admin: true)))
    }
}
