namespace UpgradeOps.Engine.Platforms.Service.Supervisors;

internal static class SupervisorActions
{
    /// <summary>
    /// Makes the application run from this release folder, whatever runs now. A launch that a killed process left behind may come
    /// up between looking and starting; it is stopped like any other that runs from elsewhere.
    /// </summary>
    public static async Task<ServiceProcess> ReplaceAsync(this ISupervisor supervisor, string releaseFolder, CancellationToken cancellationToken)
    {
        const int attempts = 3;
        for (var attempt = 1; ; attempt++)
        {
            if (await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false) is { IsAlive: true } running && running.ReleaseFolder != releaseFolder)
                await supervisor.StopAsync(running, cancellationToken).ConfigureAwait(false);

            try
            {
                return await supervisor.StartAsync(releaseFolder, cancellationToken).ConfigureAwait(false);
            }
            catch (AppException e) when (e.ErrorId == ErrorIds.ServiceStartFailed && attempt < attempts)
            {
                var present = await supervisor.InspectAsync(cancellationToken).ConfigureAwait(false);
                if (present is not { IsAlive: true } || present.ReleaseFolder == releaseFolder)
                    throw;
            }
        }
    }
}
