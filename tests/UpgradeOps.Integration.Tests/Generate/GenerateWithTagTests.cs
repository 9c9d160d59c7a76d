using System.Text.RegularExpressions;
using UpgradeOps.Integration.Updates;

namespace UpgradeOps.Integration.Generate;

/// <summary>Values that are made in the very <c>.env</c> file in which the update writes the image's tag, on the real engine.</summary>
public sealed class GenerateWithTagTests(RegistryFixture registry) : IClassFixture<RegistryFixture>
{
    [Fact]
    public async Task The_tag_goes_forward_and_back_and_the_value_stays()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images);
        await File.AppendAllTextAsync(stack.DefinitionPath, "\ngenerate: [ { variable: KMP_TOKEN, random: base64 } ]\n");
        await File.WriteAllTextAsync(stack.ComposeFile, (await File.ReadAllTextAsync(stack.ComposeFile)).Replace("volumes: [\"kmp-uploads:/data\"]", "volumes: [\"kmp-uploads:/data\"]\n    environment: { KMP_TOKEN: \"${KMP_TOKEN:?}\" }", StringComparison.Ordinal));
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var before = await File.ReadAllTextAsync(stack.EnvFile);

        // It never gets healthy: the tag goes back, and nobody is said to have edited the file.
        var failed = await admin.UpdateAsync(name, version: "v1.2.0");
        Assert.True(failed.Status == UpdateStatus.Undone && failed.Findings.All(f => f.ErrorId != ErrorIds.ConfigurationEdited), Outcomes.Describe(failed));
        var made = await File.ReadAllTextAsync(stack.EnvFile);
        Assert.Matches(@"\A" + Regex.Escape(before) + @"(\r?\n)?KMP_TOKEN=[A-Za-z0-9+/]{43}=\r?\n\z", made);

        var kept = await admin.UpdateAsync(name, version: "v1.1.0");
        Assert.True(kept.Status == UpdateStatus.Kept && kept.Findings.All(f => f.ErrorId != ErrorIds.ConfigurationEdited), Outcomes.Describe(kept));
        Assert.Equal(made.Replace("KMP_IMAGE_TAG=v1.0.0 ", "KMP_IMAGE_TAG=v1.1.0 ", StringComparison.Ordinal), await File.ReadAllTextAsync(stack.EnvFile));
        Assert.Contains(made[(made.IndexOf("KMP_TOKEN=", StringComparison.Ordinal) + 10)..].Trim(), await Command.OutputAsync("docker", "inspect", await stack.ContainerAsync()));
    }

    [Fact]
    public async Task Made_and_kept_in_one_update()
    {
        Needs.Stack();
        await using var stack = await KmpStack.StartAsync(registry.Images);
        await File.AppendAllTextAsync(stack.DefinitionPath, "\ngenerate: [ { variable: KMP_TOKEN, random: hex } ]\n");
        using var admin = new Admin();
        var name = await admin.RegisterAsync(stack);
        var kept = await admin.UpdateAsync(name, version: "v1.1.0");
        Assert.True(kept.Status == UpdateStatus.Kept && kept.Findings.All(f => f.ErrorId != ErrorIds.ConfigurationEdited), Outcomes.Describe(kept));
        Assert.Matches(@"(?s)KMP_IMAGE_TAG=v1\.1\.0 .*\nKMP_TOKEN=[0-9a-f]{64}\r?\n\z", await File.ReadAllTextAsync(stack.EnvFile));
        var undone = await admin.UndoAsync(name);
        Assert.True(undone.Status == UpdateStatus.Kept, Outcomes.Describe(undone));
        Assert.Matches(@"(?s)KMP_IMAGE_TAG=v1\.0\.0 .*\nKMP_TOKEN=[0-9a-f]{64}\r?\n\z", await File.ReadAllTextAsync(stack.EnvFile));
    }
}
