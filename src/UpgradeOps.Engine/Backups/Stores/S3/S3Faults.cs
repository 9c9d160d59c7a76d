using System.Net;
using System.Net.Sockets;
using System.Xml;
using Amazon.Runtime;
using Amazon.S3;
using UpgradeOps.Engine.Apps.Definition;

namespace UpgradeOps.Engine.Backups.Stores.S3;

/// <summary>What goes wrong between here and a bucket, in the words of the catalogue.</summary>
internal static class S3Faults
{
    private static readonly string[] Forbidden =
        ["AccessDenied", "Forbidden", "InvalidAccessKeyId", "SignatureDoesNotMatch", "ExpiredToken", "InvalidToken", "AllAccessDisabled", "AccountProblem", "NotSignedUp"];

    private static readonly string[] Full = ["QuotaExceeded", "InsufficientStorage", "XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "StorageFull"];

    private static readonly string[] Elsewhere =
        ["PermanentRedirect", "TemporaryRedirect", "Redirect", "AuthorizationHeaderMalformed", "IllegalLocationConstraintException", "InvalidRegionName"];

    private static readonly string[] Damaged = ["BadDigest", "InvalidDigest", "XAmzContentSHA256Mismatch", "XAmzContentChecksumMismatch", "IncompleteBody", "RequestTimeout"];

    /// <summary>True for what another try may mend.</summary>
    public static bool MayPass(Exception e) => e switch
    {
        AmazonServiceException s when IsFull(s) => false,
        AmazonServiceException s when s.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.RequestTimeout || (int)s.StatusCode >= 500 => true,
        AmazonServiceException { StatusCode: 0 } => true,
        AmazonServiceException s => Damaged.Contains(s.ErrorCode),
        AmazonClientException => false,
        _ => IsNetwork(e) || IsGarbled(e),
    };

    /// <summary>What the SDK throws has no common base.</summary>
    public static bool IsSdk(Exception e) => e is AmazonServiceException or AmazonClientException || IsGarbled(e);

    /// <summary>An answer that is none of S3's: one that was cut, or that of a proxy in between.</summary>
    private static bool IsGarbled(Exception e) => e is XmlException or FormatException;

    public static bool IsNetwork(Exception e) => e is HttpRequestException or IOException or SocketException or TimeoutException or OperationCanceledException;

    public static bool IsMissing(Exception e) => e is AmazonS3Exception { StatusCode: HttpStatusCode.NotFound } s && s.ErrorCode != "NoSuchBucket";

    public static AppException Explain(Exception e, S3StoreDefinition place)
    {
        var where = Describe(place);
        return e switch
        {
            AmazonServiceException s when IsFull(s) => Make(ErrorIds.StoreFull, $"{where} has no room left: {Say(s)}"),
            // What may be missing was asked for as such: without a word more it is the bucket.
            AmazonServiceException { ErrorCode: "NoSuchBucket" or "NotFound" } or AmazonServiceException { StatusCode: HttpStatusCode.NotFound, ErrorCode: null or "" } => Make(ErrorIds.StoreBucketMissing, $"There is no bucket '{place.Bucket}' {At(place)}."),
            AmazonServiceException { ErrorCode: "RequestTimeTooSkewed" } s => Make(ErrorIds.StoreClockSkew, $"{where} refuses this machine's clock: {Say(s)}"),
            AmazonServiceException s when Elsewhere.Contains(s.ErrorCode) || (int)s.StatusCode is 301 or 307 => Make(
                ErrorIds.StoreWrongRegion, $"The bucket '{place.Bucket}' is not in region {place.Region ?? "that this machine's configuration names"}: {Say(s)}"),
            AmazonServiceException s when Forbidden.Contains(s.ErrorCode) || s.StatusCode is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden =>
                Make(ErrorIds.StoreUnauthorized, $"{where} does not let in whoever {Who(place)}: {Say(s)}"),
            AmazonServiceException { StatusCode: 0 } => Make(ErrorIds.StoreUnreachable, $"{where} does not answer: {Say(e)}"),
            AmazonServiceException s => Make(ErrorIds.StoreFailed, $"{where} failed: {Say(s)}"),
            AmazonClientException when IsCredentials(e) => Make(ErrorIds.StoreUnauthorized, $"Nothing on this machine tells who may use {where}: {Say(e)}"),
            XmlException or FormatException => Make(ErrorIds.StoreFailed, $"{where} does not answer as S3 does: {Say(e)}"),
            AmazonClientException => Make(ErrorIds.StoreFailed, $"{where} cannot be used: {Say(e)}"),
            _ => Make(ErrorIds.StoreUnreachable, $"{where} does not answer: {Say(e)}"),
        };

        AppException Make(string id, string message) => new(id, message, where, inner: e);
    }

    public static string Describe(S3StoreDefinition place) => $"s3://{place.Bucket}{(place.Endpoint is { } endpoint ? $" at {endpoint}" : "")}";

    private static string At(S3StoreDefinition place) => place.Endpoint is { } endpoint ? $"at {endpoint}" : "at Amazon S3";

    private static string Who(S3StoreDefinition place) => place.AccessKey is { } key ? $"has the keys {key} and {place.SecretKey}" : "the environment, profile or role names";

    private static bool IsFull(AmazonServiceException e) => Full.Contains(e.ErrorCode) || e.StatusCode == HttpStatusCode.InsufficientStorage;

    private static bool IsCredentials(Exception e) =>
        e.Message.Contains("credentials", StringComparison.OrdinalIgnoreCase) || e.Message.Contains("security", StringComparison.OrdinalIgnoreCase);

    /// <summary>The server's code is what a search finds; its text may be empty.</summary>
    private static string Say(Exception e)
    {
        var innermost = e;
        while (innermost is not AmazonServiceException { ErrorCode.Length: > 0 } && innermost.InnerException is { } inner)
            innermost = inner;
        return innermost is AmazonServiceException { ErrorCode: { Length: > 0 } code } s
            ? $"{code} ({(int)s.StatusCode}) {Line(s.Message)}".TrimEnd('.', ' ') + "."
            : Line(innermost.Message).TrimEnd('.', ' ') + ".";
    }

    private static string Line(string text) => text.ReplaceLineEndings(" ").Trim() is { Length: <= 300 } line ? line : text.ReplaceLineEndings(" ").Trim()[..300];
}
