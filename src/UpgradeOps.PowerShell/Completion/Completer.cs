using System.Collections;
using System.Management.Automation;
using System.Management.Automation.Language;
using UpgradeOps.Engine.Operations;

namespace UpgradeOps.PowerShell.Completion;

/// <summary>Completes a value with Tab from what the engine knows. An error or a slow answer completes nothing: Tab must never hurt.</summary>
public abstract class Completer : IArgumentCompleter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    public IEnumerable<CompletionResult> CompleteArgument(
        string commandName, string parameterName, string wordToComplete, CommandAst commandAst, IDictionary fakeBoundParameters)
    {
        using var patience = new CancellationTokenSource(Patience);
        var asked = Task.Run(() => SuggestAsync(new EngineSession(new EngineOptions()), App(fakeBoundParameters), patience.Token), patience.Token);
        try
        {
            if (!asked.Wait(Patience))
                return [];
        }
        catch (AggregateException)
        {
            return [];
        }

        var begin = new WildcardPattern(WildcardPattern.Escape(wordToComplete.Trim('\'', '"')) + "*", WildcardOptions.IgnoreCase);
        return asked.Result
            .Where(s => begin.IsMatch(s.Value))
            .DistinctBy(s => s.Value)
            .Select(s => new CompletionResult(Quote(s.Value), s.Value, CompletionResultType.ParameterValue, s.Tip));
    }

    /// <param name="app">The value of -Name as far as it is typed; null when it is not.</param>
    private protected abstract Task<IEnumerable<Suggestion>> SuggestAsync(EngineSession session, string? app, CancellationToken cancellationToken);

    private static string? App(IDictionary bound) => bound["Name"] switch
    {
        string name => name,
        IEnumerable names => names.Cast<object>().FirstOrDefault()?.ToString(),
        _ => null,
    };

    private static string Quote(string value) => value.Any(c => char.IsWhiteSpace(c) || "'\"`$(){};,|&<>@#".Contains(c))
        ? "'" + value.Replace("'", "''") + "'"
        : value;
}

/// <param name="Value">What is put on the command line.</param>
/// <param name="Tip">What is said about it.</param>
internal sealed record Suggestion(string Value, string Tip);
