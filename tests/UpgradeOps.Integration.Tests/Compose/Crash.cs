using UpgradeOps.Engine.Platforms;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Integration.Steps;

namespace UpgradeOps.Integration.Compose;

/// <summary>Runs an operation as the transaction does, with a process that may "die" and another that goes on.</summary>
internal static class Crash
{
    /// <param name="until">The kind of the first step that is not done.</param>
    /// <returns>True when a process died on the way.</returns>
    public static async Task<bool> ForwardAsync(TestOperation operation, Func<IPlatform> open, string until)
    {
        var done = new HashSet<string>();
        try
        {
            await RunAsync(operation, open, until, done, begun: null);
            return false;
        }
        catch (DeathException)
        {
            operation.RecordsUntilDeath = int.MaxValue;
            await RunAsync(operation, open, until, done, begun: operation.Steps.First(s => !done.Contains(s.Id)).Id);
            return true;
        }
    }

    private static async Task RunAsync(TestOperation operation, Func<IPlatform> open, string until, HashSet<string> done, string? begun)
    {
        await using var platform = open();
        foreach (var planned in operation.Steps.TakeWhile(s => s.Kind != until).Where(s => !done.Contains(s.Id)))
        {
            var step = platform.Create(planned);
            var context = operation.Context(planned);
            if (planned.Id != begun || await step.ObserveAsync(context, TestContext.Current.CancellationToken) != StepState.Done)
                await step.DoAsync(context, TestContext.Current.CancellationToken);
            done.Add(planned.Id);
        }
    }
}
