using System.Collections.Concurrent;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>Answers by their question, for as long as a session lasts: asked again with their <c>ETag</c>, they cost nothing of what GitHub allows an hour.</summary>
internal sealed class GitHubCache
{
    private readonly ConcurrentDictionary<string, (string Tag, RegistryAnswer Answer)> _answers = new(StringComparer.Ordinal);

    /// <param name="key">The address and who asks.</param>
    public (string Tag, RegistryAnswer Answer)? Find(string key) => _answers.TryGetValue(key, out var found) ? found : null;

    public void Keep(string key, RegistryAnswer answer)
    {
        if (answer.Header("ETag") is { Length: > 0 } tag)
            _answers[key] = (tag, answer);
    }
}
