using System.CommandLine;
using UpgradeOps.Cli.CommandLine;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.Cli.Commands;

/// <summary>The options that say where an update goes, shared by <c>plan</c> and <c>update</c>.</summary>
internal sealed class TargetOptions
{
    private readonly Option<string?> version = new("--version") { Description = "A version or an exact tag; the newest of the channel when it is left out.", HelpName = "version" };
    private readonly Option<string?> channel = new("--channel") { Description = "A declared channel; update remembers it.", HelpName = "channel" };
    private readonly Option<ProofLevel?> prove = new("--prove-backup") { Description = "How far the backup is proved before anything is changed; what the definition says when it is left out.", HelpName = "none|checksum|structure|restore" };
    private readonly Option<bool> force = new("--force") { Description = "Allow an older version, and (with --version) one that failed here before." };

    public void AddTo(Command command)
    {
        command.Options.Add(version);
        command.Options.Add(channel);
        command.Options.Add(prove);
        command.Options.Add(force);
    }

    public UpdateOptions Read(Verb verb, string name) => new()
    {
        Name = name,
        Version = verb.Get(version),
        Channel = verb.Get(channel),
        ProveBackup = verb.Get(prove),
        Force = verb.Get(force),
    };

    /// <summary>True when any of them was given, beside which a plan makes no sense.</summary>
    public bool AnyGiven(Verb verb) => verb.Get(version) is not null || verb.Get(channel) is not null;
}
