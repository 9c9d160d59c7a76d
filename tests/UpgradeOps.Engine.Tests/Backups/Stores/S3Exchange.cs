using System.Net;
using System.Text;
using System.Web;

namespace UpgradeOps.Engine.Tests.Backups.Stores;

/// <summary>What goes wrong with one request.</summary>
internal sealed record S3Fault
{
    /// <summary>It is refused with this status and <see cref="Code"/>.</summary>
    public int? Status { get; init; }

    public string? Code { get; init; }

    /// <summary>The connection breaks after so many bytes of what is sent, or for a download of the answer.</summary>
    public int? CutAfter { get; init; }

    /// <summary>It is answered with 200 and nothing else, as by a proxy that lost the server.</summary>
    public bool Hollow { get; init; }

    /// <summary>It is done, but the answer is lost.</summary>
    public bool Silent { get; init; }
}

internal sealed class S3Request(HttpListenerRequest request)
{
    private readonly string[] _path = request.Url!.AbsolutePath.TrimStart('/').Split('/', 2);

    public string Method => request.HttpMethod;

    public string Bucket => _path[0];

    public string Key => _path.Length > 1 ? Uri.UnescapeDataString(_path[1]) : "";

    public string? this[string name]
    {
        get
        {
            var query = HttpUtility.ParseQueryString(request.Url!.Query);
            return query[name] ?? (query.GetValues(null)?.Contains(name) == true ? "" : null);
        }
    }

    public int Part => int.TryParse(this["partNumber"], out var number) ? number : 0;

    public string? Sent => request.Headers["x-amz-checksum-sha256"];

    public long From => request.Headers["Range"] is { } range ? long.Parse(range["bytes=".Length..].Split('-')[0]) : 0;

    public override string ToString() => $"{Method} {Key}{request.Url!.Query}{(From > 0 ? $" from {From}" : "")}";
}

internal sealed record S3Answer(int Status, byte[] Body, string? ETag = null, string? Checksum = null, long From = 0)
{
    public static S3Answer Empty(int status, string? etag = null) => new(status, [], etag);

    public static S3Answer Error(int status, string code) =>
        new(status, Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>the double says so</Message></Error>"));

    public static S3Answer Xml(string root, IEnumerable<string> items) =>
        new(200, Encoding.UTF8.GetBytes($"<?xml version=\"1.0\"?><{root} xmlns=\"http://s3.amazonaws.com/doc/2006-03-01/\"><IsTruncated>false</IsTruncated>{string.Concat(items)}</{root}>"));

    public static S3Answer Of(byte[] bytes, long from, string? etag, string? checksum) => new(from > 0 ? 206 : 200, bytes, etag, checksum, from);

    public async Task SendAsync(HttpListenerResponse response, int? cutAfter)
    {
        response.StatusCode = Status;
        if (ETag is not null)
            response.Headers["ETag"] = ETag;
        if (Checksum is not null)
            response.Headers["x-amz-checksum-sha256"] = Checksum;
        var body = Body.AsMemory((int)From);
        if (Status != 204)
            response.ContentLength64 = body.Length;
        if (cutAfter is { } most && most < body.Length)
        {
            await response.OutputStream.WriteAsync(body[..most]);
            await response.OutputStream.FlushAsync();
            response.Abort();
            return;
        }

        try
        {
            if (body.Length > 0)
                await response.OutputStream.WriteAsync(body);
        }
        catch (ProtocolViolationException)
        {
            // HEAD has a length and no body.
        }

        response.Close();
    }
}
