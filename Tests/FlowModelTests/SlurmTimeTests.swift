import FlowModel
import Testing

/// Time limits as Slurm writes them.
@Suite struct SlurmTimeTests {
    @Test(arguments: [
        ("1", 60), ("90", 5400), ("0:30", 30), ("1:30", 90), ("1:30:00", 5400), ("100:00:00", 360_000), ("2-0", 172_800), ("1-12", 129_600),
        ("0-0:5", 300), ("1-2:3:4", 93_784), ("0-0:0:1", 1),
    ] as [(String, Int)])
    func times(text: String, seconds: Int) {
        #expect(SlurmTime.parse(text) == .seconds(seconds))
    }

    @Test(arguments: [
        "", "0", "0:00", "-5", "1.5", "1:2:3:4", "1-", "-1:00", "1-2-3", "1-2:3:4:5", "UNLIMITED", "1h", " 5", "12345678", "9999999-0", "١", "1::2", "+1",
    ])
    func others(text: String) {
        #expect(SlurmTime.parse(text) == nil)
    }

    @Test(arguments: [
        (Duration.seconds(1), "0-00:00:01"), (.milliseconds(59_001), "0-00:01:00"), (.seconds(93_784), "1-02:03:04"), (.zero, "0-00:00:01"),
    ] as [(Duration, String)])
    func texts(limit: Duration, text: String) {
        #expect(SlurmTime.text(limit) == text)
    }
}
