using UpgradeOps.Cli.CommandLine;

namespace UpgradeOps.Cli;

internal static class Program
{
    public static Task<int> Main(string[] args) => CommandLineRunner.RunAsync(args);
}
