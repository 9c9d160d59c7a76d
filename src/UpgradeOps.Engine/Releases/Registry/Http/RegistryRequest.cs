using System.Net.Http.Headers;

namespace UpgradeOps.Engine.Releases.Registry.Http;

/// <summary>One question to a registry or its token service; plain data, because a try that failed is asked anew.</summary>
internal sealed record RegistryRequest(HttpMethod Method, Uri Uri)
{
    public IReadOnlyList<string> Accept { get; init; } = [];

    public AuthenticationHeaderValue? Authorization { get; init; }

    /// <summary>Sent as they are, beside what every question has.</summary>
    public IReadOnlyDictionary<string, string> Headers { get; init; } = new Dictionary<string, string>();

    /// <summary>Sent as a form; null for a question without body.</summary>
    public IReadOnlyDictionary<string, string>? Form { get; init; }

    /// <summary>Bytes after which an answer is given up: nothing that is asked for here is large.</summary>
    public int BodyLimit { get; init; } = 4 << 20;

    public HttpRequestMessage ToMessage(Uri uri, AuthenticationHeaderValue? authorization)
    {
        var message = new HttpRequestMessage(Method, uri)
        {
            Version = uri.Scheme == Uri.UriSchemeHttps ? System.Net.HttpVersion.Version20 : System.Net.HttpVersion.Version11,
            VersionPolicy = HttpVersionPolicy.RequestVersionOrLower,
            Content = Form is null ? null : new FormUrlEncodedContent(Form),
        };
        foreach (var type in Accept)
            message.Headers.Accept.ParseAdd(type);
        message.Headers.AcceptEncoding.ParseAdd("identity"); // digests are over the bytes as they are stored
        message.Headers.UserAgent.ParseAdd(UserAgent);
        foreach (var (name, value) in Headers)
            message.Headers.TryAddWithoutValidation(name, value);
        message.Headers.Authorization = authorization;
        return message;
    }

    private static readonly string UserAgent = $"upgradeops/{typeof(RegistryRequest).Assembly.GetName().Version?.ToString(3)}";
}

/// <summary>An answer that has arrived in full.</summary>
internal sealed record RegistryAnswer(int Status, HttpResponseHeaders Headers, string? ContentType, byte[] Body, Uri Uri)
{
    public bool IsSuccess => Status is >= 200 and < 300;

    public string? Header(string name) => Headers.TryGetValues(name, out var values) ? values.FirstOrDefault() : null;
}
