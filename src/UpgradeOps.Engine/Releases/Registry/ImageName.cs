using System.Net;
using System.Text.RegularExpressions;

namespace UpgradeOps.Engine.Releases.Registry;

/// <summary>An image repository's name without tag, split as Docker splits it: <c>nginx</c> is <c>library/nginx</c> on Docker Hub.</summary>
internal sealed partial record ImageName
{
    private const string HubHost = "registry-1.docker.io";

    private ImageName(string text, string registry, string repository)
    {
        Text = text;
        Registry = registry;
        Repository = repository;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>Host, with the port where one was given; <c>docker.io</c> for Docker Hub.</summary>
    public string Registry { get; }

    /// <summary>Path below the host, such as <c>jhandel/kmp</c>.</summary>
    public string Repository { get; }

    public bool IsDockerHub => Registry == "docker.io";

    /// <summary>True for localhost, 127.x.x.x and [::1]: the only registries that may be asked without TLS.</summary>
    public bool IsLoopback
    {
        get
        {
            var host = new Uri($"http://{Registry}").Host.Trim('[', ']');
            return host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        }
    }

    /// <summary>Where its API is.</summary>
    public Uri BaseAddress(bool tls) => new($"{(tls ? "https" : "http")}://{(IsDockerHub ? HubHost : Registry)}/");

    /// <exception cref="AppException"><see cref="ErrorIds.DefinitionInvalid"/>: it is no name, or carries a tag or digest.</exception>
    public static ImageName Parse(string text)
    {
        if (text.Contains("://", StringComparison.Ordinal))
            throw Invalid(text, "name it as docker pull does, without https://");
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var first = slash < 0 ? "" : text[..slash];
        var hasHost = first.Contains('.', StringComparison.Ordinal) || first.Contains(':', StringComparison.Ordinal) || first == "localhost";
        var registry = !hasHost || first is "index.docker.io" or HubHost ? "docker.io" : first;
        var repository = hasHost ? text[(slash + 1)..] : text;
        if (registry == "docker.io" && !repository.Contains('/', StringComparison.Ordinal))
            repository = $"library/{repository}";

        if (TagOrDigest().IsMatch(repository))
            throw Invalid(text, "it carries a tag or digest; name the repository alone, the channel or version says which tag");
        if (repository.Length > 255 || !RepositoryPath().IsMatch(repository))
            throw Invalid(text, "a repository is made of lower case letters, digits and single . _ - / between them");
        if (hasHost && !HostAndPort().IsMatch(first))
            throw Invalid(text, $"'{first}' is no host name");
        return new ImageName(text, registry, repository);
    }

    public override string ToString() => Text;

    private static AppException Invalid(string text, string reason) =>
        new(ErrorIds.DefinitionInvalid, $"releases.image '{text}': {reason}.", text);

    [GeneratedRegex("[:@]")]
    private static partial Regex TagOrDigest();

    [GeneratedRegex(@"\A[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*\z")]
    private static partial Regex RepositoryPath();

    [GeneratedRegex(@"\A(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9a-fA-F:]+\])(?::[0-9]{1,5})?\z")]
    private static partial Regex HostAndPort();
}
