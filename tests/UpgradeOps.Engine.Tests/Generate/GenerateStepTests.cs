using System.Text.RegularExpressions;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Apps.Secrets;
using UpgradeOps.Engine.Platforms.Generate;
using UpgradeOps.Engine.Steps;
using UpgradeOps.Engine.Tests.Service;
using Dotenv = UpgradeOps.Engine.Apps.Secrets.Dotenv;

namespace UpgradeOps.Engine.Tests.Generate;

public sealed class GenerateStepTests : IDisposable
{
    private readonly GenerateRig rig = new();

    public void Dispose() => rig.Dispose();

    [Fact]
    public async Task What_is_missing_is_made_and_never_again()
    {
        var planned = (await rig.PlanAsync())!;
        Assert.Equal((StepPhase.Stage, Reversibility.Additive, "Make what is missing: 2 values in .env (DB_PASSWORD, DATABASE_URL); 1 file (secrets/session); 1 key pair (secrets/own.pem)"),
            (planned.Phase, planned.Reversibility, planned.Description));
        Assert.Equal(StepState.NotDone, await rig.ObserveAsync(planned));
        Assert.Empty(rig.Files());

        await rig.MakeAsync();
        Assert.Equal(StepState.Done, await rig.ObserveAsync(planned));
        Assert.Matches(@"\ADB_PASSWORD=[A-Za-z0-9]{32}\nDATABASE_URL=postgres://chat:\$\{DB_PASSWORD\}@db/chat\n\z", rig.Read(".env"));
        Assert.Matches(@"\A[A-Za-z0-9_-]{43}\z", rig.Read("secrets/session"));
        Assert.Equal(KeyPair.PublicOf(GenerateDefinition.Ed25519, rig.Read("secrets/own.pem")), rig.Read("secrets/open.pem"));
        var values = Dotenv.EnvFile.Parse(rig.Read(".env"), static _ => null);
        Assert.Equal($"postgres://chat:{values["DB_PASSWORD"]}@db/chat", values["DATABASE_URL"]);
        Assert.Equal([".env", "secrets/open.pem", "secrets/own.pem", "secrets/session"], rig.Files().Keys.Order(StringComparer.Ordinal));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(["600", "644", "600", "640", "700"], new[] { ".env", "secrets/open.pem", "secrets/own.pem", "secrets/session", "secrets" }.Select(f => Convert.ToString((int)File.GetUnixFileMode(rig[f]), 8)));

        var before = rig.Files();
        Assert.Null(await rig.PlanAsync());
        await rig.DoAsync(planned);
        await rig.UndoAsync(planned);
        Assert.Equal(before, rig.Files());
        Assert.Contains("What was made stays: secrets/own.pem, .env#DB_PASSWORD, .env#DATABASE_URL, secrets/session", rig.Memory.Told);
    }

    [Fact]
    public async Task No_value_is_planned_recorded_or_told()
    {
        var planned = await rig.MakeAsync();
        await rig.UndoAsync(planned);
        var secrets = new[] { Dotenv.EnvFile.Parse(rig.Read(".env"), static _ => null)["DB_PASSWORD"], rig.Read("secrets/session"), rig.Read("secrets/own.pem").Split('\n')[1] };
        var words = string.Join('\n', [.. planned.Inputs.Values, planned.Description, .. rig.Memory.Told, .. rig.Memory.For(planned).Outputs.Values]);
        Assert.All(secrets, s => Assert.DoesNotContain(s, words));
        // Whatever says one of them from now on is cleaned.
        Assert.All(secrets, s => Assert.Equal($"told {Redaction.Mark}", rig.Redaction.Clean($"told {s}")));
    }

    [Theory]
    [InlineData("# mine\nA=1\n", "# mine\nA=1\nDB_PASSWORD=…\n")]
    [InlineData("A=1", "A=1\nDB_PASSWORD=…\n")]
    [InlineData("A=1\r\n# end", "A=1\r\n# end\r\nDB_PASSWORD=…\r\n")]
    [InlineData("\uFEFFA=1\n", "\uFEFFA=1\nDB_PASSWORD=…\n")]
    [InlineData("\uFEFF", "\uFEFFDB_PASSWORD=…\n")]
    [InlineData("", "DB_PASSWORD=…\n")]
    [InlineData("A='several\nDB_PASSWORD=no\nlines'", "A='several\nDB_PASSWORD=no\nlines'\nDB_PASSWORD=…\n")]
    [InlineData("#DB_PASSWORD=x\nMY_DB_PASSWORD=y\nDB_PASSWORDS=z\n\n\n", "#DB_PASSWORD=x\nMY_DB_PASSWORD=y\nDB_PASSWORDS=z\n\n\nDB_PASSWORD=…\n")]
    public async Task Only_the_missing_line_is_added_and_every_other_byte_stays(string before, string after)
    {
        rig.Declared = [GenerateRig.Password];
        rig.Write(".env", before);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(rig[".env"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        await rig.MakeAsync();

        Assert.Equal(after, Regex.Replace(rig.Files()[".env"], "(?<=DB_PASSWORD=)[A-Za-z0-9]{32}", "…"));
        if (!OperatingSystem.IsWindows())
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead, File.GetUnixFileMode(rig[".env"]));
    }

    [Theory]
    [InlineData("DB_PASSWORD=x", nameof(ValueState.There))]
    [InlineData("export DB_PASSWORD = \"x\"", nameof(ValueState.There))]
    [InlineData("DB_PASSWORD: x", nameof(ValueState.There))]
    [InlineData("DB_PASSWORD", nameof(ValueState.There))]
    [InlineData("DB_PASSWORD=\nDB_PASSWORD=x", nameof(ValueState.There))]
    [InlineData("DB_PASSWORD=", nameof(ValueState.Empty))]
    [InlineData("DB_PASSWORD=''\r\n", nameof(ValueState.Empty))]
    [InlineData("A='\nDB_PASSWORD=x'", nameof(ValueState.Missing))]
    public async Task A_line_with_the_name_is_somebodys(string text, string state)
    {
        rig.Declared = [GenerateRig.Password];
        rig.Write(".env", text);
        Assert.Equal([Enum.Parse<ValueState>(state)], await rig.StatesAsync());
        Assert.Equal(state == nameof(ValueState.Missing), await rig.PlanAsync() is not null);
    }

    [Fact]
    public async Task A_public_key_is_made_of_the_private_one_that_is_there_and_nothing_else_is_guessed()
    {
        var (own, other) = (KeyPair.NewPrivate(GenerateDefinition.Ed25519), KeyPair.NewPrivate("rsa-2048"));
        rig.Declared = [GenerateRig.Pair];
        rig.Write("secrets/own.pem", own);
        Assert.Equal([ValueState.PublicMissing], await rig.StatesAsync());
        await rig.MakeAsync();
        Assert.Equal((own, KeyPair.PublicOf(GenerateDefinition.Ed25519, own)), (rig.Read("secrets/own.pem"), rig.Read("secrets/open.pem")));

        File.Delete(rig["secrets/own.pem"]);
        Assert.Equal([ValueState.PairBroken], await rig.StatesAsync());
        File.Delete(rig["secrets/open.pem"]);
        rig.Write("secrets/own.pem", other);
        Assert.Equal([ValueState.PairBroken], await rig.StatesAsync());
        Assert.Null(await rig.PlanAsync());
    }

    [Fact]
    public async Task What_stands_in_the_way_is_never_replaced()
    {
        rig.Declared = [GenerateRig.Session, GenerateRig.Password];
        Directory.CreateDirectory(rig["secrets/session"]);
        File.CreateSymbolicLink(rig[".env"], rig["nowhere"]);
        Assert.Equal([ValueState.Obstructed, ValueState.Obstructed], await rig.StatesAsync());
        Assert.Null(await rig.PlanAsync());

        // A link to a file is that file.
        rig.Write("nowhere", "A=1\n");
        Assert.Equal(ValueState.Missing, (await rig.StatesAsync())[1]);
        await rig.MakeAsync();
        Assert.StartsWith("A=1\nDB_PASSWORD=", rig.Read("nowhere"));
        Assert.NotNull(new FileInfo(rig[".env"]).LinkTarget);
    }

    [Fact]
    public async Task What_somebody_made_since_the_plan_stays_and_what_went_missing_since_is_not_made()
    {
        rig.Write("secrets/session", "was here");
        var planned = (await rig.PlanAsync())!;
        rig.Write(".env", "DB_PASSWORD=theirs\n");
        rig.Write("secrets/own.pem", "theirs");
        rig.Write("secrets/open.pem", "theirs");
        File.Delete(rig["secrets/session"]);
        await rig.DoAsync(planned);

        Assert.Equal("DB_PASSWORD=theirs\nDATABASE_URL=postgres://chat:${DB_PASSWORD}@db/chat\n", rig.Read(".env"));
        Assert.Equal(("theirs", "theirs"), (rig.Read("secrets/own.pem"), rig.Read("secrets/open.pem")));
        Assert.False(File.Exists(rig["secrets/session"]));
    }

    [Fact]
    public async Task Killed_anywhere_it_converges_and_what_was_made_once_stays()
    {
        using (var whole = new GenerateRig())
        {
            await whole.MakeAsync();
            Assert.True(whole.Used > 30, $"{whole.Used}");
        }

        var killed = 0;
        for (var lives = 0; ; lives++)
        {
            using var other = new GenerateRig();
            other.Write(".env", "A=1\n");
            var planned = (await other.PlanAsync())!;
            other.Lives = lives;
            try
            {
                await other.DoAsync(planned);
                Assert.True(killed > 20, $"killed {killed} times");
                return;
            }
            catch (CutOffException)
            {
                killed++;
            }

            other.Lives = int.MaxValue;
            var left = other.Files().Where(f => !f.Key.Contains(".upgradeops-new", StringComparison.Ordinal)).ToDictionary();
            // Whatever has its name is whole.
            Assert.All(left, f => Assert.Matches(@"\A(A=1\n(DB_PASSWORD=\w{32}\nDATABASE_URL=.*\n)?|[\w-]{43}|-----BEGIN (PRIVATE|PUBLIC) KEY-----\n[^-]+\n-----END (PRIVATE|PUBLIC) KEY-----\n)\z", f.Value));

            if (lives % 2 == 0)
            {
                // As a kill in the middle of a write leaves it.
                other.Write("secrets/..own.pem.upgradeops-new.1.tmp", "half");
                await other.UndoAsync(planned);
                Assert.Equal(left, other.Files());
            }

            if (await other.ObserveAsync(planned) != StepState.Done)
                await other.DoAsync(planned);
            Assert.Equal([ValueState.There, ValueState.There, ValueState.There, ValueState.There], await other.StatesAsync());
            Assert.All(left.Where(f => f.Value != "A=1\n"), f => Assert.Equal(f.Value, other.Read(f.Key)));
            Assert.Equal(KeyPair.PublicOf(GenerateDefinition.Ed25519, other.Read("secrets/own.pem")), other.Read("secrets/open.pem"));
            Assert.Equal(4, other.Files().Count);
        }
    }

    [Fact]
    public async Task What_somebody_makes_at_the_same_moment_counts()
    {
        rig.Declared = [GenerateRig.Pair, GenerateRig.Session];
        var theirs = KeyPair.NewPrivate(GenerateDefinition.Ed25519);
        rig.BeforeRename = to => rig.Write(to, to == "secrets/own.pem" ? theirs : "theirs");
        await rig.MakeAsync();
        Assert.Equal((theirs, "theirs", "theirs"), (rig.Read("secrets/own.pem"), rig.Read("secrets/open.pem"), rig.Read("secrets/session")));
        Assert.Equal(3, rig.Files().Count);
    }
}
