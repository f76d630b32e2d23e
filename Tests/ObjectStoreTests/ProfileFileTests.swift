import Testing

@testable import ObjectStore

@Suite struct ProfileFileTests {
    @Test func sectionsNamesAndValues() throws {
        let text = """
            # a comment
            [default]
            aws_access_key_id=AKIA1
            AWS_Secret_Access_Key = a=b/c+d
            ; another

            [profile edge]
            s3 =
              addressing_style = path
              max_bandwidth = 5MB/s
            region = eu-west-1
            empty =
            """
        let file = try ProfileFile(text: text, path: "config")
        #expect(file["default"] == ["aws_access_key_id": "AKIA1", "aws_secret_access_key": "a=b/c+d"])
        #expect(
            file["profile edge"] == [
                "s3": "", "s3.addressing_style": "path", "s3.max_bandwidth": "5MB/s", "region": "eu-west-1", "empty": "",
            ])
        #expect(file["edge"] == nil)
        #expect(try ProfileFile(text: text.replacing("\n", with: "\r\n"), path: "config")["default"]?.count == 2)
    }

    /// What switches profiles off.
    @Test func theNullDeviceHasNone() throws {
        #expect(try ProfileFile(reading: "/dev/null")["default"] == nil)
        #expect(throws: ObjectStoreError.self) { try ProfileFile(reading: "/dev/zero") }
    }

    /// Each as botocore reads it.
    @Test(arguments: [
        ("[default] # mine\nregion=x", ["region": "x"]), ("[default]\nregion: eu-west-1", ["region": "eu-west-1"]),
        ("[default]\n  region = a\n  output = b", ["region": "a", "output": "b"]),
        ("\u{FEFF}[default]\nregion = a", ["region": "a"]),
        (
            "[default]\ns3 =\n\n    # a comment\n    addressing_style = path\nregion = a",
            ["s3": "", "s3.addressing_style": "path", "region": "a"]
        ),
        ("[default]\ns3 =\n  a = b=c\n  d = e", ["s3": "", "s3.a": "b=c", "s3.d": "e"]),
        ("[default]\nregion = a\n  b\noutput = c", ["region": "a\nb", "output": "c"]),
        ("[DEFAULT]\nregion = a\noutput = b\n[default]\noutput = c", ["region": "a", "output": "c"]),
        ("[default]\rregion = a\r", ["region": "a"]), ("[default]\nregion = a\u{2028}b", ["region": "a\u{2028}b"]),
        ("[default]\n#\u{301} a comment\nregion = a", ["region": "a"]),
        ("[default]\nregion =\u{301}a", ["region": "\u{301}a"]),
    ]) func theFormsOfBotocore(_ text: String, _ values: [String: String]) throws {
        #expect(try ProfileFile(text: text, path: "config")["default"] == values)
    }

    @Test(arguments: ["profile edge", "profile   edge", "profile\tedge", "profile \"edge\"", "profile 'edge'"])
    func aProfileIsNamedInManyWays(_ section: String) throws {
        let file = try ProfileFile(text: "[\(section)]\nregion = a\n", path: "config")
        #expect(file.section("profile", "edge") == ["region": "a"])
        #expect(file.section("profile", "profile edge") == nil)
    }

    @Test(arguments: [
        ("[default]\ns3 =\n  secret", "config, line 3: must be 'name = value'"),
        ("[default]\n= secret", "config, line 2: must be 'name = value'"),
        ("x = secret", "config, line 1: stands before the first section"),
        ("[default]\nsecret", "config, line 2: must be 'name = value'"),
        ("[default", "config, line 1: a section must end with ']'"),
    ]) func whatIsWrongIsNamedWithoutItsText(_ text: String, _ message: String) throws {
        let error = try #require(throws: ObjectStoreError.self) { try ProfileFile(text: text, path: "config") }
        #expect("\(error)".hasPrefix(message))
        #expect(!"\(error)".contains("secret"))
    }
}
