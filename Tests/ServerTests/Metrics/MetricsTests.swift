import Server
import Testing

@Suite("The metrics")
struct MetricsTests {
    let registry = MetricsRegistry()

    private func told() throws -> Exposition { try Exposition(registry.render()) }

    @Test func `are empty at first`() { #expect(registry.render().isEmpty) }

    @Test func `are told as Prometheus expects them`() {
        registry.counter("requests_total", "Requests answered.", labels: ["method", "status"])
            .with("GET", "200").increment(by: 3)
        registry.gauge("backlog", "What waits.").with().set(2.5)
        registry.histogram("wait_seconds", "How long.", bounds: [0.5, 1]).with().observe(0.75)
        #expect(
            registry.render() == """
                # HELP backlog What waits.
                # TYPE backlog gauge
                backlog 2.5
                # HELP requests_total Requests answered.
                # TYPE requests_total counter
                requests_total{method="GET",status="200"} 3
                # HELP wait_seconds How long.
                # TYPE wait_seconds histogram
                wait_seconds_bucket{le="0.5"} 0
                wait_seconds_bucket{le="1"} 1
                wait_seconds_bucket{le="+Inf"} 1
                wait_seconds_sum 0.75
                wait_seconds_count 1

                """)
    }

    static let awkward = [
        "", " ", "\"", "\\", "\n", "\\n", "a\"b\\c\nd", "{x=\"y\"} 1", "ü 💥", "\r\n", "e\u{301}", ",",
    ]

    @Test(arguments: awkward)
    func `escape what stands in labels and help`(text: String) throws {
        registry.counter("c_total", "Help: \(text)", labels: ["l"]).with(text).increment()
        registry.histogram("h", text, labels: ["l"]).with(text).observe(1)
        let told = try told()
        #expect(told.value("c_total", ["l": text]) == 1)
        #expect(told.families["c_total"]?.help == "Help: \(text)")
        #expect(told.value("h_count", ["l": text]) == 1)
    }

    @Test(arguments: [0, 1, -1, 0.1, 1e-9, 1e300, -2.5e-7, 123_456_789, 9e15, .infinity, -.infinity, 1 / 3])
    func `tell every number exactly`(value: Double) throws {
        registry.gauge("g", "").with().set(value)
        #expect(try told().value("g") == value)
    }

    @Test func `may be no number at all`() throws {
        registry.gauge("g", "").with().set(.nan)
        #expect(try told().value("g")?.isNaN == true)
    }

    @Test func `start at zero when they have no labels`() throws {
        _ = registry.counter("c_total", "")
        _ = registry.histogram("h", "")
        _ = registry.counter("labelled_total", "", labels: ["l"])
        let told = try told()
        #expect(told.value("c_total") == 0 && told.value("h_count") == 0)
        #expect(told.families["labelled_total"] != nil && told.samples("labelled_total").isEmpty)
    }

    @Test func `never count backwards`() throws {
        let counter = registry.counter("c_total", "").with()
        counter.increment(by: 5)
        counter.increment(by: -3)
        #expect(counter.value == 5)
    }

    @Test func `sort values into buckets, bounds included`() throws {
        let histogram = registry.histogram("h", "", bounds: [1, 2, 4]).with()
        for value in [-1, 0, 1, 1.5, 2, 3, 4, 5, 100] { histogram.observe(value) }
        for bad in [Double.nan, .infinity, -.infinity] { histogram.observe(bad) }
        let told = try told()
        #expect(["1", "2", "4", "+Inf"].map { told.value("h_bucket", ["le": $0]) } == [3, 5, 7, 9])
        #expect(told.value("h_sum") == 115.5 && told.value("h_count") == 9)
    }

    @Test func `are read when they are asked for`() throws {
        let head = registry.counter("c_total", "").with()
        registry.gauge("lag", "") { Double(head.value) * 2 }
        registry.gauge("unknown", "") { nil }
        registry.gauges("parked", "", labels: ["stream"]) { [(["a"], 1), (["b"], 2), (["a"], 3), (["x", "y"], 4)] }
        head.increment(by: 21)
        let told = try told()
        #expect(told.value("lag") == 42)
        #expect(told.samples("unknown").isEmpty)
        #expect(told.samples("parked").map(\.value) == [1, 2])
    }

    @Test func `are the same when they are asked for again`() throws {
        registry.counter("c_total", "help", labels: ["l"]).with("a").increment()
        registry.counter("c_total", "help", labels: ["l"]).with("a").increment()
        #expect(try told().value("c_total", ["l": "a"]) == 2)
    }

    @Test func `cannot be made to fill the memory`() throws {
        let counter = registry.counter("c_total", "", labels: ["path", "status"])
        for number in 0..<5000 { counter.with("/\(number)", "404").increment() }
        counter.with("/0", "404").increment()
        registry.gauges("g", "", labels: ["l"]) { (0..<5000).map { (["\($0)"], 1) } }
        let told = try told()
        #expect(told.samples("c_total").count == 1000 && told.samples("g").count == 1000)
        #expect(told.samples("c_total").map(\.value).reduce(0, +) == 5001)
        #expect(told.value("c_total", ["path": "/0", "status": "404"]) == 2)
        #expect(told.value("c_total", ["path": "other", "status": "other"]) == 4001)
    }

    @Test func `hold when many count and read at once`() async throws {
        let counter = registry.counter("c_total", "", labels: ["task"]), gauge = registry.gauge("g", "").with()
        let histogram = registry.histogram("h", "", bounds: [10, 100]).with()
        let registry = registry
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for step in 0..<1000 {
                        counter.with("\(task % 2)").increment()
                        gauge.add(step.isMultiple(of: 2) ? 1 : -1)
                        histogram.observe(Double(step))
                    }
                }
            }
            group.addTask { for _ in 0..<20 { _ = try Exposition(registry.render()) } }
            try await group.waitForAll()
        }
        let told = try told()
        #expect(told.value("c_total", ["task": "0"]) == 4000 && told.value("c_total", ["task": "1"]) == 4000)
        #expect(told.value("g") == 0 && told.value("h_count") == 8000)
        #expect(told.value("h_bucket", ["le": "10"]) == 88)
    }
}
