import ArgumentParser

/// Our own side of the benchmarks: each subcommand makes one run and prints one JSON line. `bench.py` drives them.
@main
struct Benchmarks: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "BotControlBenchmarks",
        subcommands: [
            AppendRun.self, RebuildRun.self, ModerateRun.self, Prepare.self, FloorServer.self, ConvergeRun.self,
            ColdStart.self, VerifyRun.self, AsOfRun.self, ChatRun.self, KillRun.self, KillAcrossRun.self,
            ConnectionsRun.self,
        ])
}
