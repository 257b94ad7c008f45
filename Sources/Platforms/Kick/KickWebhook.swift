import Crypto
import CryptoExtras
import Domain
import Foundation

/// One event as Kick sends it to our server.
package struct KickWebhook: Sendable {
    package let messageID: String, timestamp: String, signature: String
    package let type: String
    /// As it came: the signature is over these bytes.
    package let body: [UInt8]

    /// nil when a header is missing without which nothing can be checked.
    ///
    /// - Parameter header: the value of a header by its name.
    package init?(header: (String) -> String?, body: [UInt8]) {
        guard let id = header("Kick-Event-Message-Id"), !id.isEmpty, id.utf8.count <= 128,
            let timestamp = header("Kick-Event-Message-Timestamp"), timestamp.utf8.count <= 64,
            let signature = header("Kick-Event-Signature")
        else { return nil }
        (messageID, self.timestamp, self.signature, self.body) = (id, timestamp, signature, body)
        type = header("Kick-Event-Type") ?? ""
    }

    var signed: [UInt8] { Array("\(messageID).\(timestamp).".utf8) + body }
}

/// Tells Kick's webhooks from those of anybody else: RSA PKCS#1 v1.5 with SHA-256 over id, time and body
/// (docs.kick.com, "Webhook Security").
package struct KickVerifier: Sendable {
    /// Older or newer ones are not taken, so that none can be played again later. Clocks may differ by as much.
    package static let ageSecondsMax = 300.0

    package enum Refusal: Error, Equatable {
        case forged
        /// By so many seconds; negative when it comes from the future.
        case stale(ageSeconds: Double)
    }

    package struct UnusableKey: Error, CustomStringConvertible {
        package let description = "it is no RSA public key (PEM) of 2048 bits or more"
    }

    private let key: _RSA.Signing.PublicKey

    package init(publicKey pem: String = KickVerifier.kicksOwnKey) throws(UnusableKey) {
        guard let key = try? _RSA.Signing.PublicKey(pemRepresentation: pem) else { throw UnusableKey() }
        self.key = key
    }

    package func check(_ webhook: KickWebhook, at now: Timestamp) throws(Refusal) {
        guard let signature = Data(base64Encoded: webhook.signature),
            key.isValidSignature(
                _RSA.Signing.RSASignature(rawRepresentation: signature), for: SHA256.hash(data: webhook.signed),
                padding: .insecurePKCS1v1_5)
        else { throw .forged }
        guard let sentAt = Timestamp(webhook.timestamp) else { throw .forged }
        let age = now.seconds(since: sentAt)
        guard abs(age) <= Self.ageSecondsMax else { throw .stale(ageSeconds: age) }
    }

    /// As its documentation prints it, and `GET /public/v1/public-key` answers it.
    package static let kicksOwnKey = """
        -----BEGIN PUBLIC KEY-----
        MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEAq/+l1WnlRrGSolDMA+A8
        6rAhMbQGmQ2SapVcGM3zq8ANXjnhDWocMqfWcTd95btDydITa10kDvHzw9WQOqp2
        MZI7ZyrfzJuz5nhTPCiJwTwnEtWft7nV14BYRDHvlfqPUaZ+1KR4OCaO/wWIk/rQ
        L/TjY0M70gse8rlBkbo2a8rKhu69RQTRsoaf4DVhDPEeSeI5jVrRDGAMGL3cGuyY
        6CLKGdjVEM78g3JfYOvDU/RvfqD7L89TZ3iN94jrmWdGz34JNlEI5hqK8dd7C5EF
        BEbZ5jgB8s8ReQV8H+MkuffjdAj3ajDDX3DOJMIut1lBrUVD1AaSrGCKHooWoL2e
        twIDAQAB
        -----END PUBLIC KEY-----
        """
}
