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

    @Test(arguments: [
        ("x = secret", "config, line 1: stands before the first section"),
        ("[default]\nsecret", "config, line 2: must be 'name = value'"),
        ("[default", "config, line 1: a section must end with ']'"),
    ]) func whatIsWrongIsNamedWithoutItsText(_ text: String, _ message: String) throws {
        let error = try #require(throws: ObjectStoreError.self) { try ProfileFile(text: text, path: "config") }
        #expect("\(error)".hasPrefix(message))
        #expect(!"\(error)".contains("secret"))
    }
}
