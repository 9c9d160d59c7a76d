using UpgradeOps.Engine.Hosts.Local;
using UpgradeOps.Engine.Platforms.Service.Supervisors;
using UpgradeOps.Engine.Tests.Apps;

namespace UpgradeOps.Engine.Tests.Service.Windows;

public sealed class WindowsServiceDefinitionTests
{
    private const string Command = "command: [./notes]";
    private const string Lines = "supervisor: windows-service\n    name: Notes Server";

    [Fact]
    public void A_service_runs_it()
    {
        var service = Definitions.Parse(Definitions.Service.Replace(Command, Lines)).Platform.Service!;
        Assert.Equal(("windows-service", "Notes Server", null, null), (service.Supervisor, service.Name, service.Unit, service.StopTimeout));
        Assert.Empty(service.Command);
    }

    [Theory]
    [InlineData("supervisor: windows-service", "platform.service.name")]
    [InlineData(Lines + "\n    command: [./notes]", "platform.service.command")]
    [InlineData(Lines + "\n    unit: notes", "platform.service.unit")]
    [InlineData(Lines + "\n    scope: user", "platform.service.scope")]
    [InlineData("command: [./notes]\n    name: Notes", "platform.service.name")]
    [InlineData("supervisor: systemd\n    unit: notes\n    name: Notes", "platform.service.name")]
    [InlineData("supervisor: windows-service\n    name: a/b", "platform.service.name")]
    [InlineData("supervisor: windows-service\n    name: 'a\\b'", "platform.service.name")]
    [InlineData("supervisor: windows-service\n    name: ' a'", "platform.service.name")]
    public void What_does_not_fit_is_refused(string lines, string key)
    {
        var error = Definitions.Refused(Definitions.Service.Replace(Command, lines));
        Assert.Equal(ErrorIds.DefinitionInvalid, error.ErrorId);
        Assert.Contains($": {key}: ", error.Message.Split('\n')[0]);
    }

    /// <summary>What runs in a POSIX shell, or over SSH, is refused and not tried.</summary>
    [Theory]
    [InlineData("host: ssh://deploy@example.org", "host")]
    [InlineData("rehearse: { command: [./notes], environment: { PORT: \"{port}\" } }", "rehearse")]
    public void What_Windows_is_not_asked_for_is_refused(string line, string key)
    {
        var error = Definitions.Refused($"{line}\n{Definitions.Service.Replace(Command, Lines).Replace("host: local\n", "")}");
        Assert.Contains($": {key}: ", error.Message);
        Assert.Equal(ErrorIds.DefinitionNotImplemented, error.ErrorId);
    }

    [Fact]
    public void A_machine_without_services_is_told()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "It has them.");
        var definition = Definitions.Parse(Definitions.Service.Replace(Command, Lines));
        var error = Assert.Throws<AppException>(() => SupervisorList.Open(definition, definition.Platform.Service!, new LocalHost(), TimeProvider.System));
        Assert.Equal(ErrorIds.ServiceManagerUnreachable, error.ErrorId);
        Assert.Contains("is a Windows service, and this machine has none", error.Message);
    }
}
