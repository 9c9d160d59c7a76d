namespace UpgradeOps.TestKit;

public enum S3FaultKind
{
    /// <summary>Answers <see cref="S3Fault.Status"/> instead of asking the server.</summary>
    Status,

    /// <summary>The connection is gone as soon as something was asked.</summary>
    Gone,

    /// <summary>The connection is gone after the whole request was read, and the server never sees it.</summary>
    Cut,

    /// <summary>One bit of the request's body is changed on the way to the server.</summary>
    WrongBytes,
}

/// <summary>One thing that goes wrong between a client and its bucket.</summary>
public sealed record S3Fault(S3FaultKind Kind)
{
    public int Status { get; init; } = 500;

    /// <summary>The server's own word for it.</summary>
    public string Code { get; init; } = "InternalError";

    /// <summary>Only requests that put something there.</summary>
    public bool Writing { get; init; } = true;

    /// <summary>How many requests it hits; null for all.</summary>
    public int? Times { get; init; }
}
