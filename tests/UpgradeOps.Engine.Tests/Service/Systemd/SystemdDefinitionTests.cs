using UpgradeOps.Engine.Tests.Apps;

namespace UpgradeOps.Engine.Tests.Service.Systemd;

public sealed class SystemdDefinitionTests
{
    private const string Command = "command: [./notes]";

    [Theory]
    [InlineData("supervisor: systemd\n    unit: notes", "notes.service", "system")]
    [InlineData("supervisor: systemd\n    unit: notes@blue.service\n    scope: user", "notes@blue.service", "user")]
    public void A_unit_runs_it(string lines, string unit, string scope)
    {
        var service = Definitions.Parse(Definitions.Service.Replace(Command, lines)).Platform.Service!;
        Assert.Equal(("systemd", unit, scope, null), (service.Supervisor, service.Unit, service.Scope, service.StopTimeout));
        Assert.Empty(service.Command);
    }

    [Theory]
    [InlineData("supervisor: systemd", "platform.service.unit")]
    [InlineData("supervisor: systemd\n    unit: notes\n    command: [./notes]", "platform.service.command")]
    [InlineData("command: [./notes]\n    unit: notes", "platform.service.unit")]
    [InlineData("command: [./notes]\n    scope: user", "platform.service.scope")]
    [InlineData("supervisor: systemd\n    unit: notes.timer", "platform.service.unit")]
    [InlineData("supervisor: systemd\n    unit: notes@.service", "platform.service.unit")]
    [InlineData("supervisor: systemd\n    unit: --now", "platform.service.unit")]
    [InlineData("supervisor: systemd\n    unit: a/b", "platform.service.unit")]
    [InlineData("supervisor: systemd\n    unit: notes\n    scope: machine", "platform.service.scope")]
    public void What_does_not_fit_is_refused(string lines, string key)
    {
        var error = Definitions.Refused(Definitions.Service.Replace(Command, lines));
        Assert.Equal(ErrorIds.DefinitionInvalid, error.ErrorId);
        Assert.Contains($": {key}: ", error.Message.Split('\n')[0]);
    }

    [Fact]
    public void A_rehearsal_needs_a_command_of_its_own()
    {
        var error = Definitions.Refused(Definitions.Service.Replace(Command, "supervisor: systemd\n    unit: notes").Replace("folder: incoming", "folder: incoming\nrehearse: { environment: { PORT: \"{port}\" } }"));
        Assert.Contains("rehearse.command: this key is missing", error.Message);
    }
}
