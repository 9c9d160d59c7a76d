using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace UpgradeOps.Engine.Tests.Backups.Stores;

/// <summary>
/// A small S3 server in this process, for faults that no real one can be asked for: it speaks as much of the protocol as the store uses, checks
/// the checksums that it is sent, and lets <see cref="Fault"/> happen to a request.
/// </summary>
internal sealed class FakeS3 : IDisposable
{
    public const string Bucket = "backups";

    private readonly HttpListener _listener;
    private readonly Lock _gate = new();
    private int _number;
    private int _working;

    public FakeS3()
    {
        while (true)
        {
            _listener = new HttpListener();
            Endpoint = $"http://127.0.0.1:{FreePort()}";
            _listener.Prefixes.Add(Endpoint + "/");
            try
            {
                _listener.Start();
                break;
            }
            catch (HttpListenerException)
            {
                // Somebody else took the port in between.
            }
        }

        _ = Task.Run(ServeAsync);
    }

    public string Endpoint { get; }

    public SortedDictionary<string, byte[]> Objects { get; } = new(StringComparer.Ordinal);

    public Dictionary<string, (string Key, SortedDictionary<int, byte[]> Parts)> Uploads { get; } = [];

    /// <summary>Every request, as <c>PUT key?partNumber=1</c>.</summary>
    public ConcurrentQueue<string> Requests { get; } = [];

    /// <summary>What happens to a request; null for nothing.</summary>
    public Func<S3Request, S3Fault?> Fault { get; set; } = static _ => null;

    /// <summary>Bytes that it has room for, parts included.</summary>
    public long Quota { get; set; } = long.MaxValue;

    /// <summary>Whether it knows checksums: Amazon's does, older ones of others do not.</summary>
    public bool ShowsChecksums { get; set; } = true;

    /// <summary>Whether an ETag is an MD5: it is not where the server encrypts.</summary>
    public bool ShowsMd5 { get; set; } = true;

    /// <summary>Keeps other bytes than it was sent, and believes that all is well.</summary>
    public Func<string, bool> Forges { get; set; } = static _ => false;

    public int Count(string method, string part) => Requests.Count(r => r.StartsWith(method + " ", StringComparison.Ordinal) && r.Contains(part, StringComparison.Ordinal));

    /// <summary>Waits until it works on no request: one that was given up may still be taken.</summary>
    public async Task IdleAsync()
    {
        for (var quiet = 0; quiet < 5; quiet = Volatile.Read(ref _working) == 0 ? quiet + 1 : 0)
            await Task.Delay(20);
    }

    public void Dispose() => _listener.Abort();

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private async Task ServeAsync()
    {
        while (_listener.IsListening)
        {
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            _ = Task.Run(() => AnswerAsync(context));
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        Interlocked.Increment(ref _working);
        try
        {
            var request = new S3Request(context.Request);
            Requests.Enqueue(request.ToString());
            var fault = Fault(request);
            if (fault is { CutAfter: { } taken } && request.Method == "PUT")
            {
                await context.Request.InputStream.ReadAtLeastAsync(new byte[taken], taken, throwOnEndOfStream: false);
                context.Response.Abort();
                return;
            }

            using var body = new MemoryStream();
            await context.Request.InputStream.CopyToAsync(body);
            var answer = fault is { Hollow: true } ? S3Answer.Empty(200) : fault is { Status: { } status } ? S3Answer.Error(status, fault.Code ?? "") : Handle(request, body.ToArray());
            if (fault is { Silent: true })
            {
                context.Response.Abort();
                return;
            }

            await answer.SendAsync(context.Response, fault?.CutAfter);
        }
        catch (Exception e) when (e is HttpListenerException or IOException or ObjectDisposedException or InvalidOperationException)
        {
            // Whoever asked is gone.
        }
        finally
        {
            Interlocked.Decrement(ref _working);
        }
    }

    private S3Answer Handle(S3Request request, byte[] body)
    {
        lock (_gate)
        {
            if (request.Bucket != Bucket)
                return S3Answer.Error(404, "NoSuchBucket");
            if (request.Method == "PUT" && request.Sent is { } sent && sent != Convert.ToBase64String(SHA256.HashData(body)))
                return S3Answer.Error(400, "BadDigest");
            if (request.Method == "PUT" && Objects.Values.Concat(Uploads.Values.SelectMany(u => u.Parts.Values)).Sum(b => b.LongLength) + body.Length > Quota)
                return S3Answer.Error(403, "QuotaExceeded");
            return (request.Method, request.Key, request["uploads"], request["uploadId"]) switch
            {
                ("GET", "", { }, _) => S3Answer.Xml("ListMultipartUploadsResult", Uploads.Where(u => u.Value.Key.StartsWith(request["prefix"] ?? "", StringComparison.Ordinal))
                    .Select(u => $"<Upload><Key>{u.Value.Key}</Key><UploadId>{u.Key}</UploadId><Initiated>2026-03-01T02:00:0{u.Key[^1]}Z</Initiated></Upload>")),
                ("GET", "", _, _) => S3Answer.Xml("ListBucketResult", Objects.Keys.Where(k => k.StartsWith(request["prefix"] ?? "", StringComparison.Ordinal))
                    .Select(k => $"<Contents><Key>{k}</Key></Contents>")),
                ("POST", var key, { }, _) => Begin(key),
                ("POST", var key, _, { } id) => Complete(key, id, body),
                ("PUT", _, _, { } id) => Part(id, int.Parse(request["partNumber"]!), body),
                ("PUT", var key, _, _) => Put(key, body),
                ("GET", _, _, { } id) => Uploads.TryGetValue(id, out var u)
                    ? S3Answer.Xml("ListPartsResult", u.Parts.Select(p => $"<Part><PartNumber>{p.Key}</PartNumber><Size>{p.Value.Length}</Size><ETag>{ETag(p.Value)}</ETag>{Checksum(p.Value)}</Part>"))
                    : S3Answer.Error(404, "NoSuchUpload"),
                ("DELETE", _, _, { } id) => Uploads.Remove(id) ? S3Answer.Empty(204) : S3Answer.Error(404, "NoSuchUpload"),
                ("DELETE", var key, _, _) => Objects.Remove(key) ? S3Answer.Empty(204) : S3Answer.Empty(204),
                ("GET" or "HEAD", var key, _, _) => Objects.TryGetValue(key, out var bytes)
                    ? S3Answer.Of(bytes, request.From, _etags.GetValueOrDefault(key), ShowsChecksums ? _checksums.GetValueOrDefault(key) : null)
                    : S3Answer.Error(404, "NoSuchKey"),
                _ => S3Answer.Error(501, "NotImplemented"),
            };
        }
    }

    private readonly Dictionary<string, string> _etags = [];
    private readonly Dictionary<string, string> _checksums = [];

    private S3Answer Put(string key, byte[] body)
    {
        Keep(key, body, ETag(body), Convert.ToBase64String(SHA256.HashData(body)));
        return S3Answer.Empty(200, ETag(body));
    }

    private S3Answer Begin(string key)
    {
        var id = $"upload{++_number}";
        Uploads[id] = (key, []);
        return S3Answer.Xml("InitiateMultipartUploadResult", [$"<Key>{key}</Key><UploadId>{id}</UploadId>"]);
    }

    private S3Answer Part(string id, int number, byte[] body)
    {
        if (!Uploads.TryGetValue(id, out var upload))
            return S3Answer.Error(404, "NoSuchUpload");
        upload.Parts[number] = body;
        return S3Answer.Empty(200, ETag(body));
    }

    private S3Answer Complete(string key, string id, byte[] body)
    {
        if (!Uploads.TryGetValue(id, out var upload))
            return S3Answer.Error(404, "NoSuchUpload");
        var wanted = Encoding.UTF8.GetString(body).Split("<PartNumber>").Length - 1;
        if (wanted != upload.Parts.Count)
            return S3Answer.Error(400, "InvalidPart");
        Uploads.Remove(id);
        var parts = upload.Parts.Values;
        var md5 = ShowsMd5 ? Convert.ToHexStringLower(MD5.HashData([.. parts.SelectMany(MD5.HashData)])) : Guid.NewGuid().ToString("N");
        Keep(key, [.. parts.SelectMany(p => p)], $"\"{md5}-{parts.Count}\"", $"{Convert.ToBase64String(SHA256.HashData([.. parts.SelectMany(SHA256.HashData)]))}-{parts.Count}");
        return S3Answer.Xml("CompleteMultipartUploadResult", [$"<Key>{key}</Key><ETag>{_etags[key]}</ETag>"]);
    }

    private void Keep(string key, byte[] bytes, string etag, string checksum)
    {
        if (Forges(key))
        {
            bytes = [.. bytes];
            bytes[bytes.Length / 2] ^= 1;
            (etag, checksum) = ($"\"{Convert.ToHexStringLower(MD5.HashData(bytes))}\"", Convert.ToBase64String(SHA256.HashData(bytes)));
        }

        (Objects[key], _etags[key], _checksums[key]) = (bytes, etag, checksum);
    }

    private string ETag(byte[] bytes) => ShowsMd5 ? $"\"{Convert.ToHexStringLower(MD5.HashData(bytes))}\"" : $"\"{Guid.NewGuid():N}\"";

    private string Checksum(byte[] bytes) => ShowsChecksums ? $"<ChecksumSHA256>{Convert.ToBase64String(SHA256.HashData(bytes))}</ChecksumSHA256>" : "";
}
