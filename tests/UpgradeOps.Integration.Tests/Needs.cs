namespace UpgradeOps.Integration;

/// <summary>Skips a test, with the reason, when this machine lacks a part that it needs.</summary>
internal static class Needs
{
    public static void Parts(params Part[] parts)
    {
        if (Require.Missing(parts) is { } reason)
            Assert.Skip(reason);
    }

    /// <summary>Everything that an installation of the test application needs.</summary>
    public static void Stack() => Parts(Part.Docker, Part.Compose, Part.Registry, Part.Postgres, Part.MariaDb, Part.Compiler);
}
