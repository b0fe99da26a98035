import Testing

/// Channels of this machine, resolved with the words that a person reads where there is no answer.
@Suite struct CondaResolverTests {
    private let channels: ChannelTables

    init() throws { channels = try ChannelTables() }

    @Test func fromAChannelOfThisMachine() async throws {
        let main = try channels.channel("main", "python 3.12.1\nnumpy 2.0 py312: python >=3.12,<3.13")
        #expect(try await channels.resolve(ChannelTables.Wish([main], ["numpy"])) == [
            "numpy 2.0 main/linux-64/numpy-2.0-py312.conda", "python 3.12.1 main/linux-64/python-3.12.1-0.conda",
        ])
    }
}
