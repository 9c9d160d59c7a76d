using UpgradeOps.Engine.Operations;

namespace UpgradeOps.KillHost.Matrix;

/// <summary>
/// An installation of one platform on which operations are killed. A platform that supplies this gets the whole matrix. Two versions
/// matter: the one that runs after <see cref="PrepareAsync"/> (the old one), and the one that a scenario updates to.
/// </summary>
internal interface IKillWorld : IAsyncDisposable
{
    /// <summary>The registered name of the application.</summary>
    string AppName { get; }

    string ConfigFolder { get; }

    string StateFolder { get; }

    /// <summary>Variables for the process that will be killed, such as its folder for temporary files.</summary>
    IReadOnlyDictionary<string, string> Environment { get; }

    /// <summary>What a person who undoes says about the data, with force; null: nothing, for nothing is asked.</summary>
    DataPolicy? UndoData => null;

    /// <summary>A session that remembers nothing: what a new process would see.</summary>
    EngineSession NewSession();

    /// <summary>The old version runs, whole; no operation is open or can be undone; whatever an earlier cell left is gone.</summary>
    Task PrepareAsync();

    /// <summary>
    /// Called after each kill: notes what users were told is written, and may take away what a resume must not need (definition, registry).
    /// </summary>
    Task AfterKillAsync();

    /// <summary>
    /// Looks at the world after the last operation: digest or link, configuration and data are those of one version, every noted row is in
    /// the live data or in a named kept copy, and nothing is left over: lease, operation, process, container, file, temporary folder.
    /// </summary>
    /// <returns>The version that runs.</returns>
    /// <exception cref="KillMatrixException">What is wrong, for a person.</exception>
    Task<string> EndAsync();
}

/// <summary>What a world has to say against its state.</summary>
internal sealed class KillMatrixException(string message) : Exception(message);
