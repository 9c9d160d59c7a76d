using System.CommandLine;
using System.CommandLine.Help;
using UpgradeOps.Cli.Output;

namespace UpgradeOps.Cli.CommandLine;

/// <summary>From arguments to an exit code: parses, runs the verb, tells errors.</summary>
internal static class CommandLineRunner
{
    public static async Task<int> RunAsync(string[] args)
    {
        var globals = new GlobalOptions();
        var root = new Command("upgradeops", "Updates self-hosted applications as transactions: planned, backed up, proved, journaled, verified, kept or undone.");
        root.Options.Add(new HelpOption());
        root.Options.Add(new VersionOption());
        globals.AddTo(root);
        foreach (var command in VerbList.All())
        {
            command.SetAction((parsed, _) => RunVerbAsync(command, parsed, globals));
            root.Subcommands.Add(command);
        }

        var result = root.Parse(args.Length == 0 ? ["--help"] : args);
        if (result.Errors.Count > 0)
            return Misunderstood(result);
        var code = await result.InvokeAsync(new InvocationConfiguration { EnableDefaultExceptionHandler = false, ProcessTerminationTimeout = null });
        return args.Length == 0 ? ExitCodes.Usage : code;
    }

    private static int Misunderstood(ParseResult result)
    {
        foreach (var error in result.Errors)
            Console.Error.WriteLine($"usage: {error.Message.ReplaceLineEndings(" ")}");
        var verb = result.CommandResult.Command is VerbCommand command ? $" {command.Name}" : "";
        Console.Error.WriteLine($"next: upgradeops{verb} --help");
        return ExitCodes.Usage;
    }

    private static async Task<int> RunVerbAsync(VerbCommand command, ParseResult parsed, GlobalOptions globals)
    {
        var screen = new Screen(parsed.GetValue(globals.Json));
        using var stop = new StopRequest(screen);
        try
        {
            return await command.RunAsync(new Verb(parsed, globals, screen, stop.Token));
        }
        catch (AppException e)
        {
            screen.Error(e.Error);
            return ExitCodes.Error;
        }
        catch (OperationCanceledException) when (stop.Token.IsCancellationRequested)
        {
            screen.Note("Stopped.");
            return ExitCodes.Interrupted;
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            screen.Error(new AppError
            {
                ErrorId = ErrorIds.Unexpected,
                Message = $"{e.Message} [{e.GetType().Name}]",
                RecommendedAction = "This is a mistake in UpgradeOps: please report it with the lines below.",
            });
            screen.Note(e.StackTrace ?? "");
            return ExitCodes.Error;
        }
    }
}
