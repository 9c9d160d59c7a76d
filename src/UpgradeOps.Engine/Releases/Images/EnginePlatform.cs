using UpgradeOps.Engine.Docker;
using UpgradeOps.Engine.Releases.Registry;

namespace UpgradeOps.Engine.Releases.Images;

/// <summary>What the images of an engine are built for: its own machine may be another one than this.</summary>
internal static class EnginePlatform
{
    /// <returns>This machine's when the engine does not answer: whoever needs the engine tells that better.</returns>
    public static async Task<ImagePlatform> AskAsync(DockerClient engine, CancellationToken cancellationToken)
    {
        try
        {
            var version = await engine.GetVersionAsync(cancellationToken).ConfigureAwait(false);
            // Only for these an engine does not say which of several it is; the kernel does.
            var kernel = version.Arch == "arm" ? (await engine.GetInfoAsync(cancellationToken).ConfigureAwait(false)).Architecture : null;
            return Of(version.Os, version.Arch, kernel);
        }
        catch (AppException e) when (e.ErrorId is ErrorIds.EngineUnreachable or ErrorIds.EngineForbidden or ErrorIds.HostUnreachable)
        {
            return ImagePlatform.OfThisMachine();
        }
    }

    /// <param name="architecture">As the engine names it: <c>amd64</c>, <c>arm64</c>, <c>arm</c> …</param>
    /// <param name="kernel">As its kernel names the processor: <c>armv7l</c>, <c>armv6l</c>, or <c>aarch64</c> below an engine of 32 bits.</param>
    internal static ImagePlatform Of(string system, string architecture, string? kernel) => new(system, architecture, (architecture, kernel) switch
    {
        ("arm64", _) => "v8",
        ("arm", not null) when kernel.StartsWith("armv6", StringComparison.Ordinal) => "v6",
        ("arm", not null) when kernel.StartsWith("armv5", StringComparison.Ordinal) => "v5",
        ("arm", _) => "v7",
        _ => null,
    });
}
