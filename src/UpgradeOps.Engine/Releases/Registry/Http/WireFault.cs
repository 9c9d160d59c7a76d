using System.Net.Http;
using System.Net.Sockets;
using System.Security.Authentication;

namespace UpgradeOps.Engine.Releases.Registry.Http;

/// <summary>Why a try brought no whole answer, in words, and whether another try may help.</summary>
internal sealed record WireFault(string ErrorId, string Reason, bool MayPass)
{
    /// <returns>Null for what is no trouble of the network.</returns>
    public static WireFault? Of(Exception exception, Uri uri, TimeSpan timeout) => exception switch
    {
        OperationCanceledException { InnerException: TimeoutException } =>
            new(ErrorIds.RegistryUnreachable, $"no connection to {uri.Authority} within {RegistryHandlers.ConnectTimeout.TotalSeconds:0} s", true),
        OperationCanceledException => new(ErrorIds.RegistryUnreachable, $"no answer within {timeout.TotalSeconds:0.#} s", true),
        HttpRequestException e => OfRequest(e, uri),
        // A peer that is gone at once makes HttpClient ask a closed socket for its address, and what that says comes through as it is.
        IOException or SocketException => Cut,
        _ => null,
    };

    private static WireFault Cut => new(ErrorIds.RegistryFailed, "the answer broke off in the middle", true);

    private static WireFault OfRequest(HttpRequestException fault, Uri uri)
    {
        var socket = Inner<SocketException>(fault)?.SocketErrorCode;
        return fault.HttpRequestError switch
        {
            HttpRequestError.NameResolutionError =>
                new(ErrorIds.RegistryUnreachable, $"the name {uri.Host} cannot be resolved", socket == SocketError.TryAgain),
            HttpRequestError.ConnectionError when socket == SocketError.ConnectionRefused =>
                new(ErrorIds.RegistryUnreachable, $"{uri.Authority} refuses connections", false),
            HttpRequestError.ConnectionError =>
                new(ErrorIds.RegistryUnreachable, $"{uri.Authority} cannot be connected to: {fault.InnerException?.Message ?? fault.Message}", false),
            HttpRequestError.SecureConnectionError when Inner<AuthenticationException>(fault) is { } tls =>
                new(ErrorIds.RegistryUnreachable, $"TLS with {uri.Authority} failed: {tls.InnerException?.Message ?? tls.Message}", false),
            HttpRequestError.SecureConnectionError => new(ErrorIds.RegistryUnreachable, $"TLS with {uri.Authority} broke off", true),
            HttpRequestError.ProxyTunnelError => new(ErrorIds.RegistryUnreachable, $"the proxy does not connect to {uri.Authority}: {fault.Message}", false),
            HttpRequestError.ConfigurationLimitExceeded => new(ErrorIds.RegistryFailed, "the answer is larger than any manifest may be", false),
            _ => Cut,
        };
    }

    private static T? Inner<T>(Exception exception)
        where T : Exception
    {
        for (var e = exception.InnerException; e is not null; e = e.InnerException)
        {
            if (e is T found)
                return found;
        }
        return null;
    }
}
