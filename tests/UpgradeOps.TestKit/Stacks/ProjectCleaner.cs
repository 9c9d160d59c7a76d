namespace UpgradeOps.TestKit;

/// <summary>Removes everything in the engine that carries a compose project's label, also what Compose would not find any more, and what holds images for an application of its name.</summary>
public static class ProjectCleaner
{
    /// <param name="dockerHost">As in <c>DOCKER_HOST</c>; null for the machine's engine.</param>
    public static async Task RemoveAsync(string project, string? dockerHost = null)
    {
        string[] engine = dockerHost is null ? [] : ["--host", dockerHost];
        var own = $"com.docker.compose.project={project}";
        foreach (var label in (string[])[own, $"upgradeops.app={project}"])
            await RemoveAsync(label, [.. engine, "container", "ls", "--all"], [.. engine, "container", "rm", "--force", "--volumes"]);
        await RemoveAsync(own, [.. engine, "volume", "ls"], [.. engine, "volume", "rm", "--force"]);
        await RemoveAsync(own, [.. engine, "network", "ls"], [.. engine, "network", "rm"]);
    }

    private static async Task RemoveAsync(string label, string[] list, string[] remove)
    {
        var found = await Command.OutputAsync("docker", [.. list, "--quiet", "--filter", $"label={label}"]);
        var ids = found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (ids.Length > 0)
            await Command.OutputAsync("docker", [.. remove, .. ids]);
    }
}
