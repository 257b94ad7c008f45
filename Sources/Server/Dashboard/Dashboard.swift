import Domain
import Hummingbird

/// The pages for people: rendered here, made live by small scripts, and of use without them.
struct Dashboard: Sendable {
    let services: Services
    let desk: Desk
    let signIn: SignIn

    init(_ services: Services, _ operations: [Operation]) {
        self.services = services
        desk = Desk(operations, services.security)
        signIn = SignIn(services: services)
    }

    private var pages: [Page] {
        [
            Page(.get, "/", handler: home), Page(.post, "/sign-out", handler: signIn.leave),
        ] + BotControlPages(services: services, desk: desk).pages
            + BulkPages(services: services, desk: desk).pages
            + ProviderPages(services: services, desk: desk).pages + WorkerPages(services: services, desk: desk).pages
            + ModulePages(services: services, desk: desk).pages + ModuleFormPages(services: services, desk: desk).pages
            + InstallPages(services: services, desk: desk).pages
            + ExtensionPages(services: services, desk: desk).pages + ReviewPages(desk: desk).pages
            + ModerationPages(desk: desk).pages + AuditPages(services: services, desk: desk).pages
            + TimePages(services: services, desk: desk).pages
            + LivePages(services: services).pages
    }

    func install(on router: Router<APIContext>) {
        for page in pages {
            let pipeline = PagePipeline(page: page, services: services)
            router.on(page.routerPath, method: page.method) { request, context in
                // The beginning is a page for people; programs begin with the API's document.
                if page.path == "/", !HTML.isWanted(by: request) { throw APIError.noSuchPath }
                return await pipeline.respond(request, context)
            }
        }
        router.get("/sign-in") { request, _ in signIn.show(request) }
        router.post("/sign-in") { request, context in await signIn.submit(request, context) }
        router.get("/assets/:digest/:name") { request, context in
            let name = context.parameters.get("name") ?? "", digest = context.parameters.get("digest") ?? ""
            guard let asset = Assets.response(name, digest: digest) else { throw APIError.noSuchPath }
            return asset
        }
    }

    @Sendable private func home(_ visit: Visit) async throws -> Response {
        guard let home = Layout.home(of: visit.caller) else {
            throw Forbidden("your credential opens no page here: ask an administrator for admin:access and more")
        }
        return HTML.redirect(home)
    }
}
