using System.Security.Cryptography;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Platforms.Generate;

/// <summary>Random values as text, from the system's cryptographic source.</summary>
internal static class RandomText
{
    private const string Letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";

    /// <param name="form">One of <see cref="GenerateDefinition.Forms"/>.</param>
    /// <param name="size">Characters of <see cref="GenerateDefinition.Alphanumeric"/>; of the others bytes before they are encoded.</param>
    public static string New(string form, int size) => form switch
    {
        GenerateDefinition.Alphanumeric => RandomNumberGenerator.GetString(Letters, size),
        GenerateDefinition.Hex => Convert.ToHexString(RandomNumberGenerator.GetBytes(size)).ToLowerInvariant(),
        GenerateDefinition.Base64 => Convert.ToBase64String(RandomNumberGenerator.GetBytes(size)),
        GenerateDefinition.Base64Url => Convert.ToBase64String(RandomNumberGenerator.GetBytes(size)).TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        _ => throw new AppException(ErrorIds.DefinitionNotImplemented, $"This version writes no random values as '{form}'.", form),
    };
}
