using System.Text.Json;
using UpgradeOps.Engine.Releases.Registry.Auth;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.Registry;

/// <summary>Asks an OCI registry (distribution API, version 2) about one repository. Knows nothing of versions or channels.</summary>
internal sealed class OciRegistryClient(ImageName image, Uri baseAddress, RegistryWire wire, RegistryAuth auth)
{
    // More than this is refused by some registries, and fewer costs round trips. Docker Hub gives all at once when not asked to page.
    private const int PageSize = 1000;
    private const int MaxPages = 1000;
    private const int TagsLimit = 64 << 20;

    public ImageName Image { get; } = image;

    /// <summary>Every tag, in the registry's order, which means nothing.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.ReleaseNotFound"/>: there is no such repository; or what else is wrong.</exception>
    public async Task<IReadOnlyList<string>> ListTagsAsync(CancellationToken cancellationToken)
    {
        var bare = Address("tags/list");
        var first = Image.IsDockerHub ? bare : new Uri(bare, $"?n={PageSize}");
        var tags = new List<string>();
        var seen = new HashSet<Uri>();
        for (Uri? next = first; next is not null;)
        {
            if (!seen.Add(next) || seen.Count > MaxPages)
                throw RegistryErrors.Unreadable(Image.Text, "the list of tags", $"its pages do not end ({seen.Count} so far)");
            var answer = await SendAsync(HttpMethod.Get, next, ["application/json"], TagsLimit, cancellationToken).ConfigureAwait(false);
            if (answer.Status is 400 or 405 or 422 && next == first && first != bare)
                answer = await SendAsync(HttpMethod.Get, bare, ["application/json"], TagsLimit, cancellationToken).ConfigureAwait(false);
            if (answer.Status == 404)
                throw new AppException(ErrorIds.ReleaseNotFound, $"{Image}: {baseAddress.Authority} has no repository {Image.Repository}.", Image.Text, "Correct releases.image in the definition.");
            if (!answer.IsSuccess)
                throw RegistryErrors.Failed(Image.Text, answer);

            tags.AddRange(ParseTags(answer.Body));
            next = LinkHeader.Next(answer, baseAddress);
        }
        return tags;
    }

    /// <summary>The digest that a tag or digest has now, without counting as a pull.</summary>
    /// <returns>Null when there is no such tag.</returns>
    public async Task<string?> HeadAsync(string reference, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Head, Address($"manifests/{reference}"), MediaTypes.Manifests, 0, cancellationToken).ConfigureAwait(false);
        if (answer.Status == 404)
            return null;
        if (answer.IsSuccess && answer.Header("Docker-Content-Digest") is { } digest && Digest.IsValid(digest))
            return digest;
        if (!answer.IsSuccess && answer.Status is not (400 or 405))
            throw RegistryErrors.Failed(Image.Text, answer);

        // Some registries know no HEAD or tell no digest; then it is taken from the bytes.
        return (await FetchAsync(reference, cancellationToken).ConfigureAwait(false))?.Digest;
    }

    /// <param name="digest">As <see cref="HeadAsync"/> gave it; the bytes are compared with it.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.DigestMismatch"/>.</exception>
    public async Task<ManifestDocument> GetManifestAsync(string digest, CancellationToken cancellationToken) =>
        await FetchAsync(digest, cancellationToken).ConfigureAwait(false)
        ?? throw new AppException(ErrorIds.ReleaseNotFound, $"{Image}: the registry has no manifest {digest}, though it names it.", Image.Text);

    public async Task<ImageConfig> GetConfigAsync(string digest, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, Address($"blobs/{digest}"), ["*/*"], 8 << 20, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
            throw RegistryErrors.Failed(Image.Text, answer);
        if (!Digest.Matches(digest, answer.Body))
            throw RegistryErrors.Mismatch(Image.Text, "the image's configuration", digest);
        try
        {
            return ImageConfig.Parse(answer.Body);
        }
        catch (FormatException e)
        {
            throw RegistryErrors.Unreadable(Image.Text, $"configuration {digest}", e.Message);
        }
    }

    private async Task<ManifestDocument?> FetchAsync(string reference, CancellationToken cancellationToken)
    {
        var answer = await SendAsync(HttpMethod.Get, Address($"manifests/{reference}"), MediaTypes.Manifests, 8 << 20, cancellationToken).ConfigureAwait(false);
        if (answer.Status == 404)
            return null;
        if (!answer.IsSuccess)
            throw RegistryErrors.Failed(Image.Text, answer);

        // What it was asked for by counts; what the registry says of itself only has to agree.
        var told = answer.Header("Docker-Content-Digest");
        var digest = Digest.IsValid(reference) ? reference : Digest.IsValid(told) ? told! : Digest.Sha256(answer.Body);
        if (!Digest.Matches(digest, answer.Body))
            throw RegistryErrors.Mismatch(Image.Text, $"manifest {reference}", digest);
        if (Digest.IsValid(told) && !Digest.Matches(told!, answer.Body))
            throw RegistryErrors.Mismatch(Image.Text, $"manifest {reference}", told!);
        try
        {
            return ManifestDocument.Parse(answer.Body, answer.ContentType, digest);
        }
        catch (FormatException e)
        {
            throw RegistryErrors.Unreadable(Image.Text, $"manifest {reference}", e.Message);
        }
    }

    private async Task<RegistryAnswer> SendAsync(HttpMethod method, Uri uri, IReadOnlyList<string> accept, int limit, CancellationToken cancellationToken)
    {
        var sent = await auth.PrepareAsync(Image.Repository, Image.Text, cancellationToken).ConfigureAwait(false);
        var request = new RegistryRequest(method, uri) { Accept = accept, BodyLimit = Math.Max(limit, 64 << 10), Authorization = sent };
        var answer = await wire.SendAsync(request, Image.Text, cancellationToken).ConfigureAwait(false);
        if (answer.Status == 401)
        {
            var better = await auth.RenewAsync(answer, Image.Repository, sent, Image.Text, cancellationToken).ConfigureAwait(false);
            if (better is not null)
                answer = await wire.SendAsync(request with { Authorization = better }, Image.Text, cancellationToken).ConfigureAwait(false);
        }
        if (answer.Status is not (401 or 403))
            return answer;
        auth.Forget();
        throw RegistryErrors.Unauthorized(Image.Text, answer, auth.Description);
    }

    private Uri Address(string path) => new(baseAddress, $"v2/{Image.Repository}/{path}");

    private List<string> ParseTags(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return document.RootElement.TryGetProperty("tags", out var tags) && tags.ValueKind == JsonValueKind.Array
                ? [.. tags.EnumerateArray().Select(t => t.GetString()!)]
                : [];
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw RegistryErrors.Unreadable(Image.Text, "the list of tags", "it is not JSON");
        }
    }
}
