namespace UpgradeOps.TestKit;

/// <summary>Removes everything in the engine that carries a compose project's label, also what Compose would not find any more.</summary>
public static class ProjectCleaner
{
    public static async Task RemoveAsync(string project)
    {
        await RemoveAsync(project, ["container", "ls", "--all"], ["container", "rm", "--force", "--volumes"]);
        await RemoveAsync(project, ["volume", "ls"], ["volume", "rm", "--force"]);
        await RemoveAsync(project, ["network", "ls"], ["network", "rm"]);
    }

    private static async Task RemoveAsync(string project, string[] list, string[] remove)
    {
        var found = await Command.OutputAsync("docker", [.. list, "--quiet", "--filter", $"label=com.docker.compose.project={project}"]);
        var ids = found.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (ids.Length > 0)
            await Command.OutputAsync("docker", [.. remove, .. ids]);
    }
}
