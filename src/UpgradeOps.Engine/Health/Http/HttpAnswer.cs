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

    /// <summary>The problem is on the way to the application's host, and says nothing of the application.</summary>
    public bool IsLost { get; init; }
}

/// <summary>What is asked of an address.</summary>
internal sealed record HttpQuestion(Uri Url)
{
    /// <summary>Connect to this IP address whatever the URL's host name means; null for the host name's own.</summary>
    public string? Address { get; init; }

    /// <summary>Redirects are followed for questions that change nothing (GET and HEAD).</summary>
    public HttpMethod Method { get; init; } = HttpMethod.Get;

    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Sent as JSON, unless the headers say otherwise.</summary>
    public string? Body { get; init; }

    /// <summary>The status that is hoped for: a redirect that is hoped for is not followed.</summary>
    public int Status { get; init; } = 200;

    public required TimeSpan Timeout { get; init; }

    /// <summary>How many bytes of the answer are read.</summary>
    public int LargestAnswer { get; init; } = 64 * 1024;
}

/// <summary>Asks an address once.</summary>
/// <param name="address">Connect to this IP address whatever the URL's host name means; null for the host name's own.</param>
internal delegate Task<HttpAnswer> Ask(Uri url, string? address, int status, TimeSpan timeout, CancellationToken cancellationToken);
