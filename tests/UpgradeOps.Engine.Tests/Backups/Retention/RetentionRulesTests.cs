using System.Globalization;
using UpgradeOps.Engine.Apps.Definition;
using UpgradeOps.Engine.Backups.Retention;

namespace UpgradeOps.Engine.Tests.Backups.Retention;

public sealed class RetentionRulesTests
{
    private static readonly Dictionary<string, string> NoNeed = [];

    [Fact]
    public void Each_decision_says_why()
    {
        var judged = new RetentionRules(new RetentionDefinition { Last = 1, Daily = 2, Weekly = 2, Monthly = 2 }).Judge(
            [Made("2026-11-20T20:00"), Made("2026-11-20T08:00"), Made("2026-11-19T08:00"), Made("2026-11-12T08:00"), Made("2026-10-30T08:00"), Made("2026-10-02T08:00", ProofLevel.Restore)],
            NoNeed);
        Assert.Equal(
            [
                "2026-11-20T20:00 kept: one of the last 1; newest of 2026-11-20; newest of week 2026-W47; newest of 2026-11",
                "2026-11-20T08:00 expired: beyond last: 1, daily: 2, weekly: 2, monthly: 2",
                "2026-11-19T08:00 kept: newest of 2026-11-19",
                "2026-11-12T08:00 kept: newest of week 2026-W46",
                "2026-10-30T08:00 kept: newest of 2026-10",
                "2026-10-02T08:00 kept: the newest that is proved as far as Restore",
            ],
            judged.Select(b => $"{b.BackupId} {(b.Retention!.Expired ? "expired" : "kept")}: {string.Join("; ", b.Retention.Reasons)}"));
        Assert.Equal(["2026-10-02T08:00"], judged.Where(b => b.Retention!.Needed).Select(b => b.BackupId));
    }

    [Fact]
    public void Nothing_expires_where_nothing_is_declared_and_nothing_that_is_relied_on()
    {
        Backup[] backups = [Made("2026-11-20T20:00"), Made("2026-11-19T20:00") with { Pinned = true }, Made("2026-11-18T20:00"), Made("2026-11-17T20:00")];
        Assert.All(new RetentionRules(null).Judge(backups, NoNeed), b => Assert.False(b.Retention!.Expired));
        var judged = new RetentionRules(new RetentionDefinition { Last = 1 }).Judge(backups, new Dictionary<string, string> { ["2026-11-18T20:00"] = "needed by operation X" });
        Assert.Equal(["2026-11-17T20:00"], judged.Where(b => b.Retention!.Expired).Select(b => b.BackupId));
        Assert.Contains("needed by operation X", judged[2].Retention!.Reasons);
        Assert.Contains("pinned by a person", judged[1].Retention!.Reasons);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public void Over_years_applied_after_every_backup_it_keeps_what_it_promises_and_little_else(int seed)
    {
        var random = new Random(seed);
        var rule = new RetentionDefinition { Last = random.Next(4), Daily = random.Next(9), Weekly = random.Next(6), Monthly = 1 + random.Next(14) };
        var rules = new RetentionRules(rule);
        var now = new DateTimeOffset(2024, 12, 30, 23, 0, 0, TimeSpan.Zero);
        var (all, kept, relied) = (new List<Backup>(), new List<Backup>(), new Dictionary<string, string>());
        while (now.Year < 2028)
        {
            // Nightly mostly; sometimes many in a day, sometimes none for weeks.
            now += random.Next(20) switch { 0 => TimeSpan.FromDays(random.Next(60)), < 5 => TimeSpan.FromMinutes(random.Next(1, 300)), _ => TimeSpan.FromHours(24) + TimeSpan.FromSeconds(random.Next(-900, 900)) };
            var made = Made(now.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture), random.Next(30) == 0 ? ProofLevel.Restore : ProofLevel.Structure) with { Pinned = random.Next(200) == 0 };
            if (all.Any(b => b.BackupId == made.BackupId))
                continue;
            all.Add(made);
            kept.Add(made);
            relied.Clear();
            relied[kept[random.Next(kept.Count)].BackupId] = "needed";

            var best = kept.OrderBy(b => b.Proof.Level).ThenBy(b => b.Moment).Last();
            var pinned = kept.Where(b => b.Pinned).ToList();
            kept = [.. rules.Judge(kept, relied).Where(b => !b.Retention!.Expired)];

            Assert.Contains(kept, b => b.BackupId == best.BackupId);
            Assert.Contains(kept, b => b.BackupId == relied.Keys.Single());
            Assert.All(pinned, p => Assert.Contains(kept, b => b.BackupId == p.BackupId));
            foreach (var promised in Promised(all, rule))
                Assert.Contains(kept, b => b.BackupId == promised.BackupId);
            Assert.True(kept.Count <= rule.Last + rule.Daily + rule.Weekly + rule.Monthly + pinned.Count + 2);
        }

        Assert.True(kept.Count < all.Count / 4);
    }

    /// <summary>Told anew from every backup that was ever made.</summary>
    private static IEnumerable<Backup> Promised(List<Backup> all, RetentionDefinition rule)
    {
        var newestFirst = all.OrderByDescending(b => b.Moment).ToList();
        return
        [
            .. newestFirst.Take(rule.Last),
            .. newestFirst.GroupBy(b => b.Moment.UtcDateTime.Date).Take(rule.Daily).Select(g => g.First()),
            .. newestFirst.GroupBy(b => b.Moment.UtcDateTime.Date.AddDays(-(((int)b.Moment.UtcDateTime.DayOfWeek + 6) % 7))).Take(rule.Weekly).Select(g => g.First()),
            .. newestFirst.GroupBy(b => (b.Moment.Year, b.Moment.Month)).Take(rule.Monthly).Select(g => g.First()),
        ];
    }

    private static Backup Made(string moment, ProofLevel proved = ProofLevel.Structure) => new()
    {
        Name = "kmp",
        BackupId = moment,
        Moment = DateTimeOffset.Parse(moment + "Z", CultureInfo.InvariantCulture),
        Consistency = BackupConsistency.EachSource,
        Location = "/b",
        Proof = new BackupProof { Level = proved },
    };
}
