import Domain
import Testing

/// The checker of the other tests, checked.
@Suite("The schema checker")
struct SchemaCheckerTests {
    static let schema = """
        {"type": "object", "required": ["a"], "additionalProperties": false, "minProperties": 1, "properties": {
          "a": {"type": "string", "minLength": 2, "maxLength": 3, "pattern": "^[xy]"},
          "b": {"type": ["integer", "null"]}, "c": {"const": true}, "d": {"enum": ["p", "q"]},
          "e": {"type": "string", "format": "date-time"}}}
        """

    @Test(arguments: [
        #"{"a": "xy"}"#, #"{"a": "yyy", "b": 3, "c": true, "d": "q", "e": "2026-11-21T12:00:00Z"}"#,
        #"{"a": "xü", "b": null}"#,
    ])
    func `takes what the schema takes`(text: String) throws {
        #expect(try SchemaChecker.violations(try JSONParser.parse(text), try JSONParser.parse(Self.schema)) == [])
    }

    @Test(arguments: [
        ("[]", 1), ("{}", 2), (#"{"b": 1}"#, 1), (#"{"a": "xy", "z": 1}"#, 1), (#"{"a": 1}"#, 1), (#"{"a": "x"}"#, 1),
        (#"{"a": "xxxx"}"#, 1), (#"{"a": "zz"}"#, 1), (#"{"a": "z"}"#, 2), (#"{"a": "xy", "b": 1.5}"#, 1),
        (#"{"a": "xy", "c": false}"#, 1), (#"{"a": "xy", "d": "r"}"#, 1), (#"{"a": "xy", "e": "noon"}"#, 1),
    ])
    func `names every violation`(text: String, count: Int) throws {
        let violations = try SchemaChecker.violations(try JSONParser.parse(text), try JSONParser.parse(Self.schema))
        #expect(violations.count == count, "\(violations)")
    }

    @Test func `does not pass over a keyword that it does not know`() throws {
        #expect(throws: Missing.self) { try SchemaChecker.violations(.null, try JSONParser.parse(#"{"oneOf": []}"#)) }
    }
}
