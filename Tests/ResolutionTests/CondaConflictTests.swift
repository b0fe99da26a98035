import CondaPackaging
import CondaSolving
import Resolution
import Testing

/// Refusals of conda packages word for word, in the form that those of projects have. Read them aloud when they change.
@Suite("Refusals of conda packages in words")
struct CondaConflictTests {
    struct Golden: Sendable, CustomTestStringConvertible {
        let name: String
        var main = table
        var later: String?
        let asked: [String]
        var constraints: [String] = []
        var virtual = ["__glibc=2.35", "__linux=5.15", "__unix=0"]
        var excludeNewer: Int64?
        let text: String
        var testDescription: String { name }
    }

    static let table = """
        python 3.12.1
        python 3.11.7
        python 3.8.20
        numpy 2.0 py312: python >=3.12,<3.13.0a0
        numpy 2.0 py311: python >=3.11,<3.12.0a0
        numpy 1.26.4 py311: python >=3.11,<3.12.0a0
        numpy 1.26.0 py311: python >=3.11,<3.12.0a0
        pandas 2.2: numpy >=1.26,<2.0a0 | python >=3.11,<3.12.0a0
        pandas 1.5: numpy <1.25 | python
        new 1.0: __glibc >=2.40
        gpu 1.0: __cuda >=12
        mac 1.0: __osx >=11
        sole 1.0: gone >=3
        odd 1.0: what [
        keeper 1.0 (constrains numpy <2.0a0)
        scikit-learn 1.5: numpy
        pytorch 2.4 cuda: cuda-version >=12.4,<13 | numpy >=2
        cuda-version 12.4 (constrains __cuda >=12)
        cuda-version 11.8 (constrains __cuda >=11)
        cudatoolkit 11.8: cuda-version 11.8.*
        oldgpu 1.0: cudatoolkit 11.*
        either 2.0: left 2.*|right 1.*
        """

    static let goldens: [Golden] = [
        .init(
            name: "no such version", asked: ["numpy=99"],
            text: """
                There is no numpy=99 for linux-64
                  You asked for numpy=99, but the newest numpy is 2.0.
                help: numpy 2.0 would go with everything else: change numpy=99
                """),
        .init(
            name: "no such version of a series", asked: ["numpy==1.26.9"],
            text: """
                There is no numpy==1.26.9 for linux-64
                  You asked for numpy==1.26.9, but there is no such version (numpy has only 1.26.0, 1.26.4 and 2.0).
                help: the newest numpy 1.26 is 1.26.4
                help: numpy 2.0 would go with everything else: change numpy==1.26.9
                """),
        .init(
            name: "no such build", asked: ["numpy=2.0=py39*"],
            text: """
                There is no numpy=2.0=py39* for linux-64
                  You asked for numpy=2.0=py39*, but there is no such build (numpy 2.0 has py311 and py312).
                help: numpy 2.0 would go with everything else: change numpy=2.0=py39*
                """),
        .init(
            name: "unknown name", asked: ["nunpy"],
            text: """
                nunpy is not in the channel main
                  You asked for nunpy, which the channel main does not have for linux-64.
                help: did you mean numpy?
                """),
        .init(
            name: "a name that is imported", asked: ["sklearn"],
            text: """
                sklearn is not in the channel main
                  You asked for sklearn, which the channel main does not have for linux-64.
                help: sklearn is what is imported; the package is called scikit-learn
                """),
        .init(
            name: "another name than in indexes", asked: ["torch"],
            text: """
                torch is not in the channel main
                  You asked for torch, which the channel main does not have for linux-64.
                help: conda's package of torch is called pytorch
                """),
        .init(
            name: "unknown further down", asked: ["sole"],
            text: """
                sole cannot be installed: it needs gone, which is not in the channel main
                  You asked for sole, but sole 1.0 needs gone >=3, which the channel main does not have for linux-64.
                help: check the spelling of gone, or name a channel that has it: CHANNEL::gone
                """),
        .init(
            name: "a demand against a dependency", asked: ["pandas=2.2", "python=3.12"],
            text: """
                pandas=2.2 and python=3.12 do not go together
                  You asked for pandas=2.2 and python=3.12, but pandas 2.2 needs python >=3.11,<3.12.0a0.
                help: python 3.11.7 would go with everything else: change python=3.12
                """),
        .init(
            name: "two demands", asked: ["numpy>=2", "numpy<2"],
            text: """
                numpy>=2 and numpy<2 contradict each other
                  You asked for numpy>=2 and numpy<2.
                help: numpy 1.26.4 would go with everything else: change numpy>=2
                help: numpy 2.0 would go with everything else: change numpy<2
                """),
        .init(
            name: "one demand, all versions", asked: ["pandas", "numpy>=2"],
            text: """
                pandas and numpy>=2 do not go together
                  You asked for pandas and numpy>=2, but all versions of pandas need numpy >=1.26,<2.0a0 or numpy <1.25.
                help: numpy 1.26.4 would go with everything else: change numpy>=2
                """),
        .init(
            name: "C library too old", asked: ["new"],
            text: """
                new cannot be installed: it needs __glibc >=2.40, and the target linux-64 has 2.35
                  1. You asked for new.
                  2. new 1.0 needs __glibc >=2.40, but the target linux-64 has __glibc 2.35.
                help: if the machines that will run this have another __glibc than 2.35, say so with CONDA_OVERRIDE_GLIBC=VERSION
                """),
        .init(
            name: "no CUDA", asked: ["gpu"],
            text: """
                gpu cannot be installed: it needs __cuda, which the target linux-64 does not have
                  You asked for gpu, but gpu 1.0 needs __cuda >=12, which the target linux-64 does not have.
                help: if the machines that will run this have __cuda, say so with CONDA_OVERRIDE_CUDA=VERSION
                """),
        .init(
            name: "another system", asked: ["mac"],
            text: """
                mac cannot be installed: it needs __osx, which the target linux-64 does not have
                  You asked for mac, but mac 1.0 needs __osx >=11, which the target linux-64 does not have.
                help: it is for macOS only
                """),
        .init(
            name: "unreadable dependency", asked: ["odd"],
            text: """
                No version of odd can be used
                  You asked for odd, but odd 1.0 has a dependency that cannot be read: 'what ['.
                """),
        .init(
            name: "goes only with", asked: ["keeper", "numpy>=2"],
            text: """
                keeper and numpy>=2 do not go together
                  You asked for keeper and numpy>=2, but keeper 1.0 goes only with numpy <2.0a0.
                help: numpy 1.26.4 would go with everything else: change numpy>=2
                """),
        .init(
            name: "a chain", asked: ["pytorch", "oldgpu"],
            text: """
                pytorch and oldgpu do not go together
                  1. You asked for pytorch and oldgpu.
                  2. oldgpu 1.0 needs cudatoolkit 11.*, and cudatoolkit 11.8 needs cuda-version 11.8.*.
                  3. pytorch 2.4 needs cuda-version >=12.4,<13.
                """),
        .init(
            name: "CUDA older than the toolkit", asked: ["pytorch"], constraints: [], virtual: ["__glibc=2.35", "__linux=5.15", "__cuda=11.8"],
            text: """
                pytorch cannot be installed
                  1. You asked for pytorch.
                  2. pytorch 2.4 needs cuda-version >=12.4,<13, and cuda-version 12.4 goes only with __cuda >=12.
                  3. The target linux-64 has __cuda 11.8.
                help: if the machines that will run this have another __cuda than 11.8, say so with CONDA_OVERRIDE_CUDA=VERSION
                """),
        .init(
            name: "a constraint", asked: ["pytorch"], constraints: ["numpy <2"],
            text: """
                pytorch and the constraint numpy <2 do not go together
                  1. You asked for pytorch.
                  2. You limited numpy to <2.
                  3. pytorch 2.4 needs numpy >=2.
                help: numpy 2.0 would go with everything else: change the constraint numpy <2
                """),
        .init(
            name: "a later channel", later: "numpy 99.0", asked: ["numpy>=90"],
            text: """
                There is no numpy>=90 for linux-64
                  You asked for numpy>=90, but the newest numpy is 2.0.
                help: the channel later has numpy 99.0, but comes after main: write later::numpy, or put later first
                help: numpy 2.0 would go with everything else: change numpy>=90
                """),
        .init(
            name: "a channel that is not asked", asked: ["conda-forge::numpy"],
            text: """
                There is no conda-forge::numpy: conda-forge is not among the channels
                  You asked for conda-forge::numpy, but conda-forge is not among the channels (main).
                help: add conda-forge to the channels, or leave it out of the spec
                help: main has numpy
                """),
        .init(
            name: "another platform", asked: ["numpy[subdir=osx-64]"],
            text: """
                There is no numpy[subdir=osx-64] for linux-64
                  You asked for numpy[subdir=osx-64], but no record is like that (numpy has only 1.26.0, 1.26.4 and 2.0).
                help: this is resolved for linux-64: leave subdir=osx-64 out, or resolve for that platform
                help: numpy 2.0 would go with everything else: change numpy[subdir=osx-64]
                """),
        .init(
            name: "too new", main: "numpy 2.1 (at 1700000000000)\nnumpy 2.0 (at 1600000000000)", asked: ["numpy>=2.1"],
            excludeNewer: 1_650_000_000_000,
            text: """
                There is no numpy>=2.1 for linux-64
                  You asked for numpy>=2.1, but the newest numpy is 2.0.
                help: numpy 2.1 would do: allow packages that came later
                help: numpy 2.0 would go with everything else: change numpy>=2.1
                """),
        .init(
            name: "everything too new", main: "numpy 2.1 (at 1700000000000)\na 1 (at 1600000000000): numpy", asked: ["a"],
            excludeNewer: 1_650_000_000_000,
            text: """
                a cannot be installed
                  You asked for a, but a 1 needs numpy, of which everything came later than you allow.
                help: numpy 2.1 would do: allow packages that came later
                """),
        .init(
            name: "a condition", main: "python 3.9\npython 3.12\na 1: python | tomli[when=\"python <3.10\"]\nb 1: python 3.9.*", asked: ["a", "b"],
            text: """
                a and b do not go together
                  1. You asked for a and b.
                  2. b 1 needs python 3.9.*.
                  3. a 1 needs tomli when python<3.10, which the channel main does not have for linux-64.
                help: check the spelling of tomli, or name a channel that has it: CHANNEL::tomli
                """),
        .init(
            name: "a condition that holds", main: "python 3.9\ntomli 1: x >=2\nx 1\na 1: python | tomli[when=\"python <3.10\"]", asked: ["a"],
            text: """
                a cannot be installed
                  1. You asked for a.
                  2. a 1 needs python, and a 1 needs tomli when python<3.10.
                  3. tomli 1 needs x >=2, but the newest x is 1.
                """),
        .init(
            name: "two ways, both closed", main: "foo 1: a 1.*|b 1.*\nfoo 2: x 1.* | y 1.*\nfoo 1: a 1.* | b 1.*\na 1: b 2.*\nb 1\nb 2\nx 1: y 2.*\ny 1\ny 2", asked: ["foo"],
            text: """
                foo cannot be installed
                  1. foo 1 cannot be used: foo 1 needs a 1.*, a 1 needs b 2.*, and foo 1 needs b 1.*.
                  2. foo 2 cannot be used: foo 2 needs x 1.*, x 1 needs y 2.*, and foo 2 needs y 1.*.
                  3. You asked for foo, but no version of foo can be used (1, 2).
                """),
        .init(
            name: "builds of one version", main: "m 1 cuda: g\nm 1 cpu: c <2\nc 1\nc 2\ng 1: c <2", asked: ["m", "c>=2"],
            text: """
                m and c>=2 do not go together
                  1. You asked for m and c>=2.
                  2. m 1 (build cpu) needs c <2, m 1 (build cuda) needs g, and g 1 needs c <2.
                help: c 1 would go with everything else: change c>=2
                """),
        .init(
            name: "a channel without it", later: "other 1", asked: ["later::numpy"],
            text: """
                There is no later::numpy for linux-64
                  You asked for later::numpy, which the channel later does not have for linux-64.
                help: main has numpy
                """),
        .init(
            name: "many builds", main: """
                t 2.5 cpu312: python >=3.12,<3.13.0a0 | numpy >=1.26,<3
                t 2.5 cpu311: python >=3.11,<3.12.0a0 | numpy >=1.26,<3
                t 2.5 cuda312: python >=3.12,<3.13.0a0 | __cuda | numpy >=1.26,<3
                t 2.4 cpu312: python >=3.12,<3.13.0a0 | numpy >=1.26,<2
                t 2.4 cpu311: python >=3.11,<3.12.0a0 | numpy >=1.26,<2
                t 2.3 cpu311: python >=3.11,<3.12.0a0 | numpy >=1.22,<2
                python 3.13.1
                python 3.12.4
                python 3.11.9
                numpy 2.1
                numpy 1.26
                """, asked: ["t", "python>=3.13"],
            text: """
                t and python>=3.13 do not go together
                  You asked for t and python>=3.13, but all versions of t need python >=3.12,<3.13.0a0 or python >=3.11,<3.12.0a0.
                help: python 3.12.4 would go with everything else: change python>=3.13
                """),
        .init(
            name: "a group of dependencies", main: "a 1 (extra plot mat >=3)\nmat 2", asked: ["a[extras=[plot]]"],
            text: """
                a[extras=[plot]] cannot be installed
                  1. You asked for a[extras=[plot]].
                  2. a[plot] 1 needs mat >=3, but the newest mat is 2.
                """),
    ]

    @Test("golden texts", arguments: goldens)
    func golden(_ golden: Golden) async throws {
        let channels = try ChannelTables()
        var wish = ChannelTables.Wish([try channels.channel("main", golden.main)], golden.asked)
        if let later = golden.later { wish.channels.append(try channels.channel("later", later)) }
        wish.constraints = golden.constraints
        wish.virtual = golden.virtual
        wish.options.excludeNewer = golden.excludeNewer
        #expect(try await channels.words(wish) == golden.text)
    }
}
