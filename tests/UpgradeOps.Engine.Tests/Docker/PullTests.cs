using UpgradeOps.Engine.Docker;

namespace UpgradeOps.Engine.Tests.Docker;

public sealed class PullTests
{
    [Theory]
    [InlineData("pull access denied for x, repository does not exist or may require 'docker login': denied: requested access to the resource is denied", ErrorIds.RegistryUnauthorized)]
    [InlineData("Head \"http://127.0.0.1:5000/v2/x/manifests/1\": no basic auth credentials", ErrorIds.RegistryUnauthorized)]
    [InlineData("manifest for 127.0.0.1:5000/x@sha256:00 not found: manifest unknown: manifest unknown", ErrorIds.ImageNotFound)]
    [InlineData("toomanyrequests: You have reached your pull rate limit.", ErrorIds.RegistryRateLimited)]
    [InlineData("received unexpected HTTP status: 503 Service Unavailable", ErrorIds.RegistryFailed)]
    [InlineData("Get \"http://127.0.0.1:5000/v2/\": dial tcp 127.0.0.1:5000: connect: connection refused", ErrorIds.RegistryUnreachable)]
    [InlineData("Get \"https://registry.example/v2/\": net/http: request canceled (Client.Timeout exceeded while awaiting headers)", ErrorIds.RegistryUnreachable)]
    [InlineData("unexpected EOF", ErrorIds.PullFailed)]
    [InlineData("failed to register layer: write /usr/lib/x: no space left on device", ErrorIds.DiskTooFull)]
    [InlineData("filesystem layer verification failed for digest sha256:00", ErrorIds.DigestMismatch)]
    [InlineData("image config verification failed for digest sha256:00", ErrorIds.DigestMismatch)]
    [InlineData("error parsing HTTP 404 response body: unexpected end of JSON input: \"\"", ErrorIds.ImageNotFound)]
    [InlineData("error parsing HTTP 429 response body: unexpected end of JSON input: \"\"", ErrorIds.RegistryRateLimited)]
    [InlineData("manifest for 127.0.0.1:14290/x@sha256:429 not found: manifest unknown", ErrorIds.ImageNotFound)]
    [InlineData("context canceled", ErrorIds.EngineUnreachable)]
    [InlineData("something that nobody has seen before", ErrorIds.PullFailed)]
    public void The_engines_words_become_an_error_of_their_own(string message, string errorId)
    {
        var e = PullFailure.From("127.0.0.1:5000/x@sha256:00", message);
        Assert.Equal(errorId, e.ErrorId);
        Assert.Contains(message, e.Message, StringComparison.Ordinal);
        Assert.Equal("127.0.0.1:5000/x@sha256:00", e.Error.Target);
    }

    [Fact]
    public void Bytes_are_summed_over_layers_and_never_go_back()
    {
        var progress = new PullProgress();
        progress.Take(Line("Pulling fs layer", "a"));
        progress.Take(Line("Pulling fs layer", "b"));
        progress.Take(Line("Already exists", "c"));
        Assert.True(progress.Take(Line("Downloading", "a", 10, 100)));
        Assert.Equal((10, null), (progress.Done, progress.Total));
        Assert.True(progress.Take(Line("Downloading", "b", 5, 50)));
        Assert.Equal((15, 150), (progress.Done, progress.Total));
        Assert.True(progress.Take(Line("Download complete", "a")));
        Assert.Equal((105, 150), (progress.Done, progress.Total));
        Assert.False(progress.Take(Line("Extracting", "a", 1, 100)));
        Assert.False(progress.Take(Line("Downloading", "b", 1, 50)));
        progress.Take(Line("Pull complete", "b"));
        Assert.Equal((150, 150), (progress.Done, progress.Total));
        Assert.False(progress.Take(new PullLine("Digest: sha256:00", null, null, null, null)));
    }

    [Fact]
    public void A_small_layer_that_never_tells_its_size_does_not_hide_the_total()
    {
        var progress = new PullProgress();
        progress.Take(Line("Pulling fs layer", "a"));
        progress.Take(Line("Pulling fs layer", "b"));
        progress.Take(Line("Downloading", "a", 10, 100));
        progress.Take(Line("Download complete", "b"));
        Assert.Equal((10, 100), (progress.Done, progress.Total));
    }

    [Fact]
    public void Credentials_travel_as_the_engine_wants_them_and_are_never_printed()
    {
        var auth = new PullCredentials { User = "u", Password = "p?>~" };
        var bytes = Convert.FromBase64String(auth.ToHeader().Replace('-', '+').Replace('_', '/'));
        Assert.Equal("{\"username\":\"u\",\"password\":\"p?>~\"}", System.Text.RegularExpressions.Regex.Unescape(System.Text.Encoding.UTF8.GetString(bytes)));
        Assert.DoesNotContain("p?", auth.ToString(), StringComparison.Ordinal);
    }

    private static PullLine Line(string status, string id, long? current = null, long? total = null) =>
        new(status, id, current is null ? null : new PullLineProgress(current, total), null, null);
}
