using UpgradeOps.Engine.Platforms.Service.Supervisors.Systemd;

namespace UpgradeOps.Engine.Tests.Service.Systemd;

/// <summary>What <c>journalctl --output=json</c> prints, recorded from systemd 252 and shortened.</summary>
public sealed class JournalEntryTests
{
    private const string Own = """{"_SYSTEMD_UNIT":"app.service","_PID":"58","PRIORITY":"6","_SYSTEMD_INVOCATION_ID":"bde3","__REALTIME_TIMESTAMP":"1795302566447511","MESSAGE":"no disk","__CURSOR":"s=a82c;i=1e","_TRANSPORT":"stdout"}""";
    private const string Started = """{"SYSLOG_IDENTIFIER":"systemd","CODE_FILE":"src/core/job.c","UNIT":"app.service","INVOCATION_ID":"bde3","_PID":"1","_SYSTEMD_UNIT":"init.scope","_SYSTEMD_INVOCATION_ID":"0000","MESSAGE":"Started app.service.","PRIORITY":"6","__CURSOR":"s=a82c;i=1c"}""";
    private const string NoProgram = """{"SYSLOG_IDENTIFIER":"(run)","CODE_FILE":"src/core/execute.c","UNIT":"app.service","INVOCATION_ID":"bde3","_SYSTEMD_INVOCATION_ID":"bde3","MESSAGE":"app.service: Failed at step EXEC spawning /srv/run: No such file or directory","PRIORITY":"3","__CURSOR":"c"}""";
    private const string OfUser = """{"CODE_FILE":"src/core/job.c","USER_UNIT":"app.service","USER_INVOCATION_ID":"bde3","MESSAGE":"Started app.service.","PRIORITY":"6","__CURSOR":"c"}""";

    [Fact]
    public void What_the_application_wrote()
    {
        var entry = Assert.Single(JournalEntry.ParseAll(Own));
        Assert.Equal(("s=a82c;i=1e", "no disk", "bde3", 6, false, true), (entry.Cursor, entry.Message, entry.Invocation, entry.Priority, entry.IsManagers, entry.IsWorthTelling));
        Assert.Equal(new DateTimeOffset(2026, 11, 21, 23, 9, 26, TimeSpan.Zero).AddTicks(4475110), entry.At);
    }

    [Theory]
    [InlineData(Started, false)]
    [InlineData(OfUser, false)]
    [InlineData(NoProgram, true)]
    public void Of_what_systemd_tells_about_it_only_errors_count(string line, bool counts)
    {
        var entry = Assert.Single(JournalEntry.ParseAll(line));
        Assert.Equal(("bde3", true, counts), (entry.Invocation, entry.IsManagers, entry.IsWorthTelling));
    }

    [Theory]
    [InlineData("""{"MESSAGE":[226,130,172,32,255],"__CURSOR":"c"}""", "€ \uFFFD")]
    [InlineData("""{"MESSAGE":["first","second"],"__CURSOR":"c"}""", "first")]
    [InlineData("""{"MESSAGE":null,"__CURSOR":"c"}""", "")]
    [InlineData("""{"__CURSOR":"c"}""", "")]
    public void Odd_messages(string line, string text) => Assert.Equal(text, Assert.Single(JournalEntry.ParseAll(line)).Message);

    [Fact]
    public void A_line_that_was_cut_off_is_left_out() =>
        Assert.Equal("no disk", Assert.Single(JournalEntry.ParseAll($"{Own[20..]}\n{Own}\n-- No entries --\n{Own[..40]}\n")).Message);
}
