import Glibc
import Platform
import Testing

@Suite struct EnvironmentTests {
    @Test func aVariableThatIsEmptyCountsAsUnset() {
        // A name that nothing else reads.
        let name = "HARTRAIN_TEST_\(getpid())"
        #expect(Environment.value(name) == nil)
        unsafe setenv(name, "", 1)
        #expect(Environment.value(name) == nil)
        unsafe setenv(name, "a b", 1)
        #expect(Environment.value(name) == "a b")
        unsafe unsetenv(name)
        #expect(Environment.value(name) == nil)
    }
}
