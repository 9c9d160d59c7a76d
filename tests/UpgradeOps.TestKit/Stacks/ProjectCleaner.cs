namespace UpgradeOps.TestKit;

/// <summary>Removes everything in the engine that carries a compose project's label, also what Compose would not find any more.</summary>
public static class ProjectCleaner
{
    /// <param name="dockerHost">As in <c>DOCKER_HOST</c>; null for the machine's engine.</param>
    public static async Task RemoveAsync(string project, string? dockerHost = null)
    {
        string[] engine = dockerHost is null ? [] : ["--host", dockerHost];
        await RemoveAsync(project, [.. engine, "container", "ls", "--all"], [.. engine, "container", "rm", "--force", "--volumes"]);
        await RemoveAsync(project, [.. engine, "volume", "ls"], [.. engine, "volume", "rm", "--force"]);
        await RemoveAsync(project, [.. engine, "network", "ls"], [.. engine, "network", "rm"]);
    }

    private static async Task RemoveAsync(string project, string[] list, string[] remove)
    {
        var found = await Command.OutputAsync("docker", [.. list, "--quiet", "--filter", $"label=com.docker.compose.project={project}"]);
        var ids = found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (ids.Length > 0)
            await Command.OutputAsync("docker", [.. remove, .. ids]);
    }
}
