using System.Globalization;
using System.Security.Cryptography;

namespace UpgradeOps.Engine.Updates;

/// <summary>Ids that sort by time: <c>20261121T014500123Z-4f2a</c>.</summary>
internal static class OperationId
{
    public static string New(TimeProvider time) => string.Create(
        CultureInfo.InvariantCulture,
        $"{time.GetUtcNow().UtcDateTime:yyyyMMdd'T'HHmmssfff'Z'}-{Convert.ToHexString(RandomNumberGenerator.GetBytes(2)).ToLowerInvariant()}");
}
