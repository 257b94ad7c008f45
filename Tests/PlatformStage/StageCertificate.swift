import Foundation
import NIOSSL

/// A certificate for 127.0.0.1, made by the machine's openssl for one fake; its files go when the fake stops.
final class StageCertificate: Sendable {
    private let folder = NSTemporaryDirectory() + "/platform-stage-" + UUID().uuidString.lowercased()

    var authorityFile: String { folder + "/certificate.pem" }
    private var keyFile: String { folder + "/key.pem" }

    init() throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days",
            "2",
            "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost", "-keyout", keyFile,
            "-out",
            authorityFile,
        ]
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw CocoaError(.fileNoSuchFile) }
    }

    deinit { remove() }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    func serverContext() throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(authorityFile).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: keyFile, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key)))
    }
}
