import Domain
import Foundation
import Logging
import Platforms
import ServiceLifecycle
import Synchronization

/// Keeps the tokens of a worker's bots good: it reads them again when they change, and has new ones given before they
/// end or when they are refused. Nothing that it says holds any of them.
final class CredentialKeeper: Service {
    private static let checkEvery = Duration.seconds(2)
    /// So long before its end a token is renewed.
    private static let renewBeforeSeconds = 600.0

    private struct State {
        var secrets: [Platform: BotSecret]
        var stamp: [String]
    }

    private let place: CredentialsPlace
    private let clock: WallClock
    private let logger: Logger
    private let state: Mutex<State>
    private let tokens = Mutex<[Platform: BotToken]>([:])

    /// - Throws: `CommandFailure` when the credentials are not as they should be.
    init(_ text: String, clock: WallClock = .system, logger: Logger) throws {
        (place, self.clock, self.logger) = (CredentialsPlace(text), clock, logger)
        let stamp = place.stamp
        state = Mutex(State(secrets: try CredentialsFile.secrets(in: place), stamp: stamp))
    }

    var secrets: [Platform: BotSecret] { state.withLock { $0.secrets } }

    /// The one token of a platform, for everybody who speaks for the bot.
    func token(of platform: Platform) -> BotToken? {
        guard let secret = secrets[platform] else { return nil }
        return tokens.withLock { tokens in
            if let token = tokens[platform] { return token }
            let token = BotToken(secret.token) { [weak self] refused in await self?.renew(platform, refused) }
            tokens[platform] = token
            return token
        }
    }

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                try? await Task.sleep(for: Self.checkEvery)
                self.reload()
                await self.renewInTime()
            }
        }
    }

    // MARK: reading again

    func reload() {
        let stamp = place.stamp
        guard state.withLock({ $0.stamp }) != stamp else { return }
        do {
            let secrets = try CredentialsFile.secrets(in: place)
            let former = state.withLock { state in
                defer { (state.secrets, state.stamp) = (secrets, stamp) }
                return state.secrets
            }
            take(secrets, insteadOf: former)
        } catch {
            state.withLock { $0.stamp = stamp }
            logger.error(
                "the credentials have changed and cannot be read: the old ones are used",
                metadata: ["error": "\(error)"])
        }
    }

    private func take(_ secrets: [Platform: BotSecret], insteadOf former: [Platform: BotSecret]) {
        for platform in Platform.allCases {
            let (old, new) = (former[platform], secrets[platform])
            if let new, new.token != old?.token, old != nil {
                tokens.withLock { $0[platform] }?.replace(with: new.token)
                logger.info("a token was read again", metadata: ["platform": "\(platform.rawValue)"])
            }
            guard old?.settings != new?.settings else { continue }
            logger.warning(
                "credentials have changed in a way that takes effect when the worker starts again",
                metadata: ["platform": "\(platform.rawValue)"])
        }
    }

    // MARK: renewing

    private func renewInTime() async {
        let now = clock.now
        for (platform, secret) in secrets {
            guard secret.grant != nil, let end = secret.expiresAt, end.seconds(since: now) < Self.renewBeforeSeconds,
                let token = token(of: platform), token.current == secret.token
            else { continue }
            _ = await token.renew(insteadOf: secret.token)
        }
    }

    /// One process at a time; who comes second finds the first one's token in the file.
    private func renew(_ platform: Platform, _ refused: Secret) async -> Secret? {
        guard let path = place.file(of: platform) else { return await refresh(platform) }
        let lock = await CredentialsLock(beside: path)
        reload()
        if let known = secrets[platform]?.token, known != refused { return known }
        let token = await refresh(platform)
        withExtendedLifetime(lock) {}
        return token
    }

    private func refresh(_ platform: Platform) async -> Secret? {
        let metadata: Logger.Metadata = ["platform": "\(platform.rawValue)"]
        guard let secret = secrets[platform], let (server, grant) = secret.grant else {
            logger.error("a token is refused, and there is no way to a new one: write a new one", metadata: metadata)
            return nil
        }
        // It is needed so seldom that none is kept.
        let client = APIClient(authorityFile: server.authorityFile)
        let result: Result<OAuthTokens, OAuthRefusal>
        do { result = .success(try await OAuthClient(client, server).refresh(grant)) } catch {
            result = .failure(error)
        }
        await client.close()
        switch result {
        case .success(let tokens):
            keep(tokens, of: platform)
            logger.info("a token was renewed", metadata: metadata)
            return tokens.access
        case .failure(let error):
            let what =
                if case .refused = error { "no new token is given: the bot's owner has to agree again" } else {
                    "no new token can be had at the moment"
                }
            logger.error("\(what)", metadata: metadata.merging(["reason": "\(error.reason)"]) { $1 })
            return nil
        }
    }

    private func keep(_ tokens: OAuthTokens, of platform: Platform) {
        let now = clock.now
        state.withLock { state in
            state.secrets[platform]?.token = tokens.access
            if let refresh = tokens.refresh { state.secrets[platform]?.refreshToken = refresh }
            state.secrets[platform]?.expiresAt = tokens.expiresInSeconds.map { now.adding(seconds: Double($0)) }
        }
        do {
            try CredentialsFile.write(tokens, of: platform, in: place, at: now)
            let stamp = place.stamp
            state.withLock { $0.stamp = stamp }
        } catch {
            logger.error(
                "a new token cannot be written down: after a restart the bot's owner may have to agree again",
                metadata: ["platform": "\(platform.rawValue)", "error": "\(error)"])
        }
    }
}
