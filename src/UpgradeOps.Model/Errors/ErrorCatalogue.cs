using System.Reflection;

namespace UpgradeOps;

/// <summary>The kind of a condition, from which a face makes its own category or exit code.</summary>
public enum ErrorKind
{
    InvalidInput,
    NotFound,
    NotReachable,
    NotPermitted,
    Conflict,
    Failed,
    Damaged,
}

/// <summary>One entry of the catalogue.</summary>
public sealed record ErrorEntry(string ErrorId, ErrorKind Kind, string DefaultAction);

/// <summary>Every ErrorId with its kind and what to do about it by default. Documentation and faces are made from it.</summary>
public static class ErrorCatalogue
{
    private static readonly Dictionary<string, ErrorEntry> Entries = Build();

    public static IReadOnlyCollection<ErrorEntry> All => Entries.Values;

    public static ErrorEntry? Find(string errorId) => Entries.GetValueOrDefault(errorId);

    private static Dictionary<string, ErrorEntry> Build()
    {
        var kinds = ErrorKinds.Table;
        return typeof(ErrorIds)
            .GetFields(BindingFlags.Public | BindingFlags.Static)
            .Select(f => (string)f.GetRawConstantValue()!)
            .Select(id => kinds.TryGetValue(id, out var e)
                ? new ErrorEntry(id, e.Kind, e.Action)
                : new ErrorEntry(id, ErrorKind.Failed, "See the message; Get-AppHistory shows what was done so far."))
            .ToDictionary(e => e.ErrorId);
    }
}
