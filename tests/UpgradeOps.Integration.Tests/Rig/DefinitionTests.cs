using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Integration.Rig;

/// <summary>What the rig writes is what the engine reads.</summary>
public sealed class DefinitionTests
{
    [Theory]
    [InlineData(DatabaseKind.None, true)]
    [InlineData(DatabaseKind.Postgres, true)]
    [InlineData(DatabaseKind.Postgres, false)]
    [InlineData(DatabaseKind.MariaDb, true)]
    public async Task The_engine_reads_an_installations_definition_and_finds_its_secrets(DatabaseKind database, bool odd)
    {
        Needs.Stack();
        await using var registry = await RegistryServer.StartAsync(new RegistryOptions { Auth = RegistryAuth.Basic, Tls = true });
        await using var stack = await KmpStack.CreateAsync(new TestImages(registry), new KmpStackOptions { Database = database, OddEnvFile = odd });

        var definition = await DefinitionLoader.LoadAsync(stack.DefinitionPath, TestContext.Current.CancellationToken);
        Assert.Equal(stack.Project, definition.Name);
        var secrets = SecretResolver.For(definition, new LocalFiles(), new EngineOptions(), new Redaction());
        Assert.Equal(registry.Options.Password, await secrets.ResolveAsync(definition.Releases.Password!, default));
        foreach (var main in definition.Databases.Values)
            Assert.Equal(stack.Options.DatabasePassword, await secrets.ResolveAsync(main.Password!, default));
    }
}
