using UpgradeOps.Engine.Apps.Definition.Reading;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Engine.Apps.Definition.Binding;

/// <summary>Turns a whole definition into its record.</summary>
internal static class AppBinding
{
    public const string Schema = "upgradeops/v1";

    private const string Local = "local";

    public static AppDefinition Bind(Section root, string file)
    {
        var folder = Path.GetDirectoryName(file)!;
        CheckSchema(root);
        var host = Host(root);
        var paths = new FolderPath(folder, host != Local);
        var platform = PlatformBinding.Bind(root, paths);
        var directory = platform.Compose is null && platform.Service is null ? folder : platform.Directory;
        var databases = DataBinding.Databases(root);
        var definition = new AppDefinition
        {
            Name = root.RequiredText("name", TextRule.AppName, "Give the application a name, such as 'name: kmp'."),
            Host = host,
            Platform = platform,
            Releases = ReleasesBinding.Bind(root, paths),
            Databases = databases,
            Health = HealthBinding.Bind(root),
            Smoke = SmokeBinding.Bind(root, directory, databases),
            Backups = DataBinding.Backups(root),
            Quiesce = DataBinding.Quiesce(root),
            Prove = DataBinding.Prove(root),
            Retention = DataBinding.Retention(root),
            Migrations = DataBinding.Migrations(root),
            Strategy = root.Choice("strategy", "recreate", ["recreate"], "rolling", "blue-green", "canary"),
            Bake = root.Time("bake", TimeSpan.Zero, TimeSpan.Zero, TimeSpan.FromDays(1)),
            HealthTimeout = root.Time("healthTimeout", TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(1), TimeSpan.FromHours(6)),
            OnFailureData = DataBinding.OnFailure(root),
            Generate = GenerateBinding.Bind(root),
            Rehearse = RehearseBinding.Bind(root),
            State = StateBinding.Bind(root, paths, directory, host),
            Store = StoreBinding.Bind(root, directory, host),
            Path = file,
        };
        Agreement.Check(definition, root);
        GenerateBinding.Check(definition, root);
        RehearseBinding.Check(definition, root);
        return definition;
    }

    private static void CheckSchema(Section root)
    {
        if (!root.Has("schema"))
            root.Missing("schema", $"Begin with 'schema: {Schema}'.");
        else if (root.Text("schema") is { } schema && schema != Schema)
            root.Wrong("schema", $"this version does not know the format '{schema}'", $"Write 'schema: {Schema}', or use the newer UpgradeOps that this file was made for.");
    }

    private static string Host(Section root)
    {
        if (root.Text("host") is not { } host || host == Local)
            return Local;
        if (SshAddress.Parse(host) is { } address)
            return address.ToString();
        if (host.StartsWith("ssh://", StringComparison.Ordinal))
            root.Wrong("host", $"'{host}' {TextRule.SshServer.Complaint}", TextRule.SshServer.Fix);
        else
            root.Wrong("host", $"'{host}' is not known here", "Use local, or ssh://user@host:port.");
        return Local;
    }
}
