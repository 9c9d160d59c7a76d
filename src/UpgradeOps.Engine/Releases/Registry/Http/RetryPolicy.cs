using System.Globalization;

namespace UpgradeOps.Engine.Releases.Registry.Http;

/// <summary>How often and how long a registry is asked again.</summary>
internal sealed record RetryPolicy
{
    public int Tries { get; init; } = 4;

    /// <summary>For one try, from the connection to the last byte.</summary>
    public TimeSpan TryTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>All pauses of one question together; a registry that asks for more is not waited for.</summary>
    public TimeSpan TotalWait { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>From 0 to 1; spreads the clients that were all refused at the same moment.</summary>
    public Func<double> Jitter { get; init; } = Random.Shared.NextDouble;

    /// <param name="failures">How many tries failed so far, from 1.</param>
    public TimeSpan Pause(int failures)
    {
        var full = TimeSpan.FromMilliseconds(Math.Min(4000, 250 * Math.Pow(2, failures - 1)));
        return full * (0.5 + (Jitter() / 2));
    }

    /// <summary>How long a refused answer asks to wait; null when it does not say.</summary>
    public static TimeSpan? RetryAfter(RegistryAnswer answer, DateTimeOffset now)
    {
        // A moment is on the server's clock, so it counts from the server's Date where there is one.
        var serverNow = answer.Headers.Date ?? now;
        var text = answer.Header("Retry-After") ?? answer.Header("X-Retry-After");
        TimeSpan? wait = null;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number))
        {
            // Docker Hub sends the moment (Unix time) where the standard has a number of seconds.
            wait = number switch
            {
                < 1_000_000_000 => TimeSpan.FromSeconds(number),
                < 100_000_000_000 => DateTimeOffset.FromUnixTimeSeconds(number) - serverNow,
                < 100_000_000_000_000 => DateTimeOffset.FromUnixTimeMilliseconds(number) - serverNow,
                _ => null,
            };
        }
        else if (DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment))
        {
            wait = moment - serverNow;
        }
        return wait < TimeSpan.Zero ? TimeSpan.Zero : wait;
    }
}
