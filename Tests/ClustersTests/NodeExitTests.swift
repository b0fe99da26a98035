import Clusters
import Diagnostics
import Testing

@Suite struct NodeExitTests {
    @Test(arguments: 91...96) func everyCodeHasAWord(_ code: Int32) {
        #expect(NodeExit.sentence(code) != nil)
    }

    @Test func otherCodesAreTheTasksOwn() {
        for code: Int32 in [0, 1, 90, 98, 137, 143] { #expect(NodeExit.sentence(code) == nil) }
    }
}
