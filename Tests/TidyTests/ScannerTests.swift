import Testing

/// The scanners of the other tests, on texts small enough to see through.
@Suite("The scanners")
struct ScannerTests {
    @Test(arguments: [
        (#"let a = "x{" // {"#, #"let a = "  "     "#),
        (#"a /* { /* } */ ( */ b"#, "a                   b"),
        (##"let a = #"\"{"# + "}""##, ##"let a = #"   "# + " ""##),
        (#"f("\(g("}") { $0 })!") {"#, #"f("                 ") {"#),
        (##"f(#"\#(g(")"))\(x"#) {"##, ##"f(#"             "#) {"##),
        ("func `a { b`() {}", "func `     `() {}"),
        (#""\\" { "\"{""#, #""  " { "   ""#),
    ])
    func `see only code`(source: String, code: String) {
        #expect(SwiftCode.blanked(source) == code)
    }

    @Test func `see through strings of many lines`() {
        let fence = String(repeating: "\"", count: 3)
        let source = "let a = \(fence)\n  } \" func {\n  \\(b(\")\"))\n\(fence)\nfunc c() {\n}\n"
        #expect(FunctionScanner.functions(in: source) == [FunctionSpan(firstLine: 5, lastLine: 6)])
    }

    @Test func `find functions, and functions in functions`() {
        let source = """
            protocol P {
                func a()
                init(b: Int)
                var c: Int { get }
            }
            struct S {
                init(d: () -> Int = { 1 }) {
                    self.init(x: [{ 2 }])
                }
                func e() -> [Int] where Int: P {
                    func f() {}
                    return []
                }
                func g() async throws(E) {
                    if true { }
                }
                subscript(h: Int) -> Int {
                    h
                }
                deinit {
                }
            }
            """
        let spans = [(7, 9), (10, 13), (11, 11), (14, 16), (17, 19), (20, 21)].map {
            FunctionSpan(firstLine: $0, lastLine: $1)
        }
        #expect(FunctionScanner.functions(in: source) == spans)
        #expect(spans.map(\.lineCount) == [3, 4, 1, 3, 3, 2])
    }

    @Test func `find a function that is too long`() {
        let source = "func a() {\n" + String(repeating: "    b()\n", count: 69) + "}\n"
        #expect(FunctionScanner.functions(in: source).map(\.lineCount) == [71])
    }

    @Test func `find imports`() {
        let source = """
            import A
            @testable import B
            @preconcurrency package import struct C.D
              private import E
            // import F
            let text = "import G"
            important.import(H)
            """
        #expect(Imports.modules(in: source) == ["A", "B", "C", "E"])
    }

    @Test func `read a manifest`() throws {
        let manifest = try PackageManifest(
            """
            let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
            products: [.executable(name: "tool", targets: ["tool"])],
            targets: [
                .target(name: "A", swiftSettings: strict),
                .target(
                    name: "B",
                    dependencies: ["A", grdb, .product(name: "Crypto", package: "swift-crypto")], path: "Else/B",
                    linkerSettings: [.linkedLibrary("z")]
                ),
                .executableTarget(name: "tool", dependencies: ["B"]),
                .executableTarget(name: "Storm", dependencies: ["A"], path: "Tests/Storm"),
                .testTarget(name: "ATests", dependencies: ["A"]),
            ]
            """)
        #expect(manifest.targets.map(\.name) == ["A", "B", "tool", "Storm", "ATests"])
        #expect(
            manifest.targets.map(\.folder) == ["Sources/A", "Else/B", "Sources/tool", "Tests/Storm", "Tests/ATests"])
        #expect(manifest.targets.map(\.servesTests) == [false, false, false, true, true])
        #expect(manifest.targets[1].own == ["A"])
        #expect(manifest.targets[1].foreign == ["GRDB", "Crypto"])
    }

    @Test func `read the table of ARCHITECTURE.md`() {
        let table = TargetTable(
            markdown: """
                | Other | Table |
                |---|---|
                | a | b |

                | Target | One line | May import |
                |---|---|---|
                | `A` | the first | – |
                | `B` | the second | `A`, GRDB |

                | `C` | another table | `A` |
                """)
        #expect(
            table.rows == [
                TargetTable.Row(target: "A", summary: "the first", mayImport: []),
                TargetTable.Row(target: "B", summary: "the second", mayImport: ["A", "GRDB"]),
            ])
    }
}
