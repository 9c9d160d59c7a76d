namespace UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

/// <summary>What systemctl means when it refuses. It is run in the C locale, so its words are these.</summary>
internal static class UnitFault
{
    /// <param name="otherwise">For what is none of the known ones.</param>
    public static string Id(string said, string otherwise) =>
        Has(said, "authentication required", "access denied", "permission denied", "not permitted") ? ErrorIds.ServiceForbidden
        : Has(said, "not been booted with systemd", "failed to connect to bus", "failed to get d-bus connection", "$dbus_session_bus_address") ? ErrorIds.ServiceManagerUnreachable
        : Has(said, "not found", "not be found", "not loaded") ? ErrorIds.ServiceUnitMissing
        : Has(said, "masked", "refused, unit") ? ErrorIds.ServiceUnitUnfit
        : otherwise;

    /// <summary>In one line.</summary>
    public static string Line(string said)
    {
        var text = string.Join(' ', said.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
        return text.Length > 500 ? text[..500] + "…" : text;
    }

    private static bool Has(string said, params string[] words) => words.Any(w => said.Contains(w, StringComparison.OrdinalIgnoreCase));
}
