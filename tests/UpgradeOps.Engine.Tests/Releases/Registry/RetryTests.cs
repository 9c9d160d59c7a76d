using System.Net.Sockets;
using UpgradeOps.Engine.Releases.Registry.Http;
using UpgradeOps.Engine.Tests.Releases.Doubles;

namespace UpgradeOps.Engine.Tests.Releases.Registry;

public class RetryTests
{
    private static readonly RetryPolicy Steady = new() { Jitter = () => 1 };

    [Theory]
    [InlineData("7", null, 7)]
    [InlineData("Sun, 01 Mar 2026 12:00:09 GMT", null, 9)]
    [InlineData("Sun, 01 Mar 2026 10:00:09 GMT", "Sun, 01 Mar 2026 10:00:00 GMT", 9)] // the server's clock is two hours behind
    [InlineData("1772366405", null, 5)] // Docker Hub: a moment in seconds
    [InlineData("1772366405000", null, 5)]
    [InlineData("Sun, 01 Mar 2026 11:00:00 GMT", null, 0.25)]
    public async Task Waits_as_long_as_it_is_told_to(string retryAfter, string? date, double seconds)
    {
        await using var registry = Tagged();
        registry.Retries = Steady;
        var refusals = 1;
        registry.Intercept = _ => refusals-- > 0
            ? new FakeReply(429, "", [("Retry-After", retryAfter), .. date is null ? (IEnumerable<(string, string)>)[] : [("Date", date)]])
            : null;

        Assert.NotNull(await registry.Open().HeadAsync("latest", default));
        Assert.Equal(TimeSpan.FromSeconds(seconds), Assert.Single(registry.Time.Pauses));
    }

    [Fact]
    public async Task Does_not_wait_longer_than_the_bound()
    {
        await using var registry = Tagged();
        registry.Intercept = _ => FakeRegistry.Error(429, "TOOMANYREQUESTS", "pull rate limit", ("Retry-After", "3600"));
        await Expect.ErrorAsync(ErrorIds.RegistryRateLimited, () => registry.Open().HeadAsync("latest", default), registry.Image, "asks to wait 60 min");
        Assert.Empty(registry.Time.Pauses);
        Assert.Single(registry.Server.Requests);
    }

    [Fact]
    public async Task All_pauses_together_are_bounded()
    {
        await using var registry = Tagged();
        registry.Intercept = _ => new FakeReply(429, "", ("Retry-After", "14"));
        await Expect.ErrorAsync(ErrorIds.RegistryRateLimited, () => registry.Open().HeadAsync("latest", default), "asks to wait 14 s (3 tries)");
        Assert.Equal(28, registry.Time.Pauses.Sum(p => p.TotalSeconds));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(504)]
    [InlineData(408)]
    public async Task What_may_pass_is_tried_again(int status)
    {
        await using var registry = Tagged();
        registry.Retries = Steady;
        var failures = 3;
        registry.Intercept = _ => failures-- > 0 ? new FakeReply(status) : null;
        Assert.NotNull(await registry.Open().HeadAsync("latest", default));
        Assert.Equal([250, 500, 1000], registry.Time.Pauses.Select(p => p.TotalMilliseconds));
    }

    [Fact]
    public async Task What_stays_is_told_with_what_the_registry_said()
    {
        await using var registry = Tagged();
        registry.Intercept = _ => FakeRegistry.Error(503, "UNAVAILABLE", "storage is\r\n down");
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => registry.Open().ListTagsAsync(default), registry.Image, "answered 503 (UNAVAILABLE: storage is   down) (4 tries)");
        Assert.Equal(4, registry.Server.Requests.Count);
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_asked_for_again()
    {
        await using var registry = Tagged();
        var cuts = 2;
        registry.Intercept = r => cuts-- > 0 ? registry.Answer(r) with { CutAfter = 5 } : null;
        Assert.Equal(["latest"], await registry.Open().ListTagsAsync(default));

        cuts = int.MaxValue;
        await Expect.ErrorAsync(ErrorIds.RegistryFailed, () => registry.Open().ListTagsAsync(default), "broke off in the middle (4 tries)");
    }

    [Fact]
    public async Task A_registry_that_does_not_answer_is_unreachable()
    {
        await using var registry = Tagged();
        registry.Time.TriesTimeOut = true;
        registry.Intercept = _ => new FakeReply(200) { Hang = true };
        await Expect.ErrorAsync(ErrorIds.RegistryUnreachable, () => registry.Open().HeadAsync("latest", default), "no answer within 20 s (4 tries)");
    }

    [Fact]
    public async Task A_closed_port_is_told_at_once()
    {
        await using var registry = Tagged();
        var client = registry.Open();
        await registry.Server.DisposeAsync();
        await Expect.ErrorAsync(ErrorIds.RegistryUnreachable, () => client.HeadAsync("latest", default), $"{registry.Server.Host} refuses connections.");
        Assert.Empty(registry.Time.Pauses);
    }

    [Fact]
    public async Task Cancelling_is_no_fault_of_the_registry()
    {
        await using var registry = Tagged();
        using var stop = new CancellationTokenSource();
        registry.Intercept = _ =>
        {
            stop.Cancel();
            return new FakeReply(200) { Hang = true };
        };
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => registry.Open().HeadAsync("latest", stop.Token));
    }

    [Theory]
    [InlineData(SocketError.HostNotFound, false)]
    [InlineData(SocketError.TryAgain, true)]
    public void A_name_that_cannot_be_resolved_is_named(SocketError socket, bool mayPass)
    {
        var exception = new HttpRequestException(HttpRequestError.NameResolutionError, "x", new SocketException((int)socket));
        var fault = WireFault.Of(exception, new Uri("https://registry.invalid/v2/"), TimeSpan.Zero)!;
        Assert.Equal((ErrorIds.RegistryUnreachable, "the name registry.invalid cannot be resolved", mayPass), (fault.ErrorId, fault.Reason, fault.MayPass));
    }

    [Fact]
    public void A_peer_that_is_gone_at_once_is_a_fault_that_may_pass()
    {
        var fault = WireFault.Of(new SocketException((int)SocketError.NotConnected), new Uri("https://registry.invalid/v2/"), TimeSpan.Zero);
        Assert.Equal((ErrorIds.RegistryFailed, true), (fault?.ErrorId, fault?.MayPass));
    }

    [Fact]
    public void Pauses_grow_and_are_spread()
    {
        var least = new RetryPolicy { Jitter = () => 0 };
        Assert.Equal(125, least.Pause(1).TotalMilliseconds);
        Assert.Equal(4000, Steady.Pause(20).TotalMilliseconds);
    }

    private static FakeRegistry Tagged() => new FakeRegistry().Push(FakeImage.Build(), "latest");
}
