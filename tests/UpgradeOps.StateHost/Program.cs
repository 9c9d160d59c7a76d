using System.Collections.Concurrent;
using UpgradeOps;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Json;
using UpgradeOps.Engine.Operations;
using UpgradeOps.Engine.State;

namespace UpgradeOps.StateHost;

/// <summary>
/// Reads commands, one a line, and answers each with one line: <c>ok …</c> or the ErrorId. The first argument is the application's
/// name, the second a <see cref="StateDefinition"/> as JSON.
/// </summary>
public static class Program
{
    public static async Task<int> Main(string[] arguments)
    {
        if (arguments.Length != 2)
        {
            await Console.Error.WriteLineAsync("usage: upgradeops-statehost <name> <state as JSON>");
            return 2;
        }

        var place = EngineJson.Read<StateDefinition>(arguments[1], ErrorIds.DefinitionInvalid, "state");
        var session = new EngineSession(new EngineOptions());
        IAppState Open() => session.OpenState(arguments[0], place);
        var commands = new Commands(Open);
        while (await Console.In.ReadLineAsync() is { } line)
        {
            Console.WriteLine(await AnswerAsync(commands, line.Split(' ', 3)));
        }

        return 0;
    }

    private static async Task<string> AnswerAsync(Commands commands, string[] words)
    {
        try
        {
            return "ok " + await commands.RunAsync(words);
        }
        catch (AppException e)
        {
            return $"{e.ErrorId} {e.Message.ReplaceLineEndings(" ")}";
        }
    }

    private sealed class Commands(Func<IAppState> open)
    {
        private readonly IAppState _state = open();
        private ILease? _lease;

        public async Task<string> RunAsync(string[] words)
        {
            switch (words[0])
            {
                case "take":
                    _lease = await _state.TakeLeaseAsync("a process", CancellationToken.None);
                    return $"{_lease.Fence}";
                case "append":
                    await _state.AppendJournalAsync(_lease!, words[1], words[2], CancellationToken.None);
                    return "";
                case "keep":
                    return await _state.KeepFileAsync(_lease!, words[1], words[2], "kept"u8.ToArray(), CancellationToken.None);
                case "remember":
                    await _state.ChangeAsync(_lease!, m => m with { Channel = words[1] }, CancellationToken.None);
                    return "";
                case "release":
                    await _lease!.DisposeAsync();
                    return "";
                case "race":
                    return $"{await RaceAsync(int.Parse(words[1]))}";
                default:
                    throw new ArgumentException(words[0]);
            }
        }

        /// <returns>How many of so many takers won; what they won they keep.</returns>
        private async Task<int> RaceAsync(int takers)
        {
            var wins = new ConcurrentBag<ILease>();
            await Parallel.ForEachAsync(Enumerable.Range(0, takers), new ParallelOptions { MaxDegreeOfParallelism = 10 }, async (_, token) =>
            {
                try
                {
                    wins.Add(await open().TakeLeaseAsync("race", token));
                }
                catch (AppException e) when (e.ErrorId == ErrorIds.LockHeld)
                {
                    // One of the many.
                }
            });
            return wins.Count;
        }
    }
}
