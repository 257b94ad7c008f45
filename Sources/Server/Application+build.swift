import Domain
import Hummingbird
import Logging
import NIOCore
import ServiceLifecycle

extension ControlPlane {
    /// Every operation of the API, in the order of the OpenAPI document.
    static func operations(
        _ services: Services, _ graphQL: GraphQLConfiguration, document: @escaping @Sendable () -> ByteBuffer
    ) -> [Operation] {
        let commands = restOperations(services)
        let rest = commands + RevertRoutes(services: services, operations: commands).operations
        return rest
            + GraphQLRoutes(services: services, configuration: graphQL, operations: rest).operations
            + HealthRoutes(services: services, document: document).operations
    }

    private static func restOperations(_ services: Services) -> [Operation] {
        let botControl = BotControlRoutes(services: services), webhooks = WebhookRoutes(services: services)
        return botControl.operations + BulkRoutes(services: services).operations
            + ProxyRoutes(botControl: botControl).operations
            + ProviderRoutes(services: services).operations
            + GuildRoutes(services: services).operations
            + BotCommandRoutes(services: services).operations + CommandUseRoutes(services: services).operations
            + BotModuleRoutes(services: services).operations + InstallRoutes(services: services).operations
            + ExtensionRoutes(services: services).operations + ExtensionReviewRoutes(services: services).operations
            + ExtensionInternalRoutes(services: services).operations
            + AccountRoutes(services: services, botControl: botControl).operations
            + AuditRoutes(services: services).operations + AuditLogRoutes(services: services).operations
            + AuditDiffRoutes(services: services).operations
            + SecurityRoutes(services: services).operations + EventWebhookRoutes(services: services).operations
            + PrivacyRoutes(services: services).operations
            + LogRoutes(services: services).operations + KeyRoutes(services: services).operations
            + ProjectionRoutes(services: services).operations + InternalRoutes(services: services).operations
            + FeedRoutes(services: services).operations + WorkerRoutes(services: services).operations
            + ModerationRoutes(services: services).operations + BacktestRoutes(services: services).operations
            + webhooks.operations
    }

    package func router() -> Router<APIContext> {
        let box = DocumentBox()
        let operations = Self.operations(services, configuration.graphQL, document: { box.document })
        box.fill(OpenAPIDocument.json(operations))
        let router = Router(context: APIContext.self, options: .autoGenerateHeadEndpoints)
        router.add(middleware: NoRouteMiddleware(operations: operations, clock: services.clock))
        for operation in operations {
            let pipeline = Pipeline(operation: operation, services: services)
            router.on(operation.routerPath, method: operation.method) { request, context in
                await pipeline.respond(request, context)
            }
        }
        Dashboard(services, operations).install(on: router)
        return router
    }

    /// The HTTP server.
    ///
    /// - Parameter onRunning: is told the port once it is bound.
    package func application(
        host: String, port: Int, onRunning: @escaping @Sendable (Int) async -> Void = { _ in }
    ) -> some ApplicationProtocol {
        Application(
            router: router(),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port), serverName: "bot-control", backlog: 1024),
            onServerRunning: { channel in await onRunning(channel.localAddress?.port ?? port) },
            logger: configuration.logger)
    }

    /// What runs beside the HTTP server.
    package var backgroundServices: [any Service] {
        [
            ScheduledResumes(
                commands: services.commands, readModels: services.readModels, clock: services.clock,
                logger: configuration.logger),
            RuntimePersistence(runtime: services.runtime), StopSign(services: services), services.feed,
            services.live, services.moderation, services.breakers, LogFollower(services: services),
            HistoryUpkeep(services: services, spacing: configuration.snapshotSpacing),
        ]
    }

    /// The API's description, without a server.
    package static func openAPI(_ services: Services) -> JSON {
        OpenAPIDocument.json(operations(services, GraphQLConfiguration(), document: { ByteBuffer() }))
    }
}

/// The document describes the operations, and one of the operations serves the document.
private final class DocumentBox: @unchecked Sendable {
    private(set) var document = ByteBuffer()

    /// Before the server runs.
    func fill(_ json: JSON) {
        document = ByteBuffer(bytes: json.bytes)
    }
}
