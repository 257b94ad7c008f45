import Crypto
import Domain
import Foundation
import Server
import Testing

@Suite("A forged token")
struct ForgedTokenTests {
    let world: AccessWorld
    let rsa: TestKeys.Pair, ec: TestKeys.Pair, ed: TestKeys.Pair

    init() async throws {
        let pairs = (try await TestKeys.rs256(), TestKeys.es256(), TestKeys.edDSA())
        (rsa, ec, ed) = pairs
        world = try AccessWorld { place in
            let document = TestKeys.document(pairs.0.jwk("rsa"), pairs.1.jwk("ec"), pairs.2.jwk("ed"))
            try? Data(document.utf8).write(to: URL(filePath: place.keySetPath))
            return KeySetSource(.file(path: place.keySetPath), now: place.clock.monotonic)
        }
    }

    private var claims: String { Forge.claims(at: world.clock, ["system_admin": .bool(true)]) }

    private func expectRefusal(_ token: String, _ comment: Comment? = nil) async {
        #expect(await world.answer(to: token) == .failed(.invalid), comment)
        #expect(await world.answer(to: "lm_" + token) == .failed(.invalid), comment)
        #expect(world.authenticator.cached("Bearer " + token) == nil, comment)
    }

    @Test func `is worth nothing, unlike the genuine ones`() async throws {
        for (pair, id) in [(rsa, "rsa"), (ec, "ec"), (ed, "ed")] {
            #expect(await world.answer(to: try pair.token(claims, kid: id)).caller?.isSystemAdmin == true)
        }
    }

    static let algorithms = [
        "none", "None", "NONE", "nOnE", "", "HS384", "HS512", "PS256", "RS384", "ES384", "hs256", " HS256",
    ]

    @Test(arguments: algorithms)
    func `with another algorithm is refused`(name: String) async throws {
        let header = "{\"alg\":\"\(name)\",\"kid\":\"rsa\"}"
        await expectRefusal(Forge.token(header, claims) { _ in [UInt8]() })
        let secret = try world.secret()
        await expectRefusal(Forge.token(header, claims) { Forge.hmac($0, secret) })
        await expectRefusal(try Forge.token(header, claims, sign: rsa.sign))
    }

    static let oddHeaders = [
        #"{}"#, #"[]"#, #"1"#, #"{"alg":null}"#, #"{"alg":1}"#, #"{"alg":["HS256"]}"#, #"{"typ":"JWT"}"#,
        #"{"alg":"none","alg":"HS256"}"#, #"{"alg":"HS256","crit":["exp"]}"#, #"{"alg":"HS256","crit":null}"#,
        #"{"alg":"HS256","kid":1}"#, #"{"alg":"HS256""#, #"{"alg":"HS256"}x"#,
    ]

    @Test(arguments: oddHeaders)
    func `with an odd header is refused, though the secret is right`(header: String) async throws {
        await expectRefusal(Forge.hs256(claims, secret: try world.secret(), header: header))
    }

    /// RFC 8725, section 2.1: a public key everybody has, used as if it were the shared secret.
    @Test func `signed with a public key as the secret is refused`() async throws {
        let pem = try TestKeys.rsaPublicPEM()
        let secrets = [
            Array(pem.utf8), Array(pem.trimmingCharacters(in: .newlines).utf8), Array(rsa.jwk("rsa").utf8),
            Forge.bytes(member("n", of: rsa)), Array(member("n", of: rsa).utf8), Forge.bytes(member("x", of: ed)),
            Forge.bytes(member("x", of: ec)), [],
        ]
        for secret in secrets {
            for id in ["rsa", "ec", "ed"] {
                let header = "{\"alg\":\"HS256\",\"kid\":\"\(id)\"}"
                await expectRefusal(Forge.hs256(claims, secret: secret, header: header))
            }
            await expectRefusal(Forge.hs256(claims, secret: secret))
        }
    }

    private func member(_ name: String, of pair: TestKeys.Pair) -> String {
        (try? JSONParser.parse(pair.jwk(nil)))?[name]?.string ?? ""
    }

    @Test func `signed with the right key under another's name or algorithm is refused`() async throws {
        for (pair, id) in [(rsa, "ec"), (ec, "ed"), (ed, "rsa"), (ec, "rsa"), (rsa, "no such key"), (rsa, "")] {
            await expectRefusal(try pair.token(claims, kid: id))
        }
        for (pair, id, name) in [(rsa, "rsa", "ES256"), (ec, "ec", "RS256"), (ed, "ed", "ES256"), (ec, "ec", "EdDSA")] {
            await expectRefusal(try Forge.token("{\"alg\":\"\(name)\",\"kid\":\"\(id)\"}", claims, sign: pair.sign))
        }
    }

    @Test func `with a key of its own in the header is refused`() async throws {
        let thief = TestKeys.es256()
        for header in [
            "{\"alg\":\"ES256\",\"kid\":\"ec\",\"jwk\":\(thief.jwk("ec"))}",
            "{\"alg\":\"ES256\",\"jwk\":\(thief.jwk(nil))}",
            "{\"alg\":\"ES256\",\"kid\":\"ec\",\"jku\":\"https://thief.example/jwks.json\"}",
            "{\"alg\":\"ES256\",\"kid\":\"../../../../dev/null\"}",
        ] {
            await expectRefusal(try Forge.token(header, claims, sign: thief.sign))
        }
    }

    @Test func `made with another secret is refused`() async throws {
        let secret = try world.secret()
        for other in [[], [0], Array(secret.dropLast()), secret + [1], Array(repeating: 0, count: 32)] {
            await expectRefusal(Forge.hs256(claims, secret: other))
        }
    }

    @Test func `with a flipped letter anywhere is refused`() async throws {
        let genuine = [
            Forge.hs256(claims, secret: try world.secret()), try ec.token(claims, kid: "ec"),
            try ed.token(claims, kid: "ed"), try rsa.token(claims, kid: "rsa"),
        ]
        for token in genuine {
            let letters = Array(token.utf8)
            let places = Array(stride(from: 0, to: letters.count, by: 7)) + [letters.count - 1]
            for index in places where letters[index] != UInt8(ascii: ".") {
                for other in [UInt8(ascii: "A"), UInt8(ascii: "B"), UInt8(ascii: "_")] where letters[index] != other {
                    var changed = letters
                    changed[index] = other
                    await expectRefusal(String(decoding: changed, as: UTF8.self), "letter \(index)")
                }
            }
        }
    }

    @Test func `with parts added, taken away or swapped is refused`() async throws {
        let token = Forge.hs256(claims, secret: try world.secret())
        let parts = token.split(separator: ".").map(String.init)
        let weaker = Forge.text(Forge.claims(at: world.clock).utf8)
        for forged in [
            "\(parts[0]).\(parts[1])", "\(parts[0]).\(parts[1]).", "\(parts[0])..\(parts[2])", "\(token).", ".\(token)",
            "\(token).\(parts[2])", "\(parts[0]).\(weaker).\(parts[2])", "\(parts[1]).\(parts[0]).\(parts[2])",
            "\(token)=", "\(token)A", "\(token)AA", "\(token) ", "\(token)\n", "\(parts[0]). \(parts[1]).\(parts[2])",
        ] {
            await expectRefusal(forged)
        }
    }

    @Test func `that looks like a genuine one to Swift is refused`() async throws {
        var genuine = ""
        while !genuine.contains("K") {
            let name = JSON.string(UUID().uuidString)
            genuine = Forge.hs256(Forge.claims(at: world.clock, ["name": name]), secret: try world.secret())
        }
        #expect(await world.answer(to: genuine).caller != nil)
        let kelvin = genuine.replacing("K", with: "\u{212A}")
        #expect(kelvin == genuine)
        await expectRefusal(kelvin)
        #expect(world.authenticator.cached("Bearer " + genuine) != nil)
    }

    /// An issuer of people's tokens must not be able to make a program of ours.
    @Test func `cannot make a system key with an outside signature`() async throws {
        let claims = Forge.claims(at: world.clock, ["system_key": .bool(true), "jti": .string("1")])
        let caller = try #require(await world.answer(to: try ec.token(claims, kid: "ec")).caller)
        #expect(!caller.isSystemKey && caller.actor.kind == .user)
    }
}
