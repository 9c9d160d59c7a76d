using System.Security.Cryptography;
using UpgradeOps.Engine.Hosts.Durable;
using UpgradeOps.Engine.Releases.Registry.Http;

namespace UpgradeOps.Engine.Releases.GitHub;

/// <summary>
/// Brings an asset into a file of this machine and makes sure that it is what it must be. What is there of an earlier try is gone on from: whole and right it is only when its
/// size and every digest say so.
/// </summary>
internal sealed class AssetDownload(GitHubApi api)
{
    /// <summary>Progress after which trouble is counted anew.</summary>
    private const long Headway = 1 << 20;

    private static readonly GitHubDialect Dialect = new();

    /// <summary>What the bytes so far came with; null when nobody knows.</summary>
    private string? _tag;

    /// <param name="file">Absolute, on this machine; its folder must be there.</param>
    /// <param name="tell">Told how many bytes are there.</param>
    /// <exception cref="AppException"><see cref="ErrorIds.DigestMismatch"/>, <see cref="ErrorIds.DiskTooFull"/>, or why it cannot be had.</exception>
    public async Task FetchAsync(ChosenAsset chosen, string file, Action<long> tell, CancellationToken cancellationToken)
    {
        var stream = Open(file);
        await using (stream.ConfigureAwait(false))
        {
            // Without a digest nobody could tell that its beginning is another file's.
            if (chosen.Expected.Count == 0)
                stream.SetLength(0);
            var goesOn = stream.Length > 0;
            await CompleteAsync(chosen.Asset, stream, tell, cancellationToken).ConfigureAwait(false);
            if (await MismatchAsync(chosen, stream, cancellationToken).ConfigureAwait(false) is not { } wrong)
                return;
            stream.SetLength(0);
            if (goesOn)
            {
                // What a killed process or a power cut left was not what it seemed to be.
                await CompleteAsync(chosen.Asset, stream, tell, cancellationToken).ConfigureAwait(false);
                wrong = await MismatchAsync(chosen, stream, cancellationToken).ConfigureAwait(false);
                if (wrong is null)
                    return;
                stream.SetLength(0);
            }

            throw new AppException(ErrorIds.DigestMismatch, $"{api.Name}: {chosen.Asset.Name} of release {chosen.Release.Tag} {wrong}. Nothing of it was unpacked.", $"{api.Name}:{chosen.Release.Tag}", GitHubAssets.Distrust);
        }
    }

    private static FileStream Open(string file)
    {
        var options = new FileStreamOptions { Mode = FileMode.OpenOrCreate, Access = FileAccess.ReadWrite, Share = FileShare.None, BufferSize = 0, Options = FileOptions.Asynchronous };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = DurableFile.Private;
        return new FileStream(file, options);
    }

    private async Task CompleteAsync(GitHubAsset asset, FileStream file, Action<long> tell, CancellationToken cancellationToken)
    {
        var (tries, left, mark) = (0, api.Policy.TotalWait, file.Length);
        while (file.Length != asset.Size)
        {
            if (file.Length > asset.Size)
                file.SetLength(0);
            RegistryAnswer? answer = null;
            WireFault? fault = null;
            try
            {
                answer = await TryAsync(asset, file, tell, cancellationToken).ConfigureAwait(false);
                if (answer is null && file.Length == asset.Size)
                    return;
                if (answer is { Status: 416 })
                    file.SetLength(0);
                else if (answer is { Status: < 500 and not 408 } && !Dialect.IsLimit(answer))
                    throw GitHubErrors.Refused(api, $"asset {asset.Name}", answer);
            }
            catch (Exception e) when (e is not AppException && !cancellationToken.IsCancellationRequested && WireFault.Of(e, new Uri(api.Address), api.Policy.TryTimeout) is { } passing)
            {
                fault = passing;
            }

            if (file.Length - mark >= Headway)
                (tries, left, mark) = (0, api.Policy.TotalWait, file.Length);
            tries++;
            fault ??= answer is null ? new WireFault(ErrorIds.RegistryFailed, $"{asset.Name} broke off after {file.Length} of {asset.Size} bytes", true) : null;
            var asked = answer is null ? null : Dialect.RetryAfter(answer, api.Time.GetUtcNow());
            var own = api.Policy.Pause(tries);
            var pause = asked > own ? asked.Value : own;
            if (fault is { MayPass: false } || tries == api.Policy.Tries || pause > left)
                throw Dialect.GiveUp(new Uri(api.Address), $"{api.Name}: {asset.Name}", answer, fault, asked, tries);
            left -= pause;
            await Task.Delay(pause, api.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <returns>An answer that was a refusal; null when bytes came.</returns>
    private async Task<RegistryAnswer?> TryAsync(GitHubAsset asset, FileStream file, Action<long> tell, CancellationToken cancellationToken)
    {
        var (response, request) = await api.OpenAsync(asset, file.Length, _tag, cancellationToken).ConfigureAwait(false);
        using (response)
        {
            switch ((int)response.StatusCode)
            {
                case 206 when response.Content.Headers.ContentRange is { From: { } from, Unit: "bytes" } range && from == file.Length && (range.Length is null || range.Length == asset.Size):
                    break;
                case 206:
                    // Another part than was asked for: from the beginning.
                    file.SetLength(0);
                    return null;
                case 200:
                    file.SetLength(0);
                    break;
                default:
                    return await RegistryWire.ReadAsync(response, request, cancellationToken).ConfigureAwait(false);
            }

            file.Seek(0, SeekOrigin.End);
            // A weak one does not promise the same bytes.
            _tag = response.Headers.ETag is { IsWeak: false, Tag: var its } ? its : null;
            var content = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
            await using (content.ConfigureAwait(false))
                await CopyAsync(asset, content, file, tell, cancellationToken).ConfigureAwait(false);
            return null;
        }
    }

    private async Task CopyAsync(GitHubAsset asset, Stream content, FileStream file, Action<long> tell, CancellationToken cancellationToken)
    {
        var buffer = new byte[1 << 17];
        while (true)
        {
            using var silence = new CancellationTokenSource(api.Policy.TryTimeout, api.Time);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(silence.Token, cancellationToken);
            var read = await content.ReadAsync(buffer, both.Token).ConfigureAwait(false);
            if (read == 0)
                return;
            if (file.Position + read > asset.Size)
                throw new AppException(ErrorIds.DigestMismatch, $"{api.Name}: {asset.Name} is longer than the {asset.Size} bytes that GitHub says it has.", $"{api.Name}:{asset.Name}", GitHubAssets.Distrust);
            try
            {
                await file.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }
            catch (IOException e)
            {
                throw DiskFull.Is(e)
                    ? new AppException(ErrorIds.DiskTooFull, $"{asset.Name} with its {asset.Size} bytes does not fit on the disk of {file.Name}.", file.Name, inner: e)
                    : new AppException(ErrorIds.HostFileFailed, $"{file.Name}: {e.Message}", file.Name, inner: e);
            }

            tell(file.Position);
        }
    }

    /// <returns>How it differs from what it must be, in words; null when it does not.</returns>
    private static async Task<string?> MismatchAsync(ChosenAsset chosen, FileStream file, CancellationToken cancellationToken)
    {
        foreach (var expected in chosen.Expected)
        {
            file.Seek(0, SeekOrigin.Begin);
            var isLong = expected.StartsWith("sha512:", StringComparison.Ordinal);
            var hash = isLong ? await SHA512.HashDataAsync(file, cancellationToken).ConfigureAwait(false) : await SHA256.HashDataAsync(file, cancellationToken).ConfigureAwait(false);
            var actual = $"{(isLong ? "sha512" : "sha256")}:{Convert.ToHexString(hash).ToLowerInvariant()}";
            if (actual != expected)
                return $"has the digest {actual}, but by {(chosen.Published.Contains(expected) ? chosen.ChecksumFile : "GitHub")} it must be {expected}";
        }

        return null;
    }
}
