using System.Collections.ObjectModel;
using System.Globalization;
using System.Management.Automation;
using System.Management.Automation.Host;

namespace UpgradeOps.TestCmdlets;

/// <summary>A host with a person in it who always gives the same answer; remembers what was asked and said.</summary>
/// <param name="answer">The label of the choice, such as <c>Yes</c>; null for nobody there.</param>
public sealed class AnsweringHost(string? answer) : PSHost
{
    private readonly AnsweringUI ui = new(answer);

    public Collection<string> Asked => ui.Asked;

    public Collection<string> Warned => ui.Warned;

    public override CultureInfo CurrentCulture => CultureInfo.InvariantCulture;

    public override CultureInfo CurrentUICulture => CultureInfo.InvariantCulture;

    public override Guid InstanceId { get; } = Guid.NewGuid();

    public override string Name => "Answering";

    public override Version Version => new(1, 0);

    public override PSHostUserInterface UI => ui;

    public override void EnterNestedPrompt()
    {
    }

    public override void ExitNestedPrompt()
    {
    }

    public override void NotifyBeginApplication()
    {
    }

    public override void NotifyEndApplication()
    {
    }

    public override void SetShouldExit(int exitCode)
    {
    }

    private sealed class AnsweringUI(string? answer) : PSHostUserInterface
    {
        public Collection<string> Asked { get; } = [];

        public Collection<string> Warned { get; } = [];

        public override PSHostRawUserInterface RawUI => null!;

        public override int PromptForChoice(string caption, string message, Collection<ChoiceDescription> choices, int defaultChoice)
        {
            if (answer is null)
                throw new HostException("This host cannot ask.");
            Asked.Add(message);
            return choices.IndexOf(choices.Single(c => c.Label.Replace("&", "", StringComparison.Ordinal) == answer));
        }

        public override void WriteWarningLine(string message) => Warned.Add(message);

        public override Dictionary<string, PSObject> Prompt(string caption, string message, Collection<FieldDescription> descriptions) => throw Refused();

        public override PSCredential PromptForCredential(string caption, string message, string userName, string targetName) => throw Refused();

        public override PSCredential PromptForCredential(
            string caption, string message, string userName, string targetName, PSCredentialTypes allowedCredentialTypes, PSCredentialUIOptions options) => throw Refused();

        public override string ReadLine() => throw Refused();

        public override System.Security.SecureString ReadLineAsSecureString() => throw Refused();

        public override void Write(string value)
        {
        }

        public override void Write(ConsoleColor foregroundColor, ConsoleColor backgroundColor, string value)
        {
        }

        public override void WriteDebugLine(string message)
        {
        }

        public override void WriteErrorLine(string value)
        {
        }

        public override void WriteLine(string value)
        {
        }

        public override void WriteProgress(long sourceId, ProgressRecord record)
        {
        }

        public override void WriteVerboseLine(string message)
        {
        }

        private static HostException Refused() => new("This host only answers choices.");
    }
}
