using System.Globalization;
using System.Text;
using System.Text.Json;

namespace UpgradeOps.Engine.Docker;

internal sealed partial class DockerClient
{
    /// <param name="idOrReference">Id, <c>repository:tag</c> or <c>repository@sha256:…</c>.</param>
    public Task<ImageDetails?> InspectImageAsync(string idOrReference, CancellationToken cancellationToken) =>
        FindAsync($"images/{Path(idOrReference)}/json", DockerJson.Default.ImageDetails, cancellationToken);

    /// <summary>Images that have a name like this: <c>repository</c>, <c>repository:tag</c>, with <c>*</c> for any part.</summary>
    public Task<List<ImageSummary>> ListImagesAsync(string reference, CancellationToken cancellationToken) =>
        GetAsync($"images/json?filters={Filters("reference", [reference])}", DockerJson.Default.ListImageSummary, cancellationToken);

    /// <summary>Fetches an image by its digest, or makes sure that it is here.</summary>
    /// <param name="repository">Without tag, such as <c>ghcr.io/jhandel/kmp</c>.</param>
    /// <param name="digest"><c>sha256:…</c>; a tag works too.</param>
    /// <param name="auth">Null to ask without credentials.</param>
    /// <param name="progress">Called with bytes of all layers fetched, and to fetch once every layer has told its size.</param>
    /// <param name="stall">How long the engine may be silent before this gives up.</param>
    /// <exception cref="AppException">One ErrorId for each kind of trouble, see <see cref="PullFailure"/>.</exception>
    public async Task PullImageAsync(
        string repository, string digest, PullCredentials? auth, Action<long, long?> progress, TimeSpan stall, CancellationToken cancellationToken)
    {
        var separator = digest.Contains(':', StringComparison.Ordinal) ? '@' : ':';
        var image = $"{repository}{separator}{digest}";
        using var silence = new CancellationTokenSource(stall, _time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
        try
        {
            using var response = await SendAsync(
                HttpMethod.Post,
                $"images/create?fromImage={Escape(repository)}&tag={Escape(digest)}",
                null,
                null,
                both.Token,
                registryAuth: auth?.ToHeader()).ConfigureAwait(false);
            if (!response.IsSuccessStatusCode)
                throw PullFailure.From(image, await MessageAsync(response, both.Token).ConfigureAwait(false));
            await FollowPullAsync(response, image, progress, () => silence.CancelAfter(stall), both.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new AppException(
                ErrorIds.RegistryUnreachable,
                string.Create(CultureInfo.InvariantCulture, $"The pull of {image} stood still for {stall.TotalSeconds} s and was given up."),
                image,
                inner: e);
        }
    }

    /// <summary>Asks the image's registry, through the engine, which digest a tag has now.</summary>
    /// <param name="reference"><c>repository:tag</c>.</param>
    /// <exception cref="AppException">One ErrorId for each kind of trouble, see <see cref="PullFailure"/>.</exception>
    public async Task<string> ResolveDigestAsync(string reference, PullCredentials? auth, CancellationToken cancellationToken)
    {
        using var response = await SendAsync(
            HttpMethod.Get, $"distribution/{Path(reference)}/json", null, QuickCall, cancellationToken, registryAuth: auth?.ToHeader()).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
            throw PullFailure.From(reference, await MessageAsync(response, cancellationToken).ConfigureAwait(false));
        var found = await ReadAsync(response, DockerJson.Default.DistributionDetails, reference, cancellationToken).ConfigureAwait(false);
        return found.Descriptor.Digest;
    }

    /// <summary>Gives an image one more name; a name that another image had moves.</summary>
    public Task TagImageAsync(string idOrReference, string repository, string tag, CancellationToken cancellationToken) =>
        ActAsync(HttpMethod.Post, $"images/{Path(idOrReference)}/tag?repo={Escape(repository)}&tag={Escape(tag)}", idOrReference, QuickCall, cancellationToken);

    /// <summary>Takes a name from an image, and the image itself with its last name; nothing happens when there is none.</summary>
    /// <exception cref="AppException"><see cref="ErrorIds.EngineFailed"/>: a container uses it.</exception>
    public Task RemoveImageAsync(string idOrReference, CancellationToken cancellationToken) =>
        ActAsync(HttpMethod.Delete, $"images/{Path(idOrReference)}?noprune=0", idOrReference, QuickCall, cancellationToken, missingIsFine: true);

    private async Task FollowPullAsync(
        HttpResponseMessage response, string image, Action<long, long?> progress, Action heard, CancellationToken cancellationToken)
    {
        var layers = new PullProgress();
        try
        {
            var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            using var reader = new StreamReader(stream, Encoding.UTF8);
            while (await reader.ReadLineAsync(cancellationToken).ConfigureAwait(false) is { } text)
            {
                heard();
                if (text.Length == 0)
                    continue;
                var line = JsonSerializer.Deserialize(text, DockerJson.Default.PullLine);
                if (line?.ErrorDetail?.Message is { } detail)
                    throw PullFailure.From(image, detail);
                if (line?.Error is { } error)
                    throw PullFailure.From(image, error);
                if (line is not null && layers.Take(line))
                    progress(layers.Done, layers.Total);
            }
        }
        catch (Exception e) when (e is IOException or HttpRequestException or JsonException)
        {
            throw new AppException(ErrorIds.EngineUnreachable, $"The Docker Engine broke off while it pulled {image}: {e.Message}", image, inner: e);
        }

        if (await InspectImageAsync(image, cancellationToken).ConfigureAwait(false) is null)
            throw new AppException(ErrorIds.PullFailed, $"The Docker Engine ended the pull of {image} without an error, yet the image is not here.", image);
    }

    /// <summary>A reference in a path: its slashes stay.</summary>
    private static string Path(string reference) => string.Join('/', reference.Split('/').Select(Uri.EscapeDataString));
}
