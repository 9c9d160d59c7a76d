using System.Globalization;
using System.Security.Cryptography;

namespace UpgradeOps.Engine.Updates;

/// <summary>Ids that sort by time: <c>20261121T014500123Z-4f2a</c>.</summary>
internal static class OperationId
{
    private const string Moment = "yyyyMMdd'T'HHmmssfff'Z'";

    /// <returns>Null when it is no id of ours.</returns>
    public static DateTimeOffset? TimeOf(string id) => DateTimeOffset.TryParseExact(
        id.Split('-')[0], Moment, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var at) ? at : null;

    /// <param name="last">The newest id so far: the new one comes after it, also when the clock was set back since.</param>
    public static string New(TimeProvider time, string? last = null)
    {
        var at = time.GetUtcNow();
        if (last is not null && TimeOf(last) is { } newest && newest >= at.AddMilliseconds(-1))
            at = newest.AddMilliseconds(1);
        return $"{at.UtcDateTime.ToString(Moment, CultureInfo.InvariantCulture)}-{Convert.ToHexString(RandomNumberGenerator.GetBytes(2)).ToLowerInvariant()}";
    }
}
