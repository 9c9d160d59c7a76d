namespace UpgradeOps.Engine.Updates.Running;

/// <summary>The exact commands that results tell a person to go on with.</summary>
internal static class Commands
{
    public static string Resume(string name) => $"Resume-AppUpdate -Name {name}   (or Undo-AppUpdate -Name {name})";

    public static string ResumeForced(string name) =>
        $"Resume-AppUpdate -Name {name} -Force   (does the step again; or Undo-AppUpdate -Name {name})";

    /// <summary>Undo's own <c>-Force</c> says yes to restoring, and so cannot mean this.</summary>
    public static string GoBackForced(string name) => $"Resume-AppUpdate -Name {name} -Force   (does the step again, and goes on back)";

    public static string Undo(string name) => $"Undo-AppUpdate -Name {name}";

    public static string UndoWithData(string name) =>
        $"{UndoKeeping(name, null)}   (the data stays), or {UndoRestoring(name, null)}   (puts the backup in the data's place; the present data gets a backup and is kept aside)";

    public static string UndoKeeping(string name, string? operationId) => $"Undo-AppUpdate -Name {name}{Which(operationId)} -Data Keep";

    /// <summary>What a person types who has read what would be lost.</summary>
    public static string UndoRestoring(string name, string? operationId) => $"Undo-AppUpdate -Name {name}{Which(operationId)} -Data Restore -Force";

    private static string Which(string? operationId) => operationId is null ? "" : $" -OperationId {operationId}";

    public static string Health(string name) => $"Get-AppHealth -Name {name}";
}
