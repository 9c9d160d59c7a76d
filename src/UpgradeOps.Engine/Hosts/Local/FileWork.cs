using UpgradeOps.Engine.Hosts.Durable;

namespace UpgradeOps.Engine.Hosts.Local;

/// <summary>Runs blocking file work on the pool, and tells its failures by the path they are about.</summary>
internal static class FileWork
{
    /// <exception cref="AppException"><see cref="ErrorIds.HostFileFailed"/>, or <see cref="ErrorIds.DiskTooFull"/>.</exception>
    public static Task<T> DoAsync<T>(string path, Func<T> work, CancellationToken cancellationToken)
    {
        if (!Path.IsPathFullyQualified(path))
            throw new AppException(ErrorIds.HostFileFailed, $"'{path}' is not an absolute path.", path);

        return Task.Run(
            () =>
            {
                try
                {
                    return work();
                }
                catch (IOException e) when (DiskFull.Is(e))
                {
                    throw new AppException(ErrorIds.DiskTooFull, $"{path} cannot be written, because its disk is full. What stood there before still does.", path, inner: e);
                }
                catch (Exception e) when (e is IOException or UnauthorizedAccessException or NotSupportedException)
                {
                    throw new AppException(ErrorIds.HostFileFailed, $"{path}: {e.Message}", path, inner: e);
                }
            },
            cancellationToken);
    }

    public static Task DoAsync(string path, Action work, CancellationToken cancellationToken) =>
        DoAsync(
            path,
            () =>
            {
                work();
                return true;
            },
            cancellationToken);
}
