using UpgradeOps.Cli.CommandLine;

namespace UpgradeOps.Cli.Commands;

internal sealed class SchemaCommand() : VerbCommand("schema", "Writes the JSON Schema of definitions, for editors.")
{
    public override async Task<int> RunAsync(Verb verb)
    {
        await using var schema = typeof(SchemaCommand).Assembly.GetManifestResourceStream("upgradeops.v1.json")!;
        using var reader = new StreamReader(schema);
        Console.Out.Write(await reader.ReadToEndAsync(verb.Stop));
        return ExitCodes.Ok;
    }
}
