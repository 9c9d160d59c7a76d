using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Integration.Compose;

/// <summary>What a test compares: everything of an installation that an update may touch and an undo must put back.</summary>
internal sealed record World(string Containers, string Env, string ComposeFile, string Tags)
{
    private static readonly DockerClient Docker = new(DockerEndpoint.FromEnvironment(Environment.GetEnvironmentVariable), TimeProvider.System);

    public static async Task<World> LookAsync(KmpStack stack, params string[] tags)
    {
        var containers = new List<string>();
        foreach (var found in await Docker.ListContainersAsync([$"com.docker.compose.project={stack.Project}"], default))
        {
            var c = (await Docker.InspectContainerAsync(found.Id, default))!;
            containers.Add($"{c.DisplayName} {c.Id[..12]} {c.Image[..15]} {c.State.Status} {c.HostConfig.RestartPolicy?.Name}");
        }

        var pointing = new List<string>();
        foreach (var tag in tags)
            pointing.Add($"{tag} {(await Docker.InspectImageAsync($"{stack.Images.Repository}:{tag}", default))?.Id[..15]}");
        return new World(
            string.Join('\n', containers.Order()),
            Convert.ToHexString(await File.ReadAllBytesAsync(stack.EnvFile)),
            Convert.ToHexString(await File.ReadAllBytesAsync(stack.ComposeFile)),
            string.Join('\n', pointing));
    }

    /// <summary>What a plain <c>docker compose up --detach</c> does to the containers: nothing, when it accepts them.</summary>
    public static async Task<(string Before, string After)> UpAsync(KmpStack stack)
    {
        var before = (await LookAsync(stack)).Containers;
        (await stack.ComposeAsync("up", "--detach")).Expect("docker compose up");
        return (before, (await LookAsync(stack)).Containers);
    }
}
