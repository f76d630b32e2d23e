import Testing

@testable import ObjectStore

@Suite struct ObjectURLTests {
    @Test func bucketAndKeyAreTakenApart() throws {
        let place = try ObjectURL("s3://models/har/cnn/latest.json")
        #expect(place.bucket == "models" && place.key == "har/cnn/latest.json" && place.name == "latest.json")
        #expect("\(place)" == "s3://models/har/cnn/latest.json")
        #expect("\(place.sibling("x/y"))" == "s3://models/har/cnn/x/y")
        #expect("\(try ObjectURL("s3://models").appending("cnn"))" == "s3://models/cnn")
        #expect(try ObjectURL("s3://models/har/") == ObjectURL("s3://models/har"))
        #expect(try ObjectURL("s3://models/") == ObjectURL("s3://models"))
        #expect(try ObjectURL("s3://models/a b/ü").key == "a b/ü")
    }

    @Test(arguments: [
        ("models/har", "must begin with s3://"), ("S3://models/har", "must begin with s3://"), ("s3://", "the bucket must have"),
        ("s3://ab/x", "the bucket must have"), ("s3://-abc/x", "the bucket must have"),
        ("s3://mo dels/x", "the bucket must have"),
        ("s3://models@host/x", "the bucket must have"), ("s3://models/a//b", "no segment that is empty"),
        ("s3://models/../b", "no segment that is empty"), ("s3://models/a/.", "no segment that is empty"),
        // As characters, "/" and "." with a mark after them are others; as bytes, which every server and file system reads, they are not.
        ("s3://models/a/\u{301}/../b", "no segment that is empty"), ("s3://models/a/../\u{301}b", "no segment that is empty"),
        ("s3://models/\u{301}a/..", "no segment that is empty"), ("s3:/\u{301}/models/a", "must begin with s3://"),
        ("s3://models\u{301}/a", "the bucket must have"), ("s3://\u{212A}eys/a", "the bucket must have"),
        ("s3://models//", "no segment that is empty"), ("s3://models/a\nb", "no control characters"),
        ("s3://models/" + String(repeating: "k", count: 1025), "longer than 1024 bytes"),
    ]) func whatIsNoPlaceIsRefused(_ text: String, _ reason: String) throws {
        let error = try #require(throws: ObjectStoreError.self) { try ObjectURL(text) }
        #expect(error.reason.contains(reason), "\(error)")
    }

    @Test func namesAreThoseOfTheBytes() throws {
        #expect(try ObjectURL("s3://models/a/\u{301}b").name.unicodeScalars.elementsEqual("\u{301}b".unicodeScalars))
        #expect(try "\(ObjectURL("s3://models/a/\u{301}b").sibling("x"))" == "s3://models/a/x")
    }

    @Test func whatIsMeantAsAPlaceIsNoFile() {
        #expect(ObjectURL.isMeant(by: "s3://x") && ObjectURL.isMeant(by: "S3://") && ObjectURL.isMeant(by: "s3://\u{301}"))
        #expect(!ObjectURL.isMeant(by: "s3/x") && !ObjectURL.isMeant(by: "./s3://x"))
    }
}
