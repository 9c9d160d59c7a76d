namespace UpgradeOps.Engine.Health.Http;

/// <summary>What asking an address brought.</summary>
internal sealed record HttpAnswer
{
    /// <summary>Null when nothing answered.</summary>
    public int? Status { get; init; }

    /// <summary>The beginning of the answer's body, as text.</summary>
    public string Body { get; init; } = "";

    public TimeSpan Latency { get; init; }

    /// <summary>Why nothing answered, or why the answer cannot count.</summary>
    public string? Problem { get; init; }
}

/// <summary>Asks an address once.</summary>
/// <param name="address">Connect to this IP address whatever the URL's host name means; null for the host name's own.</param>
internal delegate Task<HttpAnswer> Ask(Uri url, string? address, int status, TimeSpan timeout, CancellationToken cancellationToken);
