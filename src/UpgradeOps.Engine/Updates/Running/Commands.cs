namespace UpgradeOps.Engine.Updates.Running;

/// <summary>The exact commands that results tell a person to go on with.</summary>
internal static class Commands
{
    public static string Resume(string name) => $"Resume-AppUpdate -Name {name}   (or Undo-AppUpdate -Name {name})";

    public static string ResumeForced(string name) =>
        $"Resume-AppUpdate -Name {name} -Force   (does the step again; or Undo-AppUpdate -Name {name})";

    public static string Undo(string name) => $"Undo-AppUpdate -Name {name}";

    public static string UndoWithData(string name) =>
        $"Undo-AppUpdate -Name {name} -Data Keep   (or -Data Restore, which puts the backup in the data's place and keeps the present data aside)";

    public static string Health(string name) => $"Get-AppHealth -Name {name}";
}
