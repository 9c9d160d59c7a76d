namespace UpgradeOps.Engine.Docker;

/// <summary>
/// Tells from the engine's words why a pull failed. The engine has no codes for it: it passes on what the registry or the
/// network said.
/// </summary>
internal static class PullFailure
{
    private static readonly (string ErrorId, string[] Words)[] Known =
    [
        (ErrorIds.EngineUnreachable, ["context canceled", "daemon is shutting down"]),
        (ErrorIds.DiskTooFull, ["no space left on device", "disk quota exceeded"]),
        (ErrorIds.RegistryRateLimited, ["toomanyrequests", "too many requests", "http 429", "status 429", "status: 429", "status code 429"]),
        (ErrorIds.ImageNotFound, ["manifest unknown", "not found", "http 404", "name unknown", "name_unknown", "manifest_unknown"]),
        (ErrorIds.RegistryUnauthorized, ["unauthorized", "no basic auth credentials", "access denied", "authentication required", "forbidden", "denied:"]),
        (ErrorIds.ReleaseWrongPlatform, ["no matching manifest", "does not match the specified platform"]),
        (ErrorIds.DigestMismatch, ["verification failed", "failed to verify digest"]),
        (ErrorIds.PullFailed, ["unexpected eof", "connection reset", "broken pipe", "failed to copy"]),
        (ErrorIds.RegistryFailed, ["unexpected http status", "unexpected status", "internal server error", "bad gateway", "service unavailable", "gateway time"]),
        (ErrorIds.RegistryUnreachable, ["timeout", "deadline exceeded", "connection refused", "no such host", "no route to host", "network is unreachable", "tls:", "x509:", "eof", "server gave http response"]),
    ];

    public static AppException From(string image, string message)
    {
        var id = Known.FirstOrDefault(k => k.Words.Any(w => message.Contains(w, StringComparison.OrdinalIgnoreCase))).ErrorId ?? ErrorIds.PullFailed;
        return new AppException(id, $"The pull of {image} failed: {message}", image);
    }
}
