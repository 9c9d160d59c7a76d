using UpgradeOps.Engine.State;
using UpgradeOps.Engine.Updates.Planning;

namespace UpgradeOps.Engine.Operations;

/// <summary>Forgets that a version failed here, so that it is offered again. Needs neither the definition nor a release source.</summary>
public sealed class ForgetBad(EngineSession session)
{
    /// <summary>What would be forgotten. Changes nothing.</summary>
    /// <param name="version">A version, or a digest.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.ReleaseNotFound"/>: nothing of that version is remembered as bad.</exception>
    public async Task<IReadOnlyList<KnownBadRelease>> FindAsync(string name, string version, CancellationToken cancellationToken)
    {
        var state = await session.OpenStateAsync(name, cancellationToken).ConfigureAwait(false);
        return Find(await state.ReadAsync(cancellationToken).ConfigureAwait(false), name, version);
    }

    /// <returns>What was forgotten.</returns>
    /// <inheritdoc cref="FindAsync"/>
    public async Task<IReadOnlyList<KnownBadRelease>> RunAsync(string name, string version, CancellationToken cancellationToken)
    {
        var state = await session.OpenStateAsync(name, cancellationToken).ConfigureAwait(false);
        var lease = await state.TakeLeaseAsync($"unblock {version}", cancellationToken).ConfigureAwait(false);
        await using (lease.ConfigureAwait(false))
        {
            var found = Find(await state.ReadAsync(cancellationToken).ConfigureAwait(false), name, version);
            await state.ChangeAsync(lease, memory => memory with { KnownBad = [.. memory.KnownBad.Where(b => !Fits(b, version))] }, cancellationToken).ConfigureAwait(false);
            return found;
        }
    }

    private static IReadOnlyList<KnownBadRelease> Find(AppMemory memory, string name, string version)
    {
        var found = memory.KnownBad.Where(b => Fits(b, version)).Select(b => BadReleases.Show(b, name)).ToList();
        if (found.Count > 0)
            return found;
        var known = memory.KnownBad.Count == 0 ? "Nothing is." : $"Remembered: {string.Join(", ", memory.KnownBad.Select(b => b.Version))}.";
        throw new AppException(ErrorIds.ReleaseNotFound, $"{version} is not remembered as a release of {name} that failed here. {known}", version, $"Get-AppStatus -Name {name} lists those that are.");
    }

    private static bool Fits(KnownBadVersion bad, string version) => bad.Version == version || bad.Digest == version;
}
