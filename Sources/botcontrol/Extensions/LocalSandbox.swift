import Domain
import Extensions
import Foundation
import Logging
import Sandbox
import ServiceLifecycle
import Worker

/// How this program runs extensions: in children that are the program itself.
enum LocalSandbox {
    /// - Parameter children: nil for as many as the machine's cores allow.
    static func options(children: Int? = nil) -> SandboxPool.Options {
        let program =
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
            ?? CommandLine.arguments[0]
        let launch = ChildLaunch(executable: program, arguments: ["sandbox"])
        if let children { return SandboxPool.Options(launch: launch, children: children) }
        return SandboxPool.Options(launch: launch)
    }

    /// With what a worker runs extensions, and what is to be ended with it.
    ///
    /// - Parameter directory: where bundles are kept between two starts; nil for nowhere.
    static func configuration(
        of worker: String, source: any FeedSource, live: LiveSet, outbox: ReportOutbox, directory: String?,
        logger: Logger
    ) -> (extensions: ExtensionPlane.Configuration, service: any Service) {
        let requests = RequestPurses(), fetcher = Fetcher()
        let host = ExtensionHost(live: live, keyValues: source, fetcher: fetcher, requests: requests)
        let pool = SandboxPool(options(), hosting: host) { notice in
            logger.warning("the sandbox says", metadata: ["notice": "\(notice)"])
        }
        var configuration = ExtensionPlane.Configuration(worker: worker, runner: pool, bundles: source)
        configuration.requests = requests
        configuration.bundleDirectory = directory.map { $0 + "/bundles" }
        configuration.report = { outbox.add($0) }
        configuration.logger = logger
        return (configuration, SandboxService(pool: pool, fetcher: fetcher))
    }
}

/// Ends the children with the worker.
private struct SandboxService: Service {
    let pool: SandboxPool
    let fetcher: Fetcher

    func run() async throws {
        try? await gracefulShutdown()
        pool.close()
        await fetcher.close()
    }
}
