using UpgradeOps.TestKit.Commands;

const string Usage = """
    usage: upgradeops-testkit kmp up [--db none|postgres|mariadb] [--tag v1.0.0] [--bake 1s] [--db-interval 500ms] [--json]
           upgradeops-testkit kmp publish <id> <version> [--tags a,b] [--like v1.1.0] [--behaviour healthy|unhealthy|exits|silent] [--build 2]
           upgradeops-testkit kmp list
           upgradeops-testkit kmp down <id>
    """;

var arguments = new Arguments(args);
try
{
    if (arguments.Word("kmp") != "kmp")
        throw new ArgumentException("only kmp is known");
    await KmpCommand.RunAsync(arguments);
    return 0;
}
catch (ArgumentException e)
{
    await Console.Error.WriteLineAsync($"{e.Message}\n{Usage}");
    return 2;
}
