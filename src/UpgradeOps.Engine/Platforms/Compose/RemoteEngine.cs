using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Hosts;
using UpgradeOps.Engine.Hosts.Ssh;

namespace UpgradeOps.Engine.Platforms.Compose;

/// <summary>
/// The Docker Engine of an SSH host, as the <c>docker</c> command over there reaches it: its own environment and context decide which one that is. Every
/// connection is a <c>docker system dial-stdio</c>.
/// </summary>
internal static class RemoteEngine
{
    private static readonly HostCommand Dial = new("docker", "system", "dial-stdio");

    public static DockerEndpoint On(SshHost host)
    {
        var reached = false;
        return new DockerEndpoint(
            host.Address,
            async token =>
            {
                if (!reached)
                    await CheckAsync(host, token).ConfigureAwait(false);
                reached = true;
                var pipe = await SshPipe.OpenAsync(host, Dial, token).ConfigureAwait(false);
                return DockerConnection.Of(pipe, end => new ValueTask(pipe.EndInputAsync(end)));
            })
        {
            IsElsewhere = true,
        };
    }

    /// <summary>Whether it can be used: without any input it connects, and ends.</summary>
    private static async Task CheckAsync(SshHost host, CancellationToken cancellationToken)
    {
        CommandResult result;
        try
        {
            result = await host.RunAsync(Dial with { IsQuestion = true }, cancellationToken).ConfigureAwait(false);
        }
        catch (AppException e) when (e.ErrorId == ErrorIds.HostCommandMissing)
        {
            throw new AppException(ErrorIds.EngineUnreachable, $"There is no docker command on {host.Address}.", host.Address, "Install Docker there, or put it on the PATH of a login without a terminal.", e);
        }

        if (result.Succeeded)
            return;
        var said = result.Error.Trim();
        if (said.Contains("permission denied", StringComparison.OrdinalIgnoreCase))
            throw new AppException(ErrorIds.EngineForbidden, $"The user of {host.Address} may not use the Docker Engine there: {said}", host.Address, "Add the user to the docker group there, or log in as one who is in it.");
        throw new AppException(ErrorIds.EngineUnreachable, $"No Docker Engine answers on {host.Address}: {said}", host.Address);
    }
}
