using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Releases.Registry.Http;

/// <summary>The next page of a list, as registries name it: <c>Link: &lt;/v2/name/tags/list?n=…&amp;last=…&gt;; rel="next"</c>.</summary>
internal static partial class LinkHeader
{
    /// <param name="registry">Only path and query are taken from the link: behind a proxy registries name themselves wrongly, and credentials go nowhere else.</param>
    /// <returns>Null at the last page.</returns>
    public static Uri? Next(RegistryAnswer answer, Uri registry)
    {
        if (!answer.Headers.TryGetValues("Link", out var values))
            return null;

        foreach (var link in values.SelectMany(static v => Several().Split(v)))
        {
            var close = link.IndexOf('>', StringComparison.Ordinal);
            var open = link.IndexOf('<', StringComparison.Ordinal);
            if (open < 0 || close < open || !IsNext(link[(close + 1)..]))
                continue;
            if (Uri.TryCreate(answer.Uri, link[(open + 1)..close], out var next))
                return new Uri(registry, next.PathAndQuery);
        }
        return null;
    }

    private static bool IsNext(string parameters) => parameters.Split(';')
        .Select(p => p.Trim().Split('=', 2))
        .Any(p => p is [var name, var value] && name.Equals("rel", StringComparison.OrdinalIgnoreCase) && value.Trim('"').Equals("next", StringComparison.OrdinalIgnoreCase));

    [GeneratedRegex(@",[ \t]*(?=<)")]
    private static partial Regex Several();
}
