// swift-tools-version:6.2
import PackageDescription

/// The same rules for every target: no implicit existentials, no leaking imports, no warnings.
let strict: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .treatAllWarnings(as: .error),
]

let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let jwt: Target.Dependency = .product(name: "JWTKit", package: "jwt-kit")
let arguments: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let log: Target.Dependency = .product(name: "Logging", package: "swift-log")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let nio: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioHTTP: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioWebSocket: Target.Dependency = .product(name: "NIOWebSocket", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let signals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let client: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let heap: Target.Dependency = .product(name: "HeapModule", package: "swift-collections")
let mustache: Target.Dependency = .product(name: "Mustache", package: "swift-mustache")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")

let package = Package(
    name: "bot-control",
    platforms: [.macOS(.v15)],
    products: [.executable(name: "botcontrol", targets: ["botcontrol"])],
    dependencies: [
        .package(url: "https://github.com/groue/GRDB.swift.git", from: "7.10.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", "3.12.3"..<"5.0.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.1"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.0.0"),
        .package(url: "https://github.com/vapor/jwt-kit.git", from: "5.7.1"),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.2"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.34.0"),
        .package(url: "https://github.com/apple/swift-http-types.git", from: "1.8.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/swift-server/async-http-client.git", from: "1.37.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
    ],
    targets: [
        // What threads hand to one another.
        .target(name: "Threading", swiftSettings: strict),

        // What the product is about, without any I/O.
        .target(name: "Domain", swiftSettings: strict),
        .target(
            name: "CText",
            linkerSettings: ["re2", "psl", "idn2", "icuuc", "icui18n"].map { .linkedLibrary($0) }
        ),
        .target(name: "Text", dependencies: ["CText"], swiftSettings: strict),
        .target(name: "BotModules", dependencies: ["Domain", "Text"], swiftSettings: strict),

        .target(name: "Extensions", dependencies: ["Domain", "Text"], swiftSettings: strict),

        // What has happened, and what follows from it.
        .target(
            name: "EventStore",
            dependencies: ["Threading", grdb, .product(name: "GRDBSQLite", package: "GRDB.swift"), crypto],
            swiftSettings: strict
        ),
        .target(
            name: "Commands", dependencies: ["Domain", "EventStore", "BotModules", "Extensions"],
            swiftSettings: strict),
        .target(
            name: "Projections",
            dependencies: [
                "Domain", "EventStore", "Threading", grdb, .product(name: "GRDBSQLite", package: "GRDB.swift"), crypto,
            ],
            swiftSettings: strict
        ),
        .target(name: "Transparency", dependencies: ["Domain", "EventStore", crypto], swiftSettings: strict),
        .target(name: "Privacy", dependencies: ["Domain", "EventStore", grdb, crypto], swiftSettings: strict),
        .target(name: "Runtime", dependencies: ["Domain", grdb, crypto], swiftSettings: strict),

        // JavaScript, and where that of strangers runs.
        .target(
            name: "CV8", cxxSettings: [.unsafeFlags(["-I/usr/include/node", "-fno-rtti"])],
            linkerSettings: [.linkedLibrary("node")]
        ),
        .target(name: "JavaScript", dependencies: ["CV8", "Threading"], swiftSettings: strict),
        .target(
            name: "GraphQL", dependencies: ["JavaScript", "Threading"],
            resources: [.embedInCode("host.js"), .embedInCode("size.js")], swiftSettings: strict),
        .target(name: "CSandbox", linkerSettings: [.linkedLibrary("seccomp")]),
        .target(
            name: "Sandbox", dependencies: ["CSandbox", "Domain", "JavaScript", "Threading"],
            resources: [.embedInCode("Author/lumio-bot.js"), .embedInCode("Author/lumio-bot.d.ts")],
            swiftSettings: strict
        ),

        // How changes travel to the workers, and what they do with them.
        .systemLibrary(name: "CHiredis"),
        .target(name: "Redis", dependencies: ["CHiredis", "Threading"], swiftSettings: strict),
        .target(
            name: "Relay", dependencies: ["Domain", "EventStore", "Projections", "Runtime", "Redis", log, lifecycle],
            swiftSettings: strict
        ),
        .target(
            name: "Platforms",
            dependencies: ["Domain", client, crypto, cryptoExtras, log, nio, nioPosix, nioHTTP, nioWebSocket, nioSSL],
            swiftSettings: strict
        ),
        .target(
            name: "Worker",
            dependencies: [
                "Domain", "BotModules", "Extensions", "Sandbox", "Platforms", "Redis", "Text", client, crypto, deque,
                heap, log, lifecycle, nio, nioHTTP,
            ],
            swiftSettings: strict
        ),

        // How people and programs reach it.
        .target(
            name: "Server",
            dependencies: [
                "Domain", "EventStore", "Transparency", "Privacy", "Commands", "Projections", "Runtime", "BotModules",
                "Extensions", "GraphQL", hummingbird, mustache, jwt, crypto, log, lifecycle, nio, httpTypes,
            ],
            resources: [
                .embedInCode("Dashboard/Templates"), .embedInCode("Dashboard/Assets"),
                .embedInCode("GraphQL/schema.graphqls"), .embedInCode("GraphQL/query-page.html"),
            ],
            swiftSettings: strict
        ),
        .executableTarget(
            name: "botcontrol",
            dependencies: [
                "Domain", "EventStore", "Transparency", "Privacy", "Commands", "Projections", "Runtime", "BotModules",
                "Extensions", "Sandbox", "Server", "Platforms", "Redis", "Relay", "Worker", arguments,
                hummingbird, log, lifecycle, nio, httpTypes, signals,
            ],
            swiftSettings: strict
        ),

        // Our side of the benchmarks; the floors beside it are C and Python.
        .executableTarget(
            name: "BotControlBenchmarks",
            dependencies: [
                "Domain", "BotModules", "EventStore", "Extensions", "Platforms", "Projections", "Redis", "Runtime",
                "PlatformStage", "Privacy", "Sandbox", "Server", "Transparency", "Worker", arguments, client,
                hummingbird, lifecycle, log, nio, nioHTTP,
            ],
            path: "Benchmarks/BotControlBenchmarks",
            swiftSettings: strict
        ),

        // Apart, so that it can be built without all the rest.
        .executableTarget(
            name: "SandboxBenchmarks", dependencies: ["Domain", "JavaScript", "Sandbox"],
            path: "Benchmarks/SandboxBenchmarks",
            swiftSettings: strict),

        .target(name: "TestTools", dependencies: [log], path: "Tests/TestTools", swiftSettings: strict),

        // Each mirrors the target that it tests.
        .testTarget(name: "DomainTests", dependencies: ["Domain", "TestTools"], swiftSettings: strict),
        .testTarget(name: "TextTests", dependencies: ["Text", "TestTools"], swiftSettings: strict),
        .testTarget(
            name: "BotModulesTests", dependencies: ["Domain", "Text", "BotModules", "TestTools"],
            swiftSettings: strict),
        .testTarget(
            name: "ExtensionsTests", dependencies: ["Domain", "Text", "Extensions"], swiftSettings: strict),
        .testTarget(name: "JavaScriptTests", dependencies: ["JavaScript"], swiftSettings: strict),
        .testTarget(name: "GraphQLTests", dependencies: ["GraphQL"], swiftSettings: strict),
        .executableTarget(
            name: "SandboxProgram", dependencies: ["Sandbox"], path: "Tests/SandboxProgram", swiftSettings: strict),
        .testTarget(
            name: "SandboxTests", dependencies: ["Domain", "Sandbox", "SandboxProgram"], swiftSettings: strict),
        .executableTarget(
            name: "JournalStorm", dependencies: ["EventStore"], path: "Tests/JournalStorm", swiftSettings: strict),
        .testTarget(
            name: "EventStoreTests",
            dependencies: [
                "EventStore", "JournalStorm", grdb, .product(name: "GRDBSQLite", package: "GRDB.swift"), crypto,
                "TestTools",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "PrivacyTests",
            dependencies: ["Domain", "EventStore", "Privacy", grdb, crypto, "TestTools"], swiftSettings: strict
        ),
        .testTarget(
            name: "TransparencyTests",
            dependencies: ["Domain", "EventStore", "Transparency", grdb, crypto, "TestTools"], swiftSettings: strict),
        .testTarget(
            name: "CommandsTests",
            dependencies: ["Domain", "EventStore", "BotModules", "Extensions", "Commands", "TestTools"],
            swiftSettings: strict
        ),
        .testTarget(
            name: "ProjectionsTests", dependencies: ["Domain", "EventStore", "Projections", grdb, "TestTools"],
            swiftSettings: strict
        ),
        .target(
            name: "RedisStage",
            dependencies: ["Domain", "EventStore", "Projections", "Redis", "Relay", log, "TestTools"],
            path: "Tests/RedisStage", swiftSettings: strict
        ),
        .testTarget(name: "RedisTests", dependencies: ["Redis", "RedisStage", "TestTools"], swiftSettings: strict),
        .testTarget(
            name: "RelayTests",
            dependencies: [
                "Domain", "EventStore", "Projections", "Runtime", "Redis", "RedisStage", "Relay", log, "TestTools",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "WorkerTests",
            dependencies: [
                "Domain", "BotModules", "EventStore", "Extensions", "Platforms", "Projections", "Redis", "RedisStage",
                "Relay", "Sandbox", "Text", "Worker", log, lifecycle, nio, nioPosix, nioHTTP, "TestTools",
            ],
            swiftSettings: strict
        ),
        .target(
            name: "PlatformStage",
            dependencies: ["Domain", "Platforms", crypto, cryptoExtras, nio, nioPosix, nioHTTP, nioWebSocket, nioSSL],
            path: "Tests/PlatformStage", swiftSettings: strict
        ),
        .executableTarget(
            name: "DemoPlatforms", dependencies: ["Domain", "PlatformStage", arguments],
            path: "Tests/DemoPlatforms", swiftSettings: strict
        ),
        .testTarget(
            name: "PlatformsTests",
            dependencies: [
                "Domain", "Platforms", "PlatformStage", "Worker", log, nio, nioPosix, nioHTTP, nioWebSocket,
                "TestTools",
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "RuntimeTests", dependencies: ["Domain", "Runtime", grdb], swiftSettings: strict),
        .testTarget(
            name: "ServerTests",
            dependencies: [
                "Domain", "EventStore", "Transparency", "Commands", "Projections", "Runtime", "BotModules",
                "Extensions", "GraphQL", "Server", hummingbird, jwt, crypto, log, lifecycle, grdb, "TestTools",
            ],
            swiftSettings: strict
        ),
        .testTarget(
            name: "SystemTests",
            dependencies: [
                "Domain", "EventStore", "Transparency", "Extensions", "Platforms", "Projections", "Redis", "RedisStage",
                "Relay", "Sandbox", "PlatformStage", "DemoPlatforms", "Worker", "botcontrol", grdb, lifecycle, log,
                "TestTools",
            ],
            swiftSettings: strict
        ),
        .testTarget(name: "TidyTests", swiftSettings: strict),
    ],
    cxxLanguageStandard: .cxx17
)
