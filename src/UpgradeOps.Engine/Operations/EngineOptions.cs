using UpgradeOps.Engine.Progress;

namespace UpgradeOps.Engine.Operations;

/// <summary>What a face injects: where things are, what only it has.</summary>
public sealed record EngineOptions
{
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>What a person uses to reach the engine, for the history: <c>pwsh</c>, <c>runbook</c>, <c>console</c>.</summary>
    public string? Face { get; init; }

    public IProgressSink Progress { get; init; } = NoProgress.Instance;

    /// <summary>Folder of the catalogue of registered applications; null for <c>UPGRADEOPS_CONFIG</c>, else the user's (root: the machine's) configuration folder.</summary>
    public string? ConfigFolder { get; init; }

    /// <summary>Parent folder of each application's state; null for <c>UPGRADEOPS_STATE</c>, else <c>/var/lib/upgradeops</c> as root, else the user's state folder.</summary>
    public string? StateFolder { get; init; }

    /// <summary>Resolves <c>secret:NAME</c> references; null where the face has no vault.</summary>
    public Func<string, CancellationToken, Task<string?>>? SecretVault { get; init; }
}
