import CondaPackaging
import CondaSolving
import Testing

/// Packages with more records than channels have of any.
@Suite struct ManyRecordsTests {
    private static let played: [PlayedRecord] = {
        var records = (0..<10_000).map { number in
            PlayedRecord(
                text: "lib \(number / 100).\(number % 10) h\(number)_\(number % 100)", depends: ["base >=\(number / 100)"],
                number: UInt64(number % 100))
        }
        records.append(PlayedRecord(text: "base 50.5"))
        records.append(PlayedRecord(text: "app 1", depends: ["lib"]))
        return records
    }()

    @Test func theBestOfTenThousand() throws {
        // Of 100 versions the newest that `base` allows, of its builds the highest.
        #expect(try PlayedChannels(Self.played).solve(["app"]) == ["app=1=0", "base=50.5=0", "lib=50.9=h5099_99"])
    }

    @Test func noneOfTenThousand() throws {
        #expect(try PlayedChannels(Self.played).solve(["app", "lib >=51"]) == nil)
        #expect(try PlayedChannels(Self.played).solve(["app", "base <0.5"]) == nil)
    }
}
