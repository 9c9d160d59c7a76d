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

    public static string New(TimeProvider time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{time.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{Convert.ToHexString(RandomNumberGenerator.GetBytes(2)).ToLowerInvariant()}");
}
