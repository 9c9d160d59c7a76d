namespace UpgradeOps.Engine.State;

/// <summary>Names of operations and kept files: one part of a path, also in a store that has no paths.</summary>
internal static class KeptName
{
    public static string Check(string name) => name.Length > 0 && name.IndexOfAny(['/', '\\', '\0']) < 0 && name is not ("." or "..")
        ? name
        : throw new AppException(ErrorIds.StateDamaged, $"'{name}' is no name for a kept file.", name);
}
